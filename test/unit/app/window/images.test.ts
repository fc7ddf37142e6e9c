import { describe, expect, onTestFinished, test } from 'vitest';
import { image } from '../../../fakes/images.ts';
import { startQuirkRegistry } from '../../../fakes/quirk-registry/server.ts';
import { draft, registry, scene } from './scene.ts';

describe('images', () => {
  test('lists repositories and tags page by page', async () => {
    const { call } = await scene();
    const { host } = await registry('1', '2', '10');
    const { id } = await call('registries.save', { ...draft, host });
    const place = { kind: 'registry', id } as const;
    expect(await call('images.repositories', { place, most: 10 })).toEqual({
      repositories: [{ path: 'team/app' }],
      listing: 'catalog',
    });
    const first = await call('images.tags', { place, repository: 'team/app', most: 2 });
    expect(first).toEqual({
      rows: [
        { repository: 'team/app', tag: '1' },
        { repository: 'team/app', tag: '2' },
      ],
      next: '2',
    });
    const second = await call('images.tags', { place, repository: 'team/app', after: '2', most: 2 });
    expect(second).toEqual({ rows: [{ repository: 'team/app', tag: '10' }] });
  });

  test('a closed catalog gives what was typed, and says why', async () => {
    const { call } = await scene();
    const started = await startQuirkRegistry({ quirks: { catalogMissing: true } });
    onTestFinished(() => started.close());
    const { id } = await call('registries.save', { ...draft, host: started.host, prefixes: ['team/app'] });
    const listed = await call('images.repositories', { place: { kind: 'registry', id }, most: 10 });
    expect(listed).toMatchObject({
      repositories: [{ path: 'team/app' }],
      listing: 'typed',
      why: { kind: 'not-found' },
    });
  });

  test('sizes and digests come for the rows asked, and a missing one fails alone', async () => {
    const { call } = await scene();
    const { host } = await registry('1');
    const { id } = await call('registries.save', { ...draft, host });
    const name = (tag: string) => ({ place: { kind: 'registry', id }, repository: 'team/app', tag }) as const;
    const { rows } = await call('images.details', { images: [name('1'), name('absent')] });
    expect(rows[0]).toMatchObject({
      tag: '1',
      digest: expect.stringMatching(/^sha256:/),
      sizeBytes: expect.any(Number),
    });
    expect(rows[1]).toMatchObject({ failure: { kind: 'not-found' } });
  });

  test('tells new from same from different at a destination', async () => {
    const { call } = await scene();
    const from = await registry('1', '2', '3');
    const to = await registry();
    to.seed('team/app', '1', image({ seed: 'app-1' }));
    to.seed('team/app', '2', image({ seed: 'other' }));
    const source = await call('registries.save', { ...draft, host: from.host });
    const destination = await call('registries.save', { ...draft, host: to.host });
    const images = ['1', '2', '3'].map(
      (tag) => ({ place: { kind: 'registry', id: source.id }, repository: 'team/app', tag }) as const,
    );
    expect(
      await call('images.compare', { images, destination: { registry: destination.id, template: '{path}' } }),
    ).toEqual({
      states: ['same', 'differs', 'new'],
      references: ['1', '2', '3'].map((tag) => `${to.host}/team/app:${tag}`),
    });
  });

  test('a comparison asks each side once and by HEAD, and details leave out what refers to an image', async () => {
    const { call } = await scene();
    const from = await registry('1');
    const to = await registry('1');
    const source = await call('registries.save', { ...draft, host: from.host });
    const { id } = await call('registries.save', { ...draft, host: to.host });
    const name = { place: { kind: 'registry', id: source.id }, repository: 'team/app', tag: '1' } as const;
    const asked = ({ records }: typeof from): readonly string[] => records.map(({ method, url }) => `${method} ${url}`);
    await call('images.compare', { images: [name], destination: { registry: id, template: '{path}' } });
    expect(asked(from)).toEqual(['HEAD /v2/team/app/manifests/1']);
    expect(asked(to)).toEqual(['HEAD /v2/team/app/manifests/1']);
    await call('images.details', { images: [name] });
    expect(asked(from).filter((line) => /referrers|tags\/list/.test(line))).toEqual([]);
    await call('images.compare', { images: [name], destination: { registry: id, template: '{path}' } });
    expect(asked(from).filter((line) => line.startsWith('HEAD'))).toHaveLength(1);
    expect(asked(to)).toHaveLength(2);
  });

  test('a preview shows where images go and where two of them meet', async () => {
    const { call } = await scene();
    const { id } = await call('registries.save', { ...draft, host: 'one.example' });
    const place = { kind: 'registry', id } as const;
    const images = [
      { place, repository: 'a/app', tag: '1' },
      { place, repository: 'b/app', tag: '1' },
    ];
    const shown = await call('images.preview', { images, registry: id, template: 'site/{name}' });
    expect(shown.rows.map(({ destination }) => destination)).toEqual(
      Array.from({ length: 2 }, () => 'one.example/site/app:1'),
    );
    expect(shown.conflicts).toEqual(['one.example/site/app:1']);
    const wrong = await call('images.preview', { images, registry: id, template: '{nonsense}' });
    expect(wrong.rows[0]?.failure?.finding?.code).toBe('mapping-variable');
  });

  test('pasted lines without a host are of the place they were pasted into', async () => {
    const { call } = await scene();
    const { id } = await call('registries.save', { ...draft, host: 'one.example' });
    const text = '# mine\nteam/app:1\n\n  quay.io/team/other:2\nlocalhost/x:3\nplain:4\n';
    const { images } = await call('images.pasted', { text, place: { kind: 'registry', id } });
    expect(images.map(({ reference }) => reference)).toEqual([
      'one.example/team/app:1',
      'quay.io/team/other:2',
      'localhost/x:3',
      'one.example/plain:4',
    ]);
  });

  test('pasted text does not read the environment of this process', async () => {
    const { call } = await scene();
    process.env['FERRY_PLANTED'] = 'planted-environment';
    onTestFinished(() => void delete process.env['FERRY_PLANTED']);
    const text = 'services:\n  web:\n    image: quay.io/team/${FERRY_PLANTED}:1\n';
    expect(JSON.stringify(await call('images.pasted', { text }))).not.toContain('planted-environment');
  });
});
