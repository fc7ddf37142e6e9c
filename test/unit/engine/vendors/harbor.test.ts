import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { parseDigest } from '../../../../electron/oci/digest.ts';
import type { Credential } from '../../../../electron/engine/ports/credentials.ts';
import type { VendorArtifact } from '../../../../electron/engine/ports/vendor.ts';
import { allPages } from '../../../../electron/engine/vendors/all-pages.ts';
import { Harbor } from '../../../../electron/engine/vendors/harbor.ts';
import { startVendor } from '../../../fakes/vendors/answering.ts';
import { type HarborWorld, startHarbor } from '../../../fakes/vendors/harbor.ts';
import { assertNoSecretLeaked, forgetRecords, guardSecret } from '../../../fakes/recorder.ts';
import { errorOf } from '../../error-of.ts';
import { collected, vendorContext } from './context.ts';

const { signal } = new AbortController();
const robot: Credential = { kind: 'basic', user: 'robot$copy', password: 'harbor-password-1' };
const wrong: Credential = { kind: 'basic', user: 'robot$copy', password: 'wrong-password-1' };
const digest = `sha256:${'a'.repeat(64)}`;

const single = {
  digest,
  type: 'IMAGE',
  manifest_media_type: 'application/vnd.oci.image.manifest.v1+json',
  size: 4321,
  push_time: '2026-01-02T03:04:05.678Z',
  pull_time: '0001-01-01T00:00:00.000Z',
  extra_attrs: { architecture: 'arm64', os: 'linux', config: {} },
  references: null,
  tags: [{ name: '1.0', immutable: true }, { name: 'latest' }],
};

async function harbor(world: HarborWorld, credential: Credential | undefined = robot) {
  const fake = await startHarbor(world);
  return { fake, vendor: new Harbor(vendorContext(fake, credential)) };
}

afterEach(() => {
  assertNoSecretLeaked();
  forgetRecords();
});

describe('lists of Harbor', () => {
  test('of projects go on to the last page', async () => {
    const names = Array.from({ length: 250 }, (_, at) => `p${String(at).padStart(3, '0')}`);
    const { vendor } = await harbor({ projects: Object.fromEntries(names.map((name, id) => [name, { id: id + 1 }])) });
    const pages = await collected(allPages((page) => vendor.projects(page, signal)));
    expect(pages.map((page) => page.length)).toEqual([100, 100, 50]);
    expect(pages.flat().map(({ name }) => name)).toEqual(names);
    expect((await vendor.projects(undefined, signal)).total).toBe(250);
  });

  test('of projects say which are public and how much is in them', async () => {
    const { vendor } = await harbor({ projects: { team: { id: 1, isPublic: true, repositories: { app: [] } } } });
    expect(await vendor.projects(undefined, signal)).toEqual({
      items: [{ name: 'team', isPublic: true, repositoryCount: 1 }],
      total: 1,
    });
  });

  test('of repositories give whole paths, and may be searched', async () => {
    const { vendor } = await harbor({
      projects: { team: { id: 1, repositories: { 'tools/app': [single], web: [] } } },
    });
    const { items } = await vendor.repositories('team', 'tools/a', undefined, signal);
    expect(items).toEqual([
      { path: 'team/tools/app', artifactCount: 1, pullCount: 5, updatedAtMs: Date.UTC(2026, 1, 3, 4, 5, 6) },
    ]);
  });

  test('of repositories go over all projects when none is named', async () => {
    const { vendor } = await harbor({
      projects: { a: { id: 1, repositories: { x: [] } }, b: { id: 2, repositories: { y: [] } } },
    });
    const { items } = await vendor.repositories(undefined, undefined, undefined, signal);
    expect(items.map(({ path }) => path)).toEqual(['a/x', 'b/y']);
  });

  test('never carry a search that means more to Harbor than a name', async () => {
    const { vendor, fake } = await harbor({ projects: { team: { id: 1 } } });
    expect(await vendor.repositories('team', 'a,public=true', undefined, signal)).toEqual({ items: [] });
    expect(fake.asked()).toEqual([]);
  });

  test('of artifacts tell tags, protection, sizes, dates and platforms, in a repository of several parts', async () => {
    const index = {
      digest: `sha256:${'b'.repeat(64)}`,
      size: 9,
      push_time: '0001-01-01T00:00:00.000Z',
      references: [
        { child_digest: digest, platform: { architecture: 'amd64', os: 'linux' } },
        { child_digest: digest, platform: { architecture: 'arm', os: 'linux', variant: 'v7' } },
        { child_digest: digest, platform: { architecture: 'unknown', os: 'unknown' } },
      ],
    };
    const { vendor } = await harbor({ projects: { team: { id: 1, repositories: { 'tools/app': [single, index] } } } });
    const { items } = await vendor.artifacts('team/tools/app', undefined, signal);
    expect(items).toEqual<VendorArtifact[]>([
      {
        digest: parseDigest(digest),
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        tags: [{ name: '1.0', isImmutable: true }, { name: 'latest' }],
        sizeBytes: 4321,
        pushedAtMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
        platforms: [{ os: 'linux', architecture: 'arm64' }],
      },
      {
        digest: parseDigest(index.digest),
        tags: [],
        sizeBytes: 9,
        platforms: [
          { os: 'linux', architecture: 'amd64' },
          { os: 'linux', architecture: 'arm', variant: 'v7' },
        ],
      },
    ]);
  });

  test('of strangers hold what is public', async () => {
    const projects = { open: { id: 1, isPublic: true }, closed: { id: 2 } };
    const fake = await startHarbor({ projects });
    const vendor = new Harbor(vendorContext(fake, undefined));
    expect((await vendor.projects(undefined, signal)).items.map(({ name }) => name)).toEqual(['open']);
  });

  test.each(['..', '../admin', 'a/b', 'A', ''])('are not asked for in the project %j', async (project) => {
    const { vendor, fake } = await harbor({ projects: {} });
    expect((await errorOf(vendor.repositories(project, undefined, undefined, signal))).kind).toBe('invalid');
    expect(fake.asked()).toEqual([]);
  });

  test('take nothing from an answer but known fields of the right type', async () => {
    const hostile = [
      { name: 7 },
      null,
      'team',
      { name: '' },
      { name: '<b>\u202eevil</b>', metadata: 'public', repo_count: -1, ['__proto__']: { polluted: true } },
    ];
    const fake = await startVendor('hostile', ({ path }) =>
      path.endsWith('/permissions')
        ? { json: [] }
        : { text: JSON.stringify(hostile), headers: { 'content-type': 'application/json', 'x-total-count': '-1' } },
    );
    const vendor = new Harbor(vendorContext(fake, robot));
    expect(await vendor.projects(undefined, signal)).toEqual({ items: [{ name: '<b>\u202eevil</b>' }] });
    expect({}).not.toHaveProperty('polluted');
  });

  test('that are web pages are refused as such', async () => {
    const fake = await startVendor('portal', () => ({ text: '<html>Sign in</html>' }));
    const error = await errorOf(new Harbor(vendorContext(fake, undefined)).projects(undefined, signal));
    expect(error).toMatchObject({ kind: 'protocol', side: 'destination' });
  });

  test('longer than what may be held are refused', async () => {
    const big = JSON.stringify([{ name: 'x'.repeat(9 * 1024 * 1024) }]);
    const fake = await startVendor('big', () => ({ text: big, headers: { 'content-type': 'application/json' } }));
    const error = await errorOf(new Harbor(vendorContext(fake, undefined)).projects(undefined, signal));
    expect(error.kind).toBe('protocol');
  });
});

describe('the password for Harbor', () => {
  test('is proven before a list is believed, by one request however many lists are asked for', async () => {
    const { vendor, fake } = await harbor({ projects: { team: { id: 1 } } });
    await Promise.all(Array.from({ length: 5 }, () => vendor.projects(undefined, signal)));
    expect(fake.asked().filter((line) => line.includes('/permissions'))).toHaveLength(1);
    expect(fake.asked()[0]).toBe('GET /api/v2.0/users/current/permissions');
  });

  test('that is wrong is an error and not a shorter list, and is sent once', async () => {
    const { vendor, fake } = await harbor({ projects: { open: { id: 1, isPublic: true } } }, wrong);
    const errors = await Promise.all([1, 2, 3].map(() => errorOf(vendor.projects(undefined, signal))));
    errors.push(await errorOf(vendor.projects(undefined, signal)));
    for (const error of errors) {
      expect(error).toMatchObject({ kind: 'unauthorized', hint: 'credential-wrong' });
      expect(error.message).not.toContain('wrong-password-1');
    }
    expect(fake.asked()).toEqual(['GET /api/v2.0/users/current/permissions']);
  });

  test('stays with its origin when a list is moved elsewhere', async () => {
    const elsewhere = await startVendor('elsewhere', () => ({ json: [] }));
    onTestFinished(() => elsewhere.close());
    const fake = await startVendor('harbor', ({ path }) =>
      path.endsWith('/permissions') ? { json: [] } : { status: 307, headers: { location: `${elsewhere.url}/list` } },
    );
    guardSecret('harbor-password-1', [fake.url]);
    await new Harbor(vendorContext(fake, robot)).projects(undefined, signal);
    expect(elsewhere.asked()).toEqual(['GET /list']);
  });
});

describe('a project of Harbor', () => {
  test('is made private or public', async () => {
    const world: HarborWorld = { projects: {} };
    const { vendor } = await harbor(world);
    expect(await vendor.createProject('fresh', true, signal)).toBe('created');
    expect(world.projects['fresh']).toMatchObject({ isPublic: true });
  });

  test('that is there already is no failure', async () => {
    const { vendor } = await harbor({ projects: { team: { id: 1 } } });
    expect(await vendor.createProject('team', false, signal)).toBe('present');
  });

  test('that this account may not make is forbidden', async () => {
    const { vendor } = await harbor({ projects: {}, mayCreate: false });
    expect(await errorOf(vendor.createProject('team', false, signal))).toMatchObject({ kind: 'forbidden' });
  });
});

describe('what Harbor lets foresee', () => {
  const team = { id: 7, repositories: { app: [single] }, quota: { hard: 1000, used: 400 } };

  test('is the project, the right to push, the quota and a protected tag', async () => {
    const { vendor } = await harbor({ projects: { team } });
    expect(await vendor.foresee('team/app', '1.0', signal)).toEqual({
      project: 'team',
      hasProject: true,
      mayPush: true,
      quotaLeftBytes: 600,
      isTagImmutable: true,
    });
  });

  test('is no protection for a tag that is not there', async () => {
    const { vendor } = await harbor({ projects: { team } });
    expect(await vendor.foresee('team/app', '2.0', signal)).toMatchObject({ isTagImmutable: false });
    expect(await vendor.foresee('team/other', '2.0', signal)).toMatchObject({ isTagImmutable: false });
  });

  test('is no limit where there is none', async () => {
    const { vendor } = await harbor({ projects: { team: { ...team, quota: { hard: -1, used: 400 } } } });
    expect(await vendor.foresee('team/app', undefined, signal)).not.toHaveProperty('quotaLeftBytes');
  });

  test.each([false, true])('is a missing project, said in the open or hidden behind 403: %s', async (hidesMissing) => {
    const { vendor } = await harbor({ projects: { other: { id: 1 } }, hidesMissing });
    expect(await vendor.foresee('team/app', '1', signal)).toEqual({ project: 'team', hasProject: false });
  });

  test('is a missing right to push', async () => {
    for (const rights of [['repository:pull'], []]) {
      const { vendor } = await harbor({ projects: { team: { ...team, rights } } });
      expect(await vendor.foresee('team/app', undefined, signal)).toMatchObject({ mayPush: false });
    }
  });

  test('is had for robots that may not read the project', async () => {
    const { vendor } = await harbor({ projects: { team }, isForRobots: true });
    expect(await vendor.foresee('team/app', undefined, signal)).toMatchObject({ hasProject: true, mayPush: true });
  });

  test('holds for a project whose name is all digits', async () => {
    const { vendor } = await harbor({ projects: { '2026': { id: 1 } } });
    expect(await vendor.foresee('2026/app', undefined, signal)).toMatchObject({ hasProject: true });
  });

  test('is asked for once a project, however many images go there', async () => {
    const { vendor, fake } = await harbor({ projects: { team } });
    await Promise.all(['a', 'b', 'c'].map((tag) => vendor.foresee('team/app', tag, signal)));
    await vendor.foresee('team/web', undefined, signal);
    expect(fake.asked().filter((line) => line === 'GET /api/v2.0/projects/team')).toHaveLength(1);
    expect(fake.asked().filter((line) => line.includes('/summary'))).toHaveLength(1);
  });

  test('is nothing, and no failure, for strangers and wrong passwords', async () => {
    for (const credential of [undefined, wrong]) {
      const fake = await startHarbor({ projects: { team } });
      const vendor = new Harbor(vendorContext(fake, credential));
      expect(await vendor.foresee('team/app', '1.0', signal)).toEqual({ project: 'team' });
    }
  });
});
