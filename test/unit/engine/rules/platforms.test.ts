import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canChangeContent, chooseEntries, type ContentPolicy } from '../../../../electron/engine/rules/platforms.ts';
import { type Index, parseManifest } from '../../../../electron/oci/manifest.ts';
import { parsePlatform } from '../../../../electron/oci/platform.ts';
import { attestation, multiPlatform } from '../../../fakes/artifacts.ts';
import { amd64, arm64, armv7, image, index, type SampleManifest } from '../../../fakes/images.ts';
import { jsonOf } from '../../../fakes/listening.ts';
import { fuzz } from '../../fuzzing.ts';

function parsed(content: SampleManifest): Index {
  const document = parseManifest(content.raw, content.mediaType);
  if (document.kind !== 'index') throw new Error('the sample is an index');
  return document;
}

const policy = (platforms: readonly string[], attestations: ContentPolicy['attestations'] = 'keep'): ContentPolicy => ({
  platforms: platforms.map(parsePlatform),
  attestations,
});

function smaller(
  content: SampleManifest,
  chosen: ContentPolicy,
): Record<string, unknown> & { manifests: { digest: string }[] } {
  const choice = chooseEntries(parsed(content), chosen);
  if (choice.kind !== 'smaller') throw new Error(`the choice is ${choice.kind}`);
  return jsonOf(choice.raw);
}

describe('what of an index travels', () => {
  const [one, two, three] = [image(), image({ platform: arm64, seed: 'b' }), image({ platform: armv7, seed: 'c' })];

  test('all of it, unless a policy says otherwise', () => {
    expect(canChangeContent(policy([]))).toBe(false);
    expect(chooseEntries(parsed(multiPlatform({ attestations: 'image' })), policy([]))).toEqual({ kind: 'whole' });
  });

  test.each(['image', 'artifact'] as const)('without attestations of the shape %s', (shape) => {
    const content = multiPlatform({ attestations: shape });
    const left = smaller(content, policy([], 'drop')).manifests;
    expect(left.map(({ digest }) => digest)).toEqual(content.children.slice(0, 3).map(({ digest }) => digest));
    expect(chooseEntries(parsed(multiPlatform()), policy([], 'drop'))).toEqual({ kind: 'whole' });
  });

  test('one platform: its entry alone', () => {
    const choice = chooseEntries(parsed(index([one, two, attestation(two)])), policy(['linux/arm64']));
    expect(choice).toMatchObject({ kind: 'single', entry: { digest: two.digest } });
  });

  test('several: their entries and the attestations that speak of them', () => {
    const content = index([one, two, three, attestation(one), attestation(three)]);
    const left = smaller(content, policy(['linux/amd64', 'linux/arm64'])).manifests;
    expect(left.map(({ digest }) => digest)).toEqual([one.digest, two.digest, content.children[3]?.digest]);
  });

  test('several without attestations', () => {
    const content = index([one, two, three, attestation(one)]);
    expect(smaller(content, policy(['linux/amd64', 'linux/arm64'], 'drop')).manifests).toHaveLength(2);
  });

  test('nothing when no entry is of the platform', () => {
    expect(chooseEntries(parsed(index([one])), policy(['windows/amd64']))).toEqual({ kind: 'nothing' });
    expect(chooseEntries(parsed(index([])), policy(['linux/amd64']))).toEqual({ kind: 'nothing' });
  });

  test('a variant, when it is named', () => {
    const v6 = image({ platform: { ...armv7, variant: 'v6' }, seed: 'v6' });
    const choice = chooseEntries(parsed(index([three, v6])), policy(['linux/arm/v6']));
    expect(choice).toMatchObject({ kind: 'single', entry: { digest: v6.digest } });
    expect(chooseEntries(parsed(index([three, v6])), policy(['linux/arm'])).kind).toBe('whole');
  });

  test('of the same platform twice: both', () => {
    const again = image({ platform: amd64, seed: 'again' });
    expect(smaller(index([one, two, again]), policy(['linux/amd64'])).manifests).toHaveLength(2);
  });

  test('every field that nobody knows stays as it was, and entries keep their order', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^x-[a-z]{1,8}$/), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 }),
        fc.shuffledSubarray([0, 1, 2], { minLength: 3 }),
        (extra, order) => {
          const entries = order.map((at) => [one, two, three][at] ?? one);
          const content = index(entries, { extra, annotations: { kept: 'yes' } });
          const left = smaller(content, policy(['linux/amd64', 'linux/arm64']));
          expect(left).toMatchObject({ schemaVersion: 2, annotations: { kept: 'yes' } });
          const original: Record<string, unknown> = jsonOf(content.raw);
          for (const key of Object.keys(extra)) expect(left[key]).toEqual(original[key]);
          const kept = entries.filter((entry) => entry !== three).map(({ digest }) => digest);
          expect(left.manifests.map(({ digest }) => digest)).toEqual(kept);
        },
      ),
      fuzz(100),
    );
  });
});
