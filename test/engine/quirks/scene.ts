import { onTestFinished } from 'vitest';
import type { ImageResult, JobSummary } from '../../../electron/contract/models.ts';
import { Engine, type EngineOptions, type HostSettings } from '../../../electron/engine/engine.ts';
import type { HttpLimits } from '../../../electron/engine/http/limits.ts';
import type { Clock } from '../../../electron/engine/kernel/clock.ts';
import type { Credential } from '../../../electron/engine/ports/credentials.ts';
import { parseReference } from '../../../electron/oci/reference.ts';
import { image, type SampleManifest } from '../../fakes/images.ts';
import { assertWorldIsWhole, type World } from '../../fakes/oracle.ts';
import { type QuirkRegistry, type QuirkRegistrySetup, startQuirkRegistry } from '../../fakes/quirk-registry/server.ts';

/** Two small layers. */
export const small: SampleManifest = image({ seed: 'small', layers: [4096, 70_000] });
/** A layer that flows: too large to be held whole. */
export const large: SampleManifest = image({ seed: 'large', layers: [3 * 2 ** 20] });

/** Time that runs so many times faster than it is, for waits whose length is not the point. */
export function fastClock(factor: number): Clock {
  const nowMs = (): number => performance.now() * factor;
  return {
    wallMs: () => Date.now(),
    monotonicMs: nowMs,
    sleep: (delayMs, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const stop = (): void => {
          clearTimeout(timer);
          reject(signal.reason);
        };
        const timer = setTimeout(() => {
          signal.removeEventListener('abort', stop);
          resolve();
        }, delayMs / factor);
        signal.addEventListener('abort', stop, { once: true });
      }),
    schedule: (delayMs, run) => {
      const timer = setTimeout(run, delayMs / factor);
      return { cancel: () => clearTimeout(timer) };
    },
  };
}

/** Limits of hosts that are on this machine. */
export const quickLimits = {
  connectMs: 2000,
  tlsMs: 2000,
  headersMs: 2000,
  closingMs: 2000,
  idleMs: 1000,
  tokenMs: 2000,
} as const;

/** The same for a clock that runs so many times faster. */
export function scaledLimits(factor: number): HttpLimits {
  const { connectMs, tlsMs, headersMs, closingMs, idleMs, tokenMs } = quickLimits;
  return {
    connectMs: connectMs * factor,
    tlsMs: tlsMs * factor,
    headersMs: headersMs * factor,
    closingMs: closingMs * factor,
    idleMs: idleMs * factor,
    tokenMs: tokenMs * factor,
  };
}

/** How a scene differs from two correct registries that anybody may use. */
export interface SceneSetup {
  readonly source?: QuirkRegistrySetup;
  readonly target?: QuirkRegistrySetup;
  readonly content?: SampleManifest;
  readonly engine?: Partial<EngineOptions>;
  /** Settings for both registries; plain http unless they have TLS. */
  readonly hosts?: HostSettings;
  /** Credentials by registry. */
  readonly sourceCredential?: Credential;
  readonly targetCredential?: Credential;
}

/** A source, a destination and an engine between them. */
export interface Scene {
  readonly source: QuirkRegistry;
  readonly target: QuirkRegistry;
  readonly engine: Engine;
  readonly content: SampleManifest;
  /** Copies `team/app:1` of the source to `mirror/app:1`, or other `path:tag`s. */
  readonly copy: (pairs?: readonly (readonly [from: string, to: string])[]) => Promise<JobSummary>;
  /** The same for one image, and its result. */
  readonly copyOne: (from?: string, to?: string) => Promise<ImageResult>;
  /** Fails unless all tags of the destination are whole. */
  readonly assertWhole: (world?: Partial<World>) => ReturnType<typeof assertWorldIsWhole>;
}

/** How an engine of the tests is made: without pauses, with few tries. */
export function quickEngine(options: Partial<EngineOptions>): Engine {
  const engine = new Engine({
    credentials: { credentialFor: () => Promise.resolve(undefined) },
    retries: 3,
    waitMs: 500,
    limits: quickLimits,
    random: () => 0,
    ...options,
  });
  onTestFinished(() => engine.close());
  return engine;
}

/** Opens a scene for the test that runs. */
export async function openScene(setup: SceneSetup = {}): Promise<Scene> {
  const content = setup.content ?? small;
  const source = await startQuirkRegistry({ content: { 'team/app:1': content }, ...setup.source });
  onTestFinished(() => source.close());
  const target = await startQuirkRegistry(setup.target);
  onTestFinished(() => target.close());
  const plain = (tls: object | undefined): HostSettings =>
    setup.hosts ?? (tls === undefined ? { plainHttp: true } : {});
  const engine = quickEngine({
    credentials: {
      credentialFor: (host) => Promise.resolve(host === source.host ? setup.sourceCredential : setup.targetCredential),
    },
    hosts: new Map([
      [source.host, plain(setup.source?.tls)],
      [target.host, plain(setup.target?.tls)],
    ]),
    ...setup.engine,
  });
  const copy: Scene['copy'] = (pairs = [['team/app:1', 'mirror/app:1']]) =>
    copyPairs(
      engine,
      pairs.map(([from, to]) => [`${source.host}/${from}`, `${target.host}/${to}`]),
    );
  return {
    source,
    target,
    engine,
    content,
    copy,
    copyOne: async (from = 'team/app:1', to = 'mirror/app:1') => onlyResult(await copy([[from, to]])),
    assertWhole: (world = {}) => assertWorldIsWhole({ url: target.url, ...world }),
  };
}

/** Copies references in full. */
export function copyPairs(
  engine: Engine,
  pairs: readonly (readonly [from: string, to: string])[],
  signal: AbortSignal = new AbortController().signal,
): Promise<JobSummary> {
  const requests = pairs.map(([from, to]) => {
    const { tag, ...name } = parseReference(to);
    return { source: parseReference(from), targets: [tag === undefined ? name : { ...name, tag }] };
  });
  const options = {
    onConflict: 'overwrite',
    isForced: false,
    withReferrers: true,
    concurrency: 4,
    platforms: [],
    attestations: 'keep',
  } as const;
  return engine.copy(requests, options, {}, signal);
}

/** The result of a job of one image. */
export function onlyResult(summary: JobSummary): ImageResult {
  const [result] = summary.results;
  if (result === undefined || summary.results.length !== 1) throw new Error('not one result');
  return result;
}
