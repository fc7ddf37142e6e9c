import { afterEach, expect } from 'vitest';
import type { CopyObserver } from '../../electron/contract/progress.ts';
import type { ImageResult, JobSummary } from '../../electron/contract/models.ts';
import { type CopyOptions, type CopyRequest, Engine, type EngineOptions } from '../../electron/engine/engine.ts';
import { type Clock, systemClock } from '../../electron/engine/kernel/clock.ts';
import { parseReference } from '../../electron/oci/reference.ts';
import { type FaultProxy, startFaultProxy } from '../fakes/fault-proxy.ts';
import { assertWorldIsWhole, type World, type WorldReport } from '../fakes/oracle.ts';
import { type QuirkRegistry, type QuirkRegistrySetup, startQuirkRegistry } from '../fakes/quirk-registry/server.ts';
import { assertNoSecretLeaked, forgetRecords } from '../fakes/recorder.ts';

/** Waits of the engine a hundred times as fast; measured time stays true. */
export const hastyClock: Clock = {
  ...systemClock,
  sleep: (delayMs, signal) => systemClock.sleep(delayMs / 100, signal),
};

/** How a copy goes unless a test says otherwise. */
export const plainly: CopyOptions = {
  platforms: [],
  attestations: 'keep',
  onConflict: 'overwrite',
  isForced: false,
  withReferrers: true,
  concurrency: 8,
};

const closing: (() => Promise<void>)[] = [];
const watched: World[] = [];

/** Runs after the test, last given first. */
export function afterwards(close: () => Promise<void>): void {
  closing.push(close);
}

/** After the test everything that the tags of this registry reach must be there and whole. */
export function watch(world: World): void {
  watched.push(world);
}

/** Registers the ends of every test of the file: the oracle over all watched worlds, no leaked secret, everything closed. */
export function registerEnds(): void {
  afterEach(async () => {
    try {
      for (const world of watched.splice(0)) await assertWorldIsWhole(world);
      assertNoSecretLeaked();
    } finally {
      for (const close of closing.splice(0).toReversed()) await close();
      forgetRecords();
    }
  });
}

/** A registry that closes after the test. */
export async function registry(setup: QuirkRegistrySetup = {}): Promise<QuirkRegistry> {
  const started = await startQuirkRegistry(setup);
  afterwards(() => started.close());
  return started;
}

/** A line to a registry that does harm on demand; closes after the test. */
export async function proxy(upstreamHost: string): Promise<FaultProxy> {
  const started = await startFaultProxy(upstreamHost);
  afterwards(() => started.close());
  return started;
}

/** A registry to copy to: the oracle looks at it after the test. */
export async function destination(setup: QuirkRegistrySetup = {}, quiet: Partial<World> = {}): Promise<QuirkRegistry> {
  const started = await registry(setup);
  watch({ url: started.url, withReferrers: true, ...quiet });
  return started;
}

/** An engine that closes after the test; anonymous unless credentials are given. */
export function engine(options: Partial<EngineOptions> = {}): Engine {
  const made = new Engine({
    credentials: { credentialFor: () => Promise.resolve(undefined) },
    clock: hastyClock,
    random: () => 0.5,
    ...options,
  });
  afterwards(() => made.close());
  return made;
}

/** `from` to every one of `to`, all written `host/path:tag`; a target without tag or digest is published by digest. */
export function request(from: string, ...to: string[]): CopyRequest {
  return { source: parseReference(from), targets: to.map((text) => parseReference(text)) };
}

/** Copies and gives the summary. */
export function copy(
  requests: readonly CopyRequest[],
  options: Partial<CopyOptions> = {},
  using: Engine = engine(),
  signal: AbortSignal = new AbortController().signal,
  observer: CopyObserver = {},
): Promise<JobSummary> {
  return using.copy(requests, { ...plainly, ...options }, observer, signal);
}

/** The only result of a job of one image and one destination. */
export function only(summary: JobSummary): ImageResult {
  expect(summary.results).toHaveLength(1);
  const [result] = summary.results;
  if (result === undefined) throw new Error('there is no result');
  return result;
}

/** The outcomes in the order of the requests. */
export function outcomes(summary: JobSummary): readonly string[] {
  return summary.results.map((result) => result.outcome);
}

/** The summary of a job that must have gone well. */
export async function well(copying: Promise<JobSummary>): Promise<JobSummary> {
  const summary = await copying;
  expect(summary.results.flatMap((result) => (result.failure === undefined ? [] : [result.failure]))).toEqual([]);
  expect(summary.ok).toBe(true);
  return summary;
}

/** What a tag of a registry stands for. */
export function tagOf(at: QuirkRegistry, repository: string, tag: string): string | undefined {
  return at.state.repositories.get(repository)?.tags.get(tag);
}

/** How often blobs were read. */
export function blobReads(at: QuirkRegistry, digest = ''): number {
  return at.requestCount('GET', new RegExp(`/blobs/${digest}`));
}

export type { WorldReport };
