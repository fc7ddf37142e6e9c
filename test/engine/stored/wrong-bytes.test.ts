import { chmod, open, unlink, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { JobSummary } from '../../../electron/contract/models.ts';
import type { FaultProxy } from '../../fakes/fault-proxy.ts';
import { image } from '../../fakes/images.ts';
import type { QuirkRegistry } from '../../fakes/quirk-registry/server.ts';
import {
  blobReads,
  copy,
  destination,
  engine,
  only,
  proxy,
  registerEnds,
  registry,
  request,
  well,
} from '../harness.ts';
import { cacheIn, dataFolder, namesIn, random, seed, sizeOf, unfinishedFile, wholeBlobs, wholeFile } from './shelf.ts';

registerEnds();

const content = image({ seed: 'rot', layers: [3_000_000, 200_000] });
const [, large, small] = content.blobs;
const size = large?.sizeBytes ?? 0;
const digest = large?.digest ?? '';
const largePath = new RegExp(`/blobs/${digest}$`);

/** A source behind a line, a destination and a data folder. */
async function stage(): Promise<{
  source: QuirkRegistry;
  target: QuirkRegistry;
  line: FaultProxy;
  folder: string;
  run: () => Promise<JobSummary>;
}> {
  const source = await registry({ content: { 'a:1': content } });
  const target = await destination();
  const line = await proxy(source.host);
  const folder = await dataFolder();
  const run = async (): Promise<JobSummary> =>
    copy([request(`${line.host}/a:1`, `${target.host}/b:1`)], {}, engine({ cache: await cacheIn(folder) }));
  return { source, target, line, folder, run };
}

/** Changes one bit of a file, at a place between 0 and 1. */
async function flip(path: string, place: number): Promise<void> {
  await chmod(path, 0o600);
  const file = await open(path, 'r+');
  const at = Math.floor(place * (await file.stat()).size);
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, at);
  byte[0] = (byte[0] ?? 0) ^ 1;
  await file.write(byte, 0, 1, at);
  await file.close();
}

describe(`F-09 a wrong bit from the source (SEED=${seed})`, () => {
  test.each([0, Math.floor(random() * size), size - 1])(
    'once at %i of a blob that flows: read again',
    async (atByte) => {
      const { source, line, folder, run } = await stage();
      line.addRule({
        method: 'GET',
        path: largePath,
        direction: 'response',
        action: { kind: 'flip', atByte },
        times: 1,
      });
      await well(run());
      expect(blobReads(source, digest)).toBe(2);
      expect(await wholeBlobs(folder)).toContain(digest);
    },
  );

  test('for ever: two reads, one failure of the source, nothing kept', async () => {
    const { source, target, line, folder, run } = await stage();
    line.addRule({ method: 'GET', path: largePath, direction: 'response', action: { kind: 'flip', atByte: 77 } });
    expect(only(await run()).failure).toMatchObject({ kind: 'integrity', side: 'source', hint: 'source-corrupt' });
    expect(blobReads(source, digest)).toBe(2);
    expect(await sizeOf(wholeFile(folder, digest))).toBeUndefined();
    expect(await sizeOf(unfinishedFile(folder, digest))).toBeUndefined();
    expect(target.state.blobs.has(digest)).toBe(false);
  });
});

describe('F-60 a bit that rots in the cache', () => {
  test('of a whole blob: put aside, fetched again, never sent', async () => {
    const { source, target, folder, run } = await stage();
    await well(run());
    await flip(wholeFile(folder, digest), random());
    target.state.repositories.clear();
    target.state.blobs.clear();
    await well(run());
    expect(blobReads(source, digest)).toBe(2);
    expect(await namesIn(folder, 'quarantine')).toHaveLength(1);
    expect(await sizeOf(wholeFile(folder, digest))).toBe(size);
  });

  test('of an unfinished blob: fetched again from the beginning', async () => {
    const { source, folder, run } = await stage();
    await cacheIn(folder);
    const half = Buffer.from(large?.bytes().subarray(0, 1_500_000) ?? '');
    half[700_000] = (half[700_000] ?? 0) ^ 1;
    await writeFile(unfinishedFile(folder, digest), half);
    const summary = await well(run());
    expect(blobReads(source, digest)).toBe(2);
    expect(summary.bytes.reused).toBe(0);
    expect(await sizeOf(wholeFile(folder, digest))).toBe(size);
  });
});

test(`F-60 one bit in each of many files of the cache: none is ever sent (SEED=${seed})`, async () => {
  const images = Array.from({ length: 8 }, (_, at) => image({ seed: `many-${at}`, layers: [1_100_000, 30_000, 400] }));
  const source = await registry({ content: Object.fromEntries(images.map((one, at) => [`a:${at}`, one])) });
  const folder = await dataFolder();
  let flipped = 0;
  for (let round = 0; round < 5; round++) {
    const target = await destination();
    const using = engine({ cache: await cacheIn(folder) });
    await well(
      copy(
        images.map((_, at) => request(`${source.host}/a:${at}`, `${target.host}/b:${at}`)),
        {},
        using,
      ),
    );
    expect((await namesIn(folder, 'quarantine')).length).toBe(flipped);
    for (const whole of await wholeBlobs(folder)) {
      if (random() < 0.5) continue;
      await flip(wholeFile(folder, whole), random());
      flipped++;
    }
  }
  expect(flipped).toBeGreaterThan(40);
});

describe('F-51 a blob that another program takes away', () => {
  test('between two jobs: fetched again', async () => {
    const { source, target, folder, run } = await stage();
    await well(run());
    await unlink(wholeFile(folder, digest));
    target.state.repositories.clear();
    target.state.blobs.clear();
    await well(run());
    expect(blobReads(source, digest)).toBe(2);
    expect(blobReads(source, small?.digest)).toBe(1);
  });
});

describe('what an earlier process left', () => {
  test('of a small blob is not in the way of the whole one', async () => {
    const { folder, run } = await stage();
    await cacheIn(folder);
    const path = unfinishedFile(folder, small?.digest ?? '');
    await writeFile(path, small?.bytes().subarray(0, 1000) ?? '');
    await well(run());
    expect(await wholeBlobs(folder)).toContain(small?.digest);
    expect(await sizeOf(path)).toBeUndefined();
  });

  test('that is whole but has no name yet is not fetched again', async () => {
    const { line, folder, run } = await stage();
    await cacheIn(folder);
    await writeFile(unfinishedFile(folder, digest), large?.bytes() ?? '');
    await well(run());
    // zeros at the end may be what a loss of power left, and are asked for
    expect(line.bytes('GET', largePath).received).toBeLessThan(4);
    expect(await sizeOf(wholeFile(folder, digest))).toBe(size);
  });
});
