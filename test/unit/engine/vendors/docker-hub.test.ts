import { afterEach, describe, expect, test } from 'vitest';
import type { Credential } from '../../../../electron/engine/ports/credentials.ts';
import { DockerHub } from '../../../../electron/engine/vendors/docker-hub.ts';
import { SignIns } from '../../../../electron/engine/vendors/sign-ins.ts';
import { startVendor } from '../../../fakes/vendors/answering.ts';
import { type HubRepository, type HubWorld, startDockerHub } from '../../../fakes/vendors/docker-hub.ts';
import { FakeClock } from '../../../fakes/clock.ts';
import { assertNoSecretLeaked, forgetRecords, guardSecret } from '../../../fakes/recorder.ts';
import { errorOf } from '../../error-of.ts';
import { vendorContext } from './context.ts';

const { signal } = new AbortController();
const account: Credential = { kind: 'basic', user: 'operator', password: 'hub-password-1' };
const digest = `sha256:${'a'.repeat(64)}`;
const image = (architecture: string, os = 'linux'): object => ({ architecture, os, digest, size: 1, status: 'active' });
const alpine: HubRepository = {
  tags: [
    {
      name: '3.22',
      digest,
      media_type: 'application/vnd.oci.image.index.v1+json',
      full_size: 3_800_000,
      last_updated: '2026-01-02T03:04:05.123456Z',
      tag_last_pushed: '2026-01-02T03:04:06Z',
      images: [image('amd64'), { ...image('arm'), variant: 'v7' }, image('unknown', 'unknown')],
    },
    { name: 'old', images: [image('amd64')] },
  ],
};

async function hub(world: HubWorld, credential?: Credential, signIns?: SignIns) {
  const fake = await startDockerHub(world);
  const context = vendorContext(fake, credential, { registry: 'docker.io', ...(signIns ? { signIns } : {}) });
  return { fake, vendor: new DockerHub(context, fake.host) };
}

afterEach(() => {
  assertNoSecretLeaked();
  forgetRecords();
});

describe('lists of Docker Hub', () => {
  test('of tags tell digests, sizes, dates and platforms without a sign-in', async () => {
    const { vendor, fake } = await hub({ repositories: { 'library/alpine': alpine } });
    const page = await vendor.artifacts('library/alpine', undefined, signal);
    expect(page.items).toEqual([
      {
        tags: [{ name: '3.22' }],
        digest,
        mediaType: 'application/vnd.oci.image.index.v1+json',
        sizeBytes: 3_800_000,
        pushedAtMs: Date.UTC(2026, 0, 2, 3, 4, 6),
        platforms: [
          { os: 'linux', architecture: 'amd64' },
          { os: 'linux', architecture: 'arm', variant: 'v7' },
        ],
      },
      { tags: [{ name: 'old' }], digest, platforms: [{ os: 'linux', architecture: 'amd64' }] },
    ]);
    expect(fake.asked()).toEqual(['GET /v2/namespaces/library/repositories/alpine/tags?page_size=100&page=1']);
  });

  test('say how often may still be asked', async () => {
    const { vendor } = await hub({ repositories: {} });
    const { rate } = await vendor.repositories('library', undefined, undefined, signal);
    expect(rate).toEqual({ limit: 180, remaining: 179, resetsAtMs: 1_790_000_000_000 });
  });

  test('go on by number and not to where an answer points', async () => {
    const names = Array.from({ length: 130 }, (_, at) => `team/r${at}`);
    const { vendor, fake } = await hub({ repositories: Object.fromEntries(names.map((name) => [name, {}])) });
    const first = await vendor.repositories('team', undefined, undefined, signal);
    expect(first).toMatchObject({ next: '2', total: 130 });
    const second = await vendor.repositories('team', undefined, first.next, signal);
    expect(second.next).toBeUndefined();
    expect([...first.items, ...second.items].map(({ path }) => path)).toEqual(names);
    expect(fake.asked()[1]).toBe('GET /v2/namespaces/team/repositories?page_size=100&page=2');
  });

  test('of an account hold what is private, and sizes', async () => {
    const { vendor } = await hub({ repositories: { 'team/app': { isPrivate: true } } }, account);
    expect((await vendor.repositories('team', 'app', undefined, signal)).items).toEqual([
      {
        path: 'team/app',
        isPublic: false,
        sizeBytes: 1_007_407_794,
        pullCount: 275,
        updatedAtMs: Date.UTC(2026, 2, 4, 5, 6, 7, 758),
      },
    ]);
  });

  test('of namespaces are those of the account', async () => {
    const { vendor } = await hub({ repositories: {}, namespaces: ['operator', 'team'] }, account);
    expect((await vendor.projects(undefined, signal)).items).toEqual([{ name: 'operator' }, { name: 'team' }]);
  });

  test('of repositories need a namespace', async () => {
    const { vendor } = await hub({ repositories: {} }, account);
    expect((await errorOf(vendor.repositories(undefined, undefined, undefined, signal))).kind).toBe('unsupported');
  });

  test('wait for nothing when the limit is reached: the error says so', async () => {
    const fake = await startVendor('hub', () => ({ status: 429, json: {}, headers: { 'retry-after': '600' } }));
    const vendor = new DockerHub(vendorContext(fake, undefined, { registry: 'docker.io' }), fake.host);
    const error = await errorOf(vendor.artifacts('library/alpine', undefined, signal));
    expect(error).toMatchObject({ kind: 'rate-limited', advice: { do: 'after', delayMs: 600_000 } });
  });
});

describe('the password of docker.io', () => {
  test('goes to the API alone, once, for a token', async () => {
    const { vendor, fake } = await hub({ repositories: {} }, account);
    guardSecret('hub-password-1', [fake.url]);
    guardSecret('hub-token-1', [fake.url]);
    await Promise.all([1, 2, 3].map(() => vendor.repositories('team', undefined, undefined, signal)));
    expect(fake.asked().filter((line) => line === 'POST /v2/auth/token')).toHaveLength(1);
    expect(fake.records.filter(({ body }) => body.includes('hub-password-1'))).toHaveLength(1);
  });

  test('that is wrong is tried once', async () => {
    const { vendor, fake } = await hub({ repositories: {} }, { ...account, password: 'wrong-password-1' });
    for (let round = 0; round < 3; round++) {
      const error = await errorOf(vendor.repositories('team', undefined, undefined, signal));
      expect(error).toMatchObject({ kind: 'unauthorized', hint: 'credential-wrong' });
    }
    expect(fake.asked()).toEqual(['POST /v2/auth/token']);
  });

  test('gives a new token before the old one ends', async () => {
    const clock = new FakeClock();
    const { vendor, fake } = await hub({ repositories: {} }, account, new SignIns(clock));
    await vendor.repositories('team', undefined, undefined, signal);
    await clock.advance(8 * 60_000);
    await vendor.repositories('team', undefined, undefined, signal);
    await clock.advance(2 * 60_000);
    await vendor.repositories('team', undefined, undefined, signal);
    expect(fake.asked().filter((line) => line === 'POST /v2/auth/token')).toHaveLength(2);
  });
});

describe('what Docker Hub lets foresee', () => {
  const versions = { rules: ['^v?[0-9]+\\.[0-9]+$'], tags: [{ name: '1.0' }, { name: 'latest' }] };

  test.each([
    ['1.0', true],
    ['1.1', false],
    ['latest', false],
  ])('is that the tag %s is protected: %s', async (tag, isTagImmutable) => {
    const { vendor } = await hub({ repositories: { 'team/app': versions } }, account);
    expect(await vendor.foresee('team/app', tag, signal)).toEqual({ project: 'team', isTagImmutable });
  });

  test('is nothing where rules cannot be understood, and such a rule takes no time', async () => {
    const { vendor } = await hub({ repositories: { 'team/app': { rules: ['(?=look)'], tags: [{ name: '1' }] } } });
    expect(await vendor.foresee('team/app', '1', signal)).toEqual({ project: 'team' });
  });

  test('is nothing of a repository that is not shown', async () => {
    const { vendor } = await hub({ repositories: {} });
    expect(await vendor.foresee('team/app', '1', signal)).toEqual({ project: 'team' });
  });
});
