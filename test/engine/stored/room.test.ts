import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ImageProgress } from '../../../electron/contract/progress.ts';
import { image } from '../../fakes/images.ts';
import {
  afterwards,
  blobReads,
  copy,
  destination,
  engine,
  proxy,
  registerEnds,
  registry,
  request,
  well,
} from '../harness.ts';
import { cacheIn, dataFolder, sizeOf, unending, unfinishedFile, wholeBlobs, wholeFile } from './shelf.ts';

registerEnds();

const mebibyte = 2 ** 20;

/** A data folder on a file system of its own; undefined where none can be mounted. */
async function smallDisk(sizeMiB: number): Promise<string | undefined> {
  const folder = await dataFolder();
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMiB}m`, 'tmpfs', folder], { timeout: 10_000 });
  if (mounted.status !== 0) return undefined;
  afterwards(async () => void spawnSync('umount', ['-l', folder], { timeout: 10_000 }));
  return folder;
}

/** An observer that keeps the progress of every image. */
function watching(): { readonly seen: ImageProgress[]; readonly queued: (progress: ImageProgress) => void } {
  const seen: ImageProgress[] = [];
  return { seen, queued: (progress) => void seen.push(progress) };
}

describe('F-49 a disk that is too small', () => {
  test('64 MiB for 200 MiB: straight through, and the progress says so', { timeout: 120_000 }, async ({ skip }) => {
    const folder = (await smallDisk(64)) ?? skip('a small file system can only be mounted by root');
    const content = image({ seed: 'too-large', layers: [200 * mebibyte] });
    const source = await registry({ content: { 'a:1': content } });
    const target = await destination();
    const observer = watching();
    const using = engine({ cache: await cacheIn(folder) });
    await well(copy([request(`${source.host}/a:1`, `${target.host}/b:1`)], {}, using, unending, observer));
    const large = content.blobs[1];
    const row = observer.seen[0]?.deliveries.find(({ blob }) => blob.digest === large?.digest);
    expect(row).toMatchObject({ phase: 'sent', isDirect: true });
    expect(await sizeOf(wholeFile(folder, large?.digest ?? ''))).toBeUndefined();
    expect(blobReads(source, large?.digest)).toBe(1);
  });

  test('room that is taken away in mid-job: straight through for what remains', { timeout: 120_000 }, async ({
    skip,
  }) => {
    const folder = (await smallDisk(24)) ?? skip('a small file system can only be mounted by root');
    const content = image({ seed: 'taken', layers: [12 * mebibyte] });
    const source = await registry({ content: { 'a:1': content } });
    const target = await destination();
    const [, large] = content.blobs;
    const line = await proxy(source.host);
    const action = { kind: 'drip', bytesPerSecond: 15_000_000 } as const;
    line.addRule({ method: 'GET', path: /\/blobs\//, direction: 'response', action });
    const using = engine({ cache: await cacheIn(folder) });
    const copying = copy([request(`${line.host}/a:1`, `${target.host}/b:1`)], {}, using);
    while (((await sizeOf(unfinishedFile(folder, large?.digest ?? ''))) ?? 0) < 3 * mebibyte)
      await new Promise((resolve) => setImmediate(resolve));
    // another program fills the disk: its writes end where nothing is left
    await writeFile(join(folder, 'hog'), Buffer.alloc(24 * mebibyte)).catch(() => undefined);
    await well(copying);
    expect(await sizeOf(wholeFile(folder, large?.digest ?? ''))).toBeUndefined();
    expect(await sizeOf(unfinishedFile(folder, large?.digest ?? ''))).toBeUndefined();
  });
});

describe('F-61 a budget that is too small for all', () => {
  const images = Array.from({ length: 12 }, (_, at) => image({ seed: `budget-${at}`, layers: [1_300_000, 200_000] }));

  test('jobs side by side finish, nothing in use is evicted, and the budget is kept', { timeout: 60_000 }, async () => {
    const content = Object.fromEntries(images.map((one, at) => [`a:${at}`, one]));
    const source = await registry({ content });
    const [first, second] = [await destination(), await destination()];
    const folder = await dataFolder();
    const budgetBytes = 5 * mebibyte;
    const using = engine({ cache: await cacheIn(folder, { budgetBytes }) });
    const requests = (host: string) => images.map((_, at) => request(`${source.host}/a:${at}`, `${host}/b:${at}`));
    await Promise.all([well(copy(requests(first.host), {}, using)), well(copy(requests(second.host), {}, using))]);
    let heldBytes = 0;
    for (const digest of await wholeBlobs(folder)) heldBytes += (await sizeOf(wholeFile(folder, digest))) ?? 0;
    expect(heldBytes).toBeLessThanOrEqual(budgetBytes);
    expect(heldBytes).toBeGreaterThan(0);
  });

  test('trimming during a job takes nothing away that is being sent', { timeout: 60_000 }, async () => {
    const content = Object.fromEntries(images.map((one, at) => [`a:${at}`, one]));
    const source = await registry({ content });
    const target = await destination({ quirks: { delayMs: 5 } });
    const cache = await cacheIn(await dataFolder());
    const requests = images.map((_, at) => request(`${source.host}/a:${at}`, `${target.host}/b:${at}`));
    const over = new AbortController();
    const copying = copy(requests, {}, engine({ cache })).finally(() => over.abort());
    while (!over.signal.aborted) {
      await cache.trim(0, unending);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const summary = await well(copying);
    expect(summary.bytes.received).toBe(
      images.flatMap(({ blobs }) => blobs).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    );
  });
});
