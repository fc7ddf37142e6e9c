import { describe, expect, test } from 'vitest';
import { image } from '../fakes/images.ts';
import { copy, destination, outcomes, registerEnds, registry, request, well } from './harness.ts';

registerEnds();

const layers = [100, 200, 300, 400];

describe('a repository that is not there yet', () => {
  test('is asked for its tags once, and for none of its small blobs', async () => {
    const source = await registry({ content: { 'a:1': image({ layers }) } });
    const target = await destination();
    const summary = await well(copy([request(`${source.host}/a:1`, `${target.host}/new/a:1`)]));
    expect(summary.blobs.sent).toBe(5);
    expect(target.requestCount('GET', /\/tags\/list/)).toBe(1);
    expect(target.requestCount('HEAD', /\/blobs\//)).toBe(0);
  });

  test('is asked for large blobs all the same: a push that broke off leaves them without a tag', async () => {
    const content = image({ layers: [...layers, 1_500_000] });
    const source = await registry({ content: { 'a:1': content } });
    const target = await destination();
    await well(copy([request(`${source.host}/a:1`, `${target.host}/new/a:1`)]));
    expect(target.requestCount('HEAD', /\/blobs\//)).toBe(1);
  });
});

test('after four new repositories the next is asked whether it is new, and for no tag before it has one', async () => {
  const source = await registry({ content: { 'a:1': image({ layers }) } });
  const target = await destination();
  const pairs = Array.from({ length: 8 }, (_, at) => request(`${source.host}/a:1`, `${target.host}/new/a${at}:1`));
  const summary = await well(copy(pairs, { concurrency: 1 }));
  expect(outcomes(summary)).toEqual(pairs.map(() => 'copied'));
  const asked = (method: string, what: RegExp): readonly number[] =>
    pairs.map((_, at) => target.requestCount(method, new RegExp(`/new/a${at}/${what.source}`)));
  expect(asked('GET', /tags\/list/)).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
  // before and after it is written; then after only
  expect(asked('HEAD', /manifests\//)).toEqual([2, 2, 2, 2, 1, 1, 1, 1]);
});

test('one that is there after all is asked for its tag, and those after it as well', async () => {
  const source = await registry({ content: { 'a:1': image({ layers }) } });
  const target = await destination({ content: { 'new/a4:1': image({ layers }), 'new/a6:1': image({ layers }) } });
  const pairs = Array.from({ length: 7 }, (_, at) => request(`${source.host}/a:1`, `${target.host}/new/a${at}:1`));
  const summary = await well(copy(pairs, { concurrency: 1 }));
  expect(outcomes(summary)).toEqual(['copied', 'copied', 'copied', 'copied', 'unchanged', 'copied', 'unchanged']);
  expect(target.requestCount('GET', /new\/a6\/tags\/list/)).toBe(0);
});

test('a repository with tags is asked for each blob', async () => {
  const source = await registry({ content: { 'a:2': image({ layers, seed: 'two' }) } });
  const target = await destination({ content: { 'a:1': image() } });
  const summary = await well(copy([request(`${source.host}/a:2`, `${target.host}/a:2`)]));
  expect(outcomes(summary)).toEqual(['copied']);
  expect(target.requestCount('HEAD', /\/blobs\//)).toBe(5);
});

test('an image of few blobs is not worth the question', async () => {
  const source = await registry({ content: { 'a:1': image({ layers: [100] }) } });
  const target = await destination();
  await well(copy([request(`${source.host}/a:1`, `${target.host}/new/a:1`)]));
  expect(target.requestCount('GET', /\/tags\/list/)).toBe(0);
});

test('an image that is new costs one manifest request at the source where it is copied at once', async () => {
  const source = await registry({ content: { 'a:1': image() } });
  const target = await destination();
  await well(copy([request(`${source.host}/a:1`, `${target.host}/new/a:1`)], { withReferrers: false }));
  expect(source.requestCount('GET', /\/manifests\//)).toBe(1);
  expect(source.requestCount('HEAD', /\/manifests\//)).toBe(0);
});
