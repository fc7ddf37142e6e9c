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

  test('an auth file that is given beside is used, and what is kept of the order holds nothing of it', async () => {
    const { parts, call } = await scene();
    const auth = { name: 'auth.yaml', text: 'quay.io:\n  username: robot\n  password: planted-auth\n' };
    const file = { name: 'images.yaml', text: 'quay.io/a/b:1: one.example/a/b\n' };
    expect((await call('files.read', auth)).kind).toBe('image-syncer-auth');
    await call('jobs.start', { order: { file, auth, kind: 'image-syncer', options } });
    const combined = `auth:\n  quay.io: {username: robot, password: planted-auth}\nimages:\n  ${file.text}`;
    const whole = { name: 'config.yaml', text: combined };
    await call('jobs.start', { order: { file: whole, kind: 'image-syncer', options } });
    expect(parts.jobs.started.map(({ extra }) => extra?.kind)).toEqual(['auth-text', 'auths']);
    expect(JSON.stringify(parts.jobs.started.map(({ asked }) => asked))).not.toContain('planted-auth');
  });

  test('a plan is saved as a file that image-syncer takes', async () => {
    const { call } = await scene();
    const { host } = await registry('1', '2');
    const { id } = await call('registries.save', { ...draft, host });
    const place = { kind: 'registry', id } as const;
    const images = [{ place, repository: 'team/app', tags: ['1', '2'] }];
    const destinations = [{ registry: id, template: 'copy/{path}' }];
    const { plan } = await call('plans.make', { order: { images, destinations, options } });
    const saved = await call('plans.save', { plan, format: 'json' });
    expect(saved.name).toBe('images.json');
    expect(JSON.parse(saved.text)).toEqual({
      [`${host}/team/app:1`]: [`${host}/copy/team/app:1`],
      [`${host}/team/app:2`]: [`${host}/copy/team/app:2`],
    });
    const text = `auth:\n  quay.io: {username: robot, password: planted-auth}\nimages:\n  ${host}/team/app:1: one.example/a/b\n`;
    const order = { file: { name: 'config.yaml', text }, kind: 'image-syncer', options } as const;
    const rules = await call('plans.make', { order });
    expect(await call('plans.save', { plan: rules.plan, format: 'yaml' })).toEqual({
      name: 'images.yaml',
      text: `${host}/team/app:1: one.example/a/b\n`,
    });
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
