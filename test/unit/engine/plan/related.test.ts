import { beforeEach, expect, test } from 'vitest';
import { copyError } from '../../../../electron/engine/kernel/errors.ts';
import { RelatedImages } from '../../../../electron/engine/plan/related.ts';
import { cosignTags } from '../../../../electron/oci/referrers.ts';
import { parseDigest } from '../../../../electron/oci/digest.ts';
import { image } from '../../../fakes/images.ts';
import { MemoryPlace } from '../places.ts';

const { signal } = new AbortController();
const sample = image();
const digest = parseDigest(sample.digest);
let source: MemoryPlace;

beforeEach(() => {
  source = new MemoryPlace('source.test/a');
  source.hold(sample, 'v1');
  source.behaviour.referrers = async () => undefined;
});

test('a repository without any such tag, on a host that lists nothing, is known to have none', async () => {
  const related = new RelatedImages();
  expect(related.hasNone(source)).toBe(false);
  expect(await related.of(source, digest, signal)).toEqual({ referrers: [], tags: [], isComplete: true });
  expect(related.hasNone(source)).toBe(true);
  expect(related.hasNone(new MemoryPlace('source.test/other'))).toBe(false);
});

test('one tag of cosign’s, of whatever image, has every image looked at', async () => {
  source.hold(image({ seed: 'signature' }), cosignTags(digest)[0]);
  const related = new RelatedImages();
  expect(await related.of(source, digest, signal)).toMatchObject({ tags: [cosignTags(digest)[0]] });
  expect(related.hasNone(source)).toBe(false);
});

test.each([
  ['lists what refers to images', async () => []],
  [
    'will not say',
    async () => {
      throw copyError('forbidden', { side: 'source', op: 'test', subject: 'test' });
    },
  ],
] as const)('a host that %s is asked for each image', async (_, referrers) => {
  source.behaviour.referrers = referrers;
  const related = new RelatedImages();
  await related.of(source, digest, signal);
  expect(related.hasNone(source)).toBe(false);
});

test('a repository that keeps its tags to itself is asked for each image', async () => {
  source.behaviour.tags = async () => {
    throw copyError('forbidden', { side: 'source', op: 'test', subject: 'test' });
  };
  const related = new RelatedImages();
  expect(await related.of(source, digest, signal)).toMatchObject({ tags: [], isComplete: true });
  expect(related.hasNone(source)).toBe(false);
});
