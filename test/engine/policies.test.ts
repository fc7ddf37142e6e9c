import { describe, expect, test } from 'vitest';
import { multiPlatform, nestedIndex, signature } from '../fakes/artifacts.ts';
import { amd64, arm64, image, index } from '../fakes/images.ts';
import { jsonOf } from '../fakes/listening.ts';
import { parsePlatform } from '../../electron/oci/platform.ts';
import type { Quirks } from '../fakes/quirk-registry/server.ts';
import { copy, destination, only, registerEnds, registry, request, tagOf, well } from './harness.ts';

registerEnds();

const shapes = ['image', 'artifact'] as const;
const kinds = (result: { notices: readonly { kind: string }[] }): string[] => result.notices.map(({ kind }) => kind);

describe.each(shapes)('attestations of the shape %s', (shape) => {
  test('are kept byte for byte', async () => {
    const content = multiPlatform({ attestations: shape });
    const source = await registry({ content: { 'a:1': content } });
    const target = await destination();
    const result = only(await well(copy([request(`${source.host}/a:1`, `${target.host}/a:1`)])));
    expect(tagOf(target, 'a', '1')).toBe(content.digest);
    expect(result.notices).toEqual([]);
  });

  test('are dropped into a smaller index, which is said, and do not come back as referrers', async () => {
    const content = multiPlatform({ attestations: shape });
    const source = await registry({ content: { 'a:1': content } });
    const target = await destination();
    const copying = copy([request(`${source.host}/a:1`, `${target.host}/a:1`)], { attestations: 'drop' });
    const result = only(await well(copying));
    expect(kinds(result)).toEqual(['digest-changed']);
    const held = target.state.repositories.get('a')?.manifests;
    const stored = held?.get(result.digest ?? '');
    expect(jsonOf<{ manifests: object[] }>(stored?.bytes ?? '{}').manifests).toHaveLength(3);
    expect(held?.size).toBe(4);
    const again = copy([request(`${source.host}/a:1`, `${target.host}/a:1`)], { attestations: 'drop' });
    expect(only(await well(again)).outcome).toBe('unchanged');
  });
});

const refusing: readonly (readonly [string, (typeof shapes)[number], Quirks])[] = [
  ['Aliyun ACR, which takes no empty config', 'artifact', { emptyConfigRefused: true }],
  ['GitLab, which takes no unknown config', 'artifact', { unknownConfigRefused: true }],
  ['a registry that takes no platform unknown/unknown', 'image', { unknownPlatformRefused: true }],
];

describe.each(refusing)('%s', (_name, shape, quirks) => {
  test('ends in a refusal whose remedy is to drop attestations; no tag is left', async () => {
    const source = await registry({ content: { 'a:1': multiPlatform({ attestations: shape }) } });
    const target = await destination({ quirks });
    const result = only(await copy([request(`${source.host}/a:1`, `${target.host}/a:1`)]));
    expect(result).toMatchObject({ outcome: 'failed', failure: { kind: 'refused', side: 'destination' } });
    expect(result.failure?.remedy).toContain('--attestations drop');
    expect(tagOf(target, 'a', '1')).toBeUndefined();
  });

  test('takes the image without them', async () => {
    const source = await registry({ content: { 'a:1': multiPlatform({ attestations: shape }) } });
    const target = await destination({ quirks });
    await well(copy([request(`${source.host}/a:1`, `${target.host}/a:1`)], { attestations: 'drop' }));
  });
});

test('a refused signature is not said to be an attestation', async () => {
  const content = image();
  const source = await registry({ content: { 'a:1': content } });
  source.seed('a', undefined, signature(content));
  const target = await destination({ quirks: { emptyConfigRefused: true } });
  const result = only(await copy([request(`${source.host}/a:1`, `${target.host}/a:1`)]));
  expect(result.failure?.kind).toBe('refused');
  expect(result.failure?.remedy).not.toContain('--attestations');
});

describe('platforms', () => {
  const platforms = (...texts: string[]) => ({ platforms: texts.map(parsePlatform) });

  test('one: its manifest goes under the tag, and the digest is said to have changed', async () => {
    const content = multiPlatform({ attestations: 'image' });
    const source = await registry({ content: { 'a:1': content } });
    const target = await destination();
    const copying = copy([request(`${source.host}/a:1`, `${target.host}/a:1`)], platforms('linux/arm64'));
    const result = only(await well(copying));
    expect(tagOf(target, 'a', '1')).toBe(content.children.find((child) => child.platform === arm64)?.digest);
    expect(kinds(result)).toEqual(['digest-changed']);
  });

  test('one: what refers to its own manifest goes along', async () => {
    const content = multiPlatform();
    const child = content.children.find(({ platform }) => platform === arm64);
    if (child === undefined) throw new Error('the sample has an arm64 child');
    const source = await registry({ content: { 'a:1': content } });
    source.seed('a', undefined, signature(child));
    source.seed('a', undefined, signature(content, 'of the index'));
    const target = await destination();
    const copying = copy([request(`${source.host}/a:1`, `${target.host}/a:1`)], platforms('linux/arm64'));
    expect(only(await well(copying)).referrers).toBe(1);
  });

  test('several: a smaller index with the attestations of what is left', async () => {
    const content = multiPlatform({ attestations: 'image' });
    const source = await registry({ content: { 'a:1': content } });
    const target = await destination();
    const wanted = platforms('linux/amd64', 'linux/arm64');
    const result = only(await well(copy([request(`${source.host}/a:1`, `${target.host}/a:1`)], wanted)));
    const stored = target.state.repositories.get('a')?.manifests.get(tagOf(target, 'a', '1') ?? '');
    const { manifests } = jsonOf<{ manifests: { platform: { architecture: string } }[] }>(stored?.bytes ?? '{}');
    const architectures = manifests.map((entry) => entry.platform.architecture);
    expect(architectures).toEqual(['amd64', 'arm64', 'unknown', 'unknown']);
    expect(kinds(result)).toEqual(['digest-changed']);
  });

  test('all of them: the index itself', async () => {
    const content = index([image(), image({ platform: arm64, seed: 'arm' })]);
    const source = await registry({ content: { 'a:1': content } });
    const target = await destination();
    const wanted = platforms('linux/amd64', 'linux/arm64');
    const result = only(await well(copy([request(`${source.host}/a:1`, `${target.host}/a:1`)], wanted)));
    expect(tagOf(target, 'a', '1')).toBe(content.digest);
    expect(result.notices).toEqual([]);
  });

  test('none: the image fails and nothing is written', async () => {
    const source = await registry({ content: { 'a:1': multiPlatform() } });
    const target = await destination();
    const copying = copy([request(`${source.host}/a:1`, `${target.host}/a:1`)], platforms('windows/amd64'));
    const result = only(await copying);
    expect(result.failure).toMatchObject({ kind: 'not-found', side: 'source', hint: 'platform-missing' });
    expect(target.requestCount()).toBe(0);
  });

  test('of a single manifest are read in its config', async () => {
    const source = await registry({ content: { 'a:1': image({ platform: amd64 }) } });
    const target = await destination();
    const to = [request(`${source.host}/a:1`, `${target.host}/a:1`)];
    expect(only(await copy(to, platforms('linux/arm64'))).failure?.hint).toBe('platform-missing');
    expect(only(await well(copy(to, platforms('linux/amd64')))).notices).toEqual([]);
  });

  test('are looked for inside nested indexes', async () => {
    const content = nestedIndex();
    const source = await registry({ content: { 'a:1': content } });
    const target = await destination();
    await well(copy([request(`${source.host}/a:1`, `${target.host}/a:1`)], platforms('linux/arm64')));
    const stored = target.state.repositories.get('a')?.manifests.get(tagOf(target, 'a', '1') ?? '');
    expect(stored?.mediaType).toContain('manifest');
  });
});

describe('a destination tag that holds something else', () => {
  const old = image({ seed: 'old' });
  const fresh = image({ seed: 'fresh' });

  test('is overwritten, which is said', async () => {
    const source = await registry({ content: { 'a:1': fresh } });
    const target = await destination({ content: { 'a:1': old } });
    const result = only(await well(copy([request(`${source.host}/a:1`, `${target.host}/a:1`)])));
    expect(result).toMatchObject({ outcome: 'copied', previousDigest: old.digest, digest: fresh.digest });
    expect(kinds(result)).toEqual(['overwritten']);
  });

  test('is left when it is to be skipped, and nothing is sent', async () => {
    const source = await registry({ content: { 'a:1': fresh } });
    const target = await destination({ content: { 'a:1': old } });
    const copying = copy([request(`${source.host}/a:1`, `${target.host}/a:1`)], { onConflict: 'skip' });
    expect(only(await well(copying)).outcome).toBe('skipped');
    expect(tagOf(target, 'a', '1')).toBe(old.digest);
    expect(target.requestCount()).toBe(1);
  });

  test('fails the image when that is the policy, both digests shown', async () => {
    const source = await registry({ content: { 'a:1': fresh } });
    const target = await destination({ content: { 'a:1': old } });
    const result = only(await copy([request(`${source.host}/a:1`, `${target.host}/a:1`)], { onConflict: 'fail' }));
    expect(result.failure).toMatchObject({ kind: 'conflict', side: 'destination' });
    expect(result.failure?.message).toContain(old.digest);
    expect(result.failure?.message).toContain(fresh.digest);
    expect(tagOf(target, 'a', '1')).toBe(old.digest);
  });

  test('is kept under a tag of its own', async () => {
    const source = await registry({ content: { 'a:1': fresh } });
    const target = await destination({ content: { 'a:1': old } });
    const copying = copy([request(`${source.host}/a:1`, `${target.host}/a:1`)], { onConflict: 'backup' });
    expect(kinds(only(await well(copying)))).toEqual(['backed-up']);
    expect(tagOf(target, 'a', '1')).toBe(fresh.digest);
    expect(tagOf(target, 'a', `1-was-${old.digest.slice(7, 19)}`)).toBe(old.digest);
  });

  test('gets no backup and keeps standing when the copy fails', async () => {
    const source = await registry({
      content: { 'a:1': fresh },
      quirks: { blobsMissing: [fresh.blobs[1]?.digest ?? ''] },
    });
    const target = await destination({ content: { 'a:1': old } });
    const result = only(await copy([request(`${source.host}/a:1`, `${target.host}/a:1`)], { onConflict: 'backup' }));
    expect(result.failure?.kind).toBe('missing-content');
    expect(result.notices).toEqual([]);
    expect([...(target.state.repositories.get('a')?.tags.entries() ?? [])]).toEqual([['1', old.digest]]);
  });

  test.each(['skip', 'fail'] as const)(
    'is respected by %s also when it appears during the copy',
    async (onConflict) => {
      const source = await registry({ content: { 'a:1': fresh } });
      const target = await destination({
        onRequest: (record) => {
          if (record.method === 'PUT' && record.url.includes('/blobs/')) target.seed('a', '1', old);
        },
      });
      const result = only(await copy([request(`${source.host}/a:1`, `${target.host}/a:1`)], { onConflict }));
      expect(result.outcome).toBe(onConflict === 'skip' ? 'skipped' : 'failed');
      expect(tagOf(target, 'a', '1')).toBe(old.digest);
    },
  );

  test('that may not be changed ends in a conflict with its remedy', async () => {
    const source = await registry({ content: { 'a:1': fresh } });
    const target = await destination({ content: { 'a:1': old }, quirks: { tagsImmutable: 412 } });
    const result = only(await copy([request(`${source.host}/a:1`, `${target.host}/a:1`)]));
    expect(result.failure).toMatchObject({ kind: 'conflict', hint: 'immutable-tag' });
  });
});
