import { describe, expect, test } from 'vitest';
import { draft, registry, scene } from './scene.ts';

const options = {
  platforms: [],
  attestations: 'keep',
  onConflict: 'overwrite',
  force: false,
  referrers: true,
} as const;

describe('orders', () => {
  test('a plan is made, heard of, and begun as a job', async () => {
    const { parts, session, call } = await scene();
    const from = await registry('1', '2');
    const to = await registry();
    const source = await call('registries.save', { ...draft, host: from.host });
    const destination = await call('registries.save', { ...draft, host: to.host });
    const place = { kind: 'registry', id: source.id } as const;
    const images = ['1', '2'].map((tag) => ({ place, repository: 'team/app', tag }));
    const order = { images, destinations: [{ registry: destination.id, template: 'copy/{path}' }], options };
    const { plan } = await call('plans.make', { order });
    const seen: unknown[] = [];
    const sink = { isFull: false, send: (message: unknown) => seen.push(message), end: () => {} };
    session.feed('plan', { plan, from: 0, most: 10 }, sink);
    const { job } = await call('jobs.start', { plan });
    expect(job).toBe(1);
    expect(parts.jobs.started[0]?.prepared.requests).toMatchObject([
      { source: { tag: '1' }, targets: [{ host: to.host, path: 'copy/team/app', tag: '1' }] },
      { source: { tag: '2' }, targets: [{ host: to.host, path: 'copy/team/app', tag: '2' }] },
    ]);
    expect(parts.jobs.started[0]?.title).toBe(`${from.host}/team/app:1 +1 → ${to.host}`);
    expect(seen.length).toBeGreaterThan(0);
  });

  test('20,000 tags are ordered in less than a body may have, and not one more', async () => {
    const { parts, call, failure } = await scene();
    const { id } = await call('registries.save', { ...draft, host: 'one.example' });
    const place = { kind: 'registry', id } as const;
    const tags = Array.from({ length: 20_000 }, (_, at) => `2026.11.${at}-alpine3.22-amd64`);
    const destinations = [{ registry: id, template: 'copy/{path}' }];
    const order = { images: [{ place, repository: 'team/app', tags }], destinations, options };
    expect(JSON.stringify({ order }).length).toBeLessThan(1024 * 1024);
    await call('jobs.start', { order });
    expect(parts.jobs.started[0]?.prepared.requests).toHaveLength(20_000);
    const more = { ...order, images: [...order.images, { place, repository: 'team/app', tag: 'more' }] };
    expect((await failure('plans.make', { order: more })).kind).toBe('invalid');
  });

  test('an image-syncer text is an order, with the credentials it brings', async () => {
    const { parts, call } = await scene();
    const text =
      'auth:\n  quay.io:\n    username: robot\n    password: secret\nimages:\n  quay.io/a/b:1: one.example/a/b\n';
    const order = { file: { name: 'config.yaml', text }, kind: 'image-syncer', options } as const;
    await call('jobs.start', { order });
    const [started] = parts.jobs.started;
    expect(started).toMatchObject({ command: 'sync', extra: { kind: 'auths' } });
    expect(started?.prepared.requests).toHaveLength(1);
    expect(parts.opened.map(({ kind }) => kind)).toEqual(['auths']);
  });

  test('a list without a destination is refused', async () => {
    const { failure } = await scene();
    const order = { file: { name: 'list.txt', text: 'nginx:1\n' }, kind: 'list', options };
    expect(await failure('plans.make', { order })).toMatchObject({ kind: 'invalid' });
  });

  test('files are told apart by what they hold', async () => {
    const { call } = await scene();
    const kind = async (text: string): Promise<string> => (await call('files.read', { name: 'x', text })).kind;
    expect(await kind('nginx:1\nredis:7\n')).toBe('image-list');
    expect(await kind('quay.io/a/b: one.example/a/b\n')).toBe('image-syncer');
    expect(await kind('{"images": {"quay.io/a/b": "one.example/a/b"}, "auth": {}}')).toBe('image-syncer');
    expect(await kind('{"auths": {"quay.io": {}}}')).toBe('docker-config');
    expect(await kind('nothing of the kind')).toBe('unknown');
  });
});
