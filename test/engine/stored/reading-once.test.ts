import { expect, test } from 'vitest';
import { blobsOf, image } from '../../fakes/images.ts';
import {
  blobReads,
  copy,
  destination,
  engine,
  outcomes,
  proxy,
  registerEnds,
  registry,
  request,
  well,
} from '../harness.ts';
import { cacheIn, dataFolder, namesIn, wholeBlobs, onLine } from './shelf.ts';

registerEnds();

const content = image({ seed: 'once', layers: [3_000_000, 1_400_000, 5000] });
const blobs = blobsOf(content);

test('an image to three destinations reads every blob once, and all of it stays here', async () => {
  const source = await registry({ content: { 'a:1': content } });
  const targets = [await destination(), await destination(), await destination()];
  const folder = await dataFolder();
  const to = targets.map(({ host }) => `${host}/b:1`);
  const summary = await well(
    copy([request(`${source.host}/a:1`, ...to)], {}, engine({ cache: await cacheIn(folder) })),
  );
  for (const { digest } of blobs) expect(blobReads(source, digest)).toBe(1);
  expect(summary.blobs.sent).toBe(3 * blobs.length);
  expect(await wholeBlobs(folder)).toEqual(blobs.map(({ digest }) => digest).sort());
  expect(await namesIn(folder, 'ingest')).toEqual([]);
});

test('one destination that fails half way, and one that is slow, ask the source for nothing again', async () => {
  const source = await registry({ content: { 'a:1': content } });
  const [good, cut, slow] = [await destination(), await onLine(), await onLine()];
  const [cutLine, slowLine] = [await proxy(cut.host), await proxy(slow.host)];
  cutLine.addRule({
    direction: 'request',
    path: /\/uploads\/.+/,
    action: { kind: 'reset', atByte: 1_000_000 },
    times: 2,
  });
  slowLine.addRule({
    direction: 'request',
    path: /\/uploads\/.+/,
    action: { kind: 'drip', bytesPerSecond: 4_000_000 },
  });
  const cache = await cacheIn(await dataFolder());
  const to = [good, cutLine, slowLine].map(({ host }) => `${host}/b:1`);
  const summary = await well(copy([request(`${source.host}/a:1`, ...to)], {}, engine({ cache })));
  for (const { digest } of blobs) expect(blobReads(source, digest)).toBe(1);
  expect(summary.bytes.received).toBe(blobs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
});

test('a destination that refuses costs the others nothing', async () => {
  const source = await registry({ content: { 'a:1': content } });
  const [good, bad] = [await destination(), await onLine({ repositories: {} })];
  const line = await proxy(bad.host);
  line.addRule({ direction: 'request', path: /\/uploads\//, action: { kind: 'answer', status: 403 } });
  const cache = await cacheIn(await dataFolder());
  const to = [good, line].map(({ host }) => `${host}/b:1`);
  const summary = await copy([request(`${source.host}/a:1`, ...to)], {}, engine({ cache }));
  expect(outcomes(summary)).toEqual(['copied', 'failed']);
  for (const { digest } of blobs) expect(blobReads(source, digest)).toBeLessThanOrEqual(1);
});

test('a second destination later is fed from here', async () => {
  const source = await registry({ content: { 'a:1': content } });
  const [first, second] = [await destination(), await destination()];
  const folder = await dataFolder();
  await well(copy([request(`${source.host}/a:1`, `${first.host}/b:1`)], {}, engine({ cache: await cacheIn(folder) })));
  const again = engine({ cache: await cacheIn(folder) });
  const summary = await well(copy([request(`${source.host}/a:1`, `${second.host}/b:1`)], {}, again));
  for (const { digest } of blobs) expect(blobReads(source, digest)).toBe(1);
  expect(summary.bytes).toMatchObject({
    received: 0,
    reused: blobs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  });
});

test('two jobs at once for the same image move each blob once (F-57)', async () => {
  const source = await registry({ content: { 'a:1': content } });
  const target = await destination();
  const using = engine({ cache: await cacheIn(await dataFolder()) });
  const one = (): ReturnType<typeof copy> =>
    copy([request(`${source.host}/a:1`, `${target.host}/b:1`)], { withReferrers: false }, using);
  const summaries = await Promise.all([well(one()), well(one())]);
  for (const { digest } of blobs) expect(blobReads(source, digest)).toBe(1);
  const received = summaries.reduce((sum, { bytes }) => sum + bytes.received, 0);
  expect(received).toBe(blobs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
});

test('a source that lacks a blob does not take it from one that has it', async () => {
  const lacking = await registry({ content: { 'a:1': content } });
  const whole = await registry({ content: { 'a:1': content }, quirks: { delayMs: 60 } });
  const [first, second] = [await destination({}, { repositories: {} }), await destination()];
  const [, layer] = content.blobs;
  const line = await proxy(lacking.host);
  const path = new RegExp(`/blobs/${layer?.digest ?? ''}`);
  line.addRule({ direction: 'request', path, action: { kind: 'delay', delayMs: 600 } });
  line.addRule({ direction: 'response', path, action: { kind: 'replace', status: 404, body: '' } });
  const cache = await cacheIn(await dataFolder());
  const summary = await copy(
    [request(`${line.host}/a:1`, `${first.host}/b:1`), request(`${whole.host}/a:1`, `${second.host}/b:1`)],
    {},
    engine({ cache }),
  );
  expect(outcomes(summary)).toEqual(['failed', 'copied']);
});
