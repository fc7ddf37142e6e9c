import { afterEach, describe, expect, test } from 'vitest';
import type { Credential } from '../../../../electron/engine/ports/credentials.ts';
import { allPages } from '../../../../electron/engine/vendors/all-pages.ts';
import { Quay } from '../../../../electron/engine/vendors/quay.ts';
import { startVendor } from '../../../fakes/vendors/answering.ts';
import { type QuayWorld, startQuay } from '../../../fakes/vendors/quay.ts';
import { assertNoSecretLeaked, forgetRecords, guardSecret } from '../../../fakes/recorder.ts';
import { errorOf } from '../../error-of.ts';
import { collected, vendorContext } from './context.ts';

const { signal } = new AbortController();
const token: Credential = { kind: 'basic', user: '$oauthtoken', password: 'quay-api-token-1' };
const robot: Credential = { kind: 'basic', user: 'team+copy', password: 'robot-password-1' };
const digest = `sha256:${'a'.repeat(64)}`;

async function quay(world: QuayWorld, credential?: Credential) {
  const fake = await startQuay(world);
  return { fake, vendor: new Quay(vendorContext(fake, credential)) };
}

afterEach(() => {
  assertNoSecretLeaked();
  forgetRecords();
});

describe('lists of Quay', () => {
  test('of repositories follow its cursor', async () => {
    const names = ['team/a', 'team/b', 'team/c', 'team/d', 'team/e'];
    const { vendor } = await quay({ repositories: Object.fromEntries(names.map((name) => [name, {}])) });
    const pages = await collected(allPages((page) => vendor.repositories('team', undefined, page, signal)));
    expect(pages.flat().map(({ path }) => path)).toEqual(names);
    expect(pages[0]?.[0]).toEqual({
      path: 'team/a',
      isPublic: true,
      sizeBytes: 2_275_314,
      updatedAtMs: 1_770_000_000_000,
    });
  });

  test('of repositories are searched page by page', async () => {
    const { vendor } = await quay({ repositories: { 'team/a': {}, 'team/b': {}, 'team/tool': {} } });
    const pages = await collected(allPages((page) => vendor.repositories('team', 'tool', page, signal)));
    expect(pages.map((page) => page.map(({ path }) => path))).toEqual([[], ['team/tool']]);
  });

  test('of tags tell digests, sizes and dates', async () => {
    const tags = [
      { name: '1', start_ts: 1_760_000_000, manifest_digest: digest, is_manifest_list: false, size: 2_275_314 },
      {
        name: '2',
        last_modified: 'Tue, 14 May 2024 14:48:51 -0000',
        manifest_digest: 'junk',
        is_manifest_list: true,
        size: 0,
      },
    ];
    const { vendor } = await quay({ repositories: { 'team/tools/app': { tags } } });
    expect(await vendor.artifacts('team/tools/app', undefined, signal)).toEqual({
      items: [
        { tags: [{ name: '1' }], digest, sizeBytes: 2_275_314, pushedAtMs: 1_760_000_000_000 },
        { tags: [{ name: '2' }], pushedAtMs: Date.UTC(2024, 4, 14, 14, 48, 51) },
      ],
    });
  });

  test('of tags go on by number', async () => {
    const tags = Array.from({ length: 150 }, (_, at) => ({ name: `t${at}` }));
    const { vendor } = await quay({ repositories: { 'team/app': { tags } } });
    const pages = await collected(allPages((page) => vendor.artifacts('team/app', page, signal)));
    expect(pages.map((page) => page.length)).toEqual([100, 50]);
  });

  test('end when a cursor leads in a circle', async () => {
    const fake = await startVendor('circle', () => ({ json: { repositories: [{ name: 'a' }], next_page: 'again' } }));
    const vendor = new Quay(vendorContext(fake, undefined));
    const pages = await collected(allPages((page) => vendor.repositories('team', undefined, page, signal)));
    expect(pages).toHaveLength(2);
  });

  test('of organizations are those of the token', async () => {
    const { vendor } = await quay({ repositories: {}, organizations: ['team', 'other'] }, token);
    const { items } = await vendor.projects(undefined, signal);
    expect(items.map(({ name }) => name)).toEqual(['operator', 'team', 'other']);
  });

  test('that only a token may see say so', async () => {
    const { vendor } = await quay({ repositories: { 'team/app': { isPublic: false } } }, robot);
    const error = await errorOf(vendor.artifacts('team/app', undefined, signal));
    expect(error).toMatchObject({ kind: 'unauthorized', hint: 'credential-missing' });
  });
});

test('the password of a robot never goes to the API of Quay', async () => {
  const { vendor, fake } = await quay({ repositories: { 'team/app': {} } }, robot);
  guardSecret('robot-password-1', []);
  await vendor.repositories('team', undefined, undefined, signal);
  await vendor.foresee('team/app', undefined, signal);
  expect(fake.records.flatMap(({ headers }) => headers.filter(([name]) => /authorization/i.test(name)))).toEqual([]);
});

describe('what Quay lets foresee', () => {
  test.each([true, false])('is the right to push: %s', async (canWrite) => {
    const { vendor } = await quay({ repositories: { 'team/app': { canWrite } } }, token);
    expect(await vendor.foresee('team/app', undefined, signal)).toEqual({ project: 'team', mayPush: canWrite });
  });

  test('is nothing of a repository that a push would make', async () => {
    const { vendor } = await quay({ repositories: {} }, token);
    expect(await vendor.foresee('team/new', undefined, signal)).toEqual({ project: 'team' });
  });
});
