import { expect } from 'vitest';
import type { Client } from '../../../electron/contract/client.ts';
import { ContractError } from '../../../electron/contract/client.ts';
import type { FeedName, ScopeOf, SnapshotOf } from '../../../electron/contract/feeds.ts';
import { image } from '../../fakes/images.ts';
import { startQuirkRegistry } from '../../fakes/quirk-registry/server.ts';
import { jobImage, type MemoryParts, runningJob } from '../../unit/app/window/memory-parts.ts';

/** What a transport is to be walked with. */
export interface WalkStage {
  readonly client: Client;
  /** What stands behind it. */
  readonly parts: MemoryParts;
}

/** Walks the contract from end to end over any transport: registries, images, a plan, a job, feeds, failures. */
export async function walkContract({ client, parts }: WalkStage): Promise<void> {
  const source = await startQuirkRegistry({
    content: { 'team/app:1': image({ seed: 'one' }), 'team/app:2': image({ seed: 'two' }) },
  });
  const destination = await startQuirkRegistry();
  try {
    await walk(client, parts, source.host, destination.host);
  } finally {
    await source.close();
    await destination.close();
  }
}

async function walk(client: Client, parts: MemoryParts, from: string, to: string): Promise<void> {
  const draft = {
    plainHttp: true,
    insecure: false,
    remember: 'session',
    user: 'robot',
    password: 'planted-password',
  } as const;
  const source = await client.call('registries.save', { ...draft, host: from });
  const destination = await client.call('registries.save', { ...draft, host: to });
  expect(await client.call('registries.list', {})).toEqual([source, destination]);
  expect(JSON.stringify([source, destination])).not.toContain('planted-password');

  const place = { kind: 'registry', id: source.id } as const;
  const { rows } = await client.call('images.tags', { place, repository: 'team/app', most: 100 });
  expect(rows.map(({ tag }) => tag)).toEqual(['1', '2']);

  const images = rows.map(({ repository, tag }) => ({ place, repository, tag }));
  const options = {
    platforms: [],
    attestations: 'keep',
    onConflict: 'overwrite',
    force: false,
    referrers: true,
  } as const;
  const order = { images, destinations: [{ registry: destination.id, template: '{path}' }], options };
  const { plan } = await client.call('plans.make', { order });
  const planned = await heard(client, 'plan', { plan, from: 0, most: 50 }, ({ state }) => state === 'ready');
  expect(planned.totals).toMatchObject({ images: 2, toCopy: 2, failing: 0 });
  expect(planned.rows.map(({ source: name }) => name)).toEqual([`${from}/team/app:1`, `${from}/team/app:2`]);

  const { job } = await client.call('jobs.start', { plan });
  parts.jobs.heads = [runningJob(job)];
  parts.jobs.rows = Array.from({ length: 500 }, (_, index) => jobImage(index));
  parts.jobs.change();
  const seen = await heard(client, 'job', { job, from: 100, most: 50 }, ({ total }) => total === 500);
  expect(seen.rows).toEqual(parts.jobs.rows.slice(100, 150));
  await client.call('jobs.control', { job, action: 'hold' });
  expect(parts.jobs.controlled).toEqual([{ job, action: 'hold' }]);

  await expect(client.call('history.job', { job: 12_345 })).rejects.toBeInstanceOf(ContractError);
  await expect(client.call('history.job', { job: 12_345 })).rejects.toMatchObject({ failure: { kind: 'not-found' } });
  const failed = await new Promise((resolve) => {
    client.feed('plan', { plan: 'gone', from: 0, most: 1 }, { changed: () => {}, failed: resolve });
  });
  expect(failed).toMatchObject({ kind: 'not-found' });
}

/** The first snapshot of a feed that is as wished; the feed is closed then. */
function heard<Name extends FeedName>(
  client: Client,
  name: Name,
  scope: ScopeOf<Name>,
  isWished: (snapshot: SnapshotOf<Name>) => boolean,
): Promise<SnapshotOf<Name>> {
  return new Promise((resolve, reject) => {
    const feed = client.feed(name, scope, {
      changed: (snapshot) => {
        if (!isWished(snapshot)) return;
        queueMicrotask(() => feed.close());
        resolve(snapshot);
      },
      failed: (failure) => reject(new ContractError(failure)),
    });
  });
}
