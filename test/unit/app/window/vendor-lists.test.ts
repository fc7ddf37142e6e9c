import { expect, test } from 'vitest';
import { copyError } from '../../../../electron/app/errors.ts';
import { descriptionForWindow } from '../../../../electron/app/window/planned.ts';
import { type ListingVendor, VendorLists } from '../../../../electron/app/window/vendor-lists.ts';
import { Commands } from '../../../../electron/contract/commands.ts';
import type { Vendor } from '../../../../electron/engine/ports/vendor.ts';
import { parseDigest } from '../../../../electron/oci/digest.ts';
import { FakeClock } from '../../../fakes/clock.ts';

const never = new AbortController().signal;
const digest = parseDigest(`sha256:${'a'.repeat(64)}`);

const vendor: Vendor = {
  kind: 'harbor',
  version: 'v2.11.0',
  repositories: (_, search, page) =>
    Promise.resolve({
      items: [
        { path: `team/${search ?? 'app'}`, artifactCount: 3, pullCount: 7, updatedAtMs: 0 },
        { path: 'Not/A/Path' },
      ],
      ...(page === undefined ? { next: '2' } : {}),
    }),
  artifacts: () =>
    Promise.resolve({
      items: [
        {
          digest,
          tags: [{ name: '1' }, { name: 'latest' }, { name: 'not a tag' }],
          sizeBytes: 10,
          pushedAtMs: 1000,
          platforms: [{ os: 'linux', architecture: 'amd64' }],
        },
        { tags: [] },
      ],
    }),
};

function lists(found: ListingVendor | undefined = vendor): VendorLists {
  return new VendorLists(() => Promise.resolve(found), new FakeClock());
}

test('a vendor lists repositories with what it tells of them, and how to go on', async () => {
  const first = await lists().repositories('one.example', { most: 10 }, never);
  expect(first).toEqual({
    repositories: [{ path: 'team/app', tags: 3, pulls: 7, updatedAt: '1970-01-01T00:00:00.000Z' }],
    next: '2',
  });
  const second = await lists().repositories('one.example', { search: 'web', after: '2', most: 10 }, never);
  expect(second).toMatchObject({ repositories: [{ path: 'team/web' }] });
  expect(second).not.toHaveProperty('next');
});

test('a vendor lists a row a tag, with size, date and platforms', async () => {
  const listed = await lists().tags('one.example', { repository: 'team/app', most: 10 }, never);
  const row = {
    repository: 'team/app',
    digest,
    sizeBytes: 10,
    pushedAt: '1970-01-01T00:00:01.000Z',
    platforms: ['linux/amd64'],
  };
  expect(listed).toEqual({
    rows: [
      { ...row, tag: '1' },
      { ...row, tag: 'latest' },
    ],
  });
  expect(Commands['images.tags'].output.safeParse(listed).success).toBe(true);
});

test('a vendor that fails, or has no listing, leaves it to the registry', async () => {
  const broken = copyError('forbidden', { side: 'source', op: 'vendor.ask', subject: 'x' });
  const failing = { ...vendor, repositories: () => Promise.reject(broken) };
  expect(await lists(failing).repositories('one.example', { most: 10 }, never)).toBeUndefined();
  expect(await lists({ kind: 'quay' }).tags('one.example', { repository: 'a/b', most: 10 }, never)).toBeUndefined();
  const unknown = new VendorLists(() => Promise.resolve(undefined), new FakeClock());
  expect(await unknown.repositories('one.example', { most: 10 }, never)).toBeUndefined();
  expect(await unknown.identify('one.example', never)).toBeUndefined();
});

test('who is behind a host is asked once in a while', async () => {
  let asked = 0;
  const clock = new FakeClock();
  const known = new VendorLists(() => {
    asked++;
    return Promise.resolve(vendor);
  }, clock);
  for (let at = 0; at < 3; at++)
    expect(await known.identify('one.example', never)).toEqual({ vendor: 'harbor', version: 'v2.11.0' });
  expect(asked).toBe(1);
  await clock.advance(10 * 60_000);
  await known.identify('one.example', never);
  expect(asked).toBe(2);
});

test('S-IPC-7: what a registry makes long or strange is cut before it crosses', () => {
  const long = `\u001b[2J\u202e${'x'.repeat(5000)}`;
  const manifest = { digest, mediaType: long, platform: long, isAttestation: false, totalBytes: 1 };
  const layers = Array.from({ length: 5000 }, () => ({ digest, mediaType: long, size: 1 }));
  const shown = descriptionForWindow({
    reference: 'one.example/a:1',
    digest,
    mediaType: long,
    size: 1,
    artifactType: long,
    manifests: Array.from({ length: 600 }, (_, at) => ({ ...manifest, layers: at === 0 ? layers : [] })),
    referrers: layers.map(({ size }) => ({ digest, artifactType: long, size })),
    cosignTags: layers.map(() => long),
  });
  expect(Commands['images.describe'].output.safeParse(shown).error).toBeUndefined();
  expect(JSON.stringify(shown)).not.toMatch(/\\u001b|\u202e/);
});
