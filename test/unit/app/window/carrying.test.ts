import { describe, expect, test } from 'vitest';
import { carriedAgain } from '../../../../electron/app/window/carried.ts';
import { placeOf } from '../../../../electron/app/window/carried-job.ts';
import type { ExportOrder } from '../../../../electron/contract/bundles.ts';
import type { DockOrder } from '../../../../electron/contract/docks.ts';
import { draft, scene } from './scene.ts';

const options = {
  platforms: [],
  attestations: 'keep',
  onConflict: 'overwrite',
  force: false,
  referrers: true,
} as const;
const importOptions = {
  prefix: '/mirror/',
  maps: [{ from: 'docker.io/library', to: 'base' }],
  createsProjects: true,
  isPartial: false,
  acceptsSender: false,
  options,
};

function exportOrder(id: string): ExportOrder {
  const place = { kind: 'registry', id } as const;
  return {
    images: [{ place, repository: 'team/app', tags: ['1', '2'] }],
    format: 'bundle',
    zstd: false,
    bases: [],
    platforms: [],
    attestations: 'keep',
    referrers: true,
  };
}

describe('an export', () => {
  test('names every image in full', async () => {
    const { call, parts } = await scene();
    const { id } = await call('registries.save', { ...draft, host: 'harbor.example' });
    expect(await call('exports.estimate', { order: exportOrder(id) })).toMatchObject({ images: 2 });
    expect(parts.carry.asked.at(-1)).toMatchObject({
      references: ['harbor.example/team/app:1', 'harbor.example/team/app:2'],
    });
  });

  test('becomes a job whose title has no path', async () => {
    const { call, parts } = await scene();
    const { id } = await call('registries.save', { ...draft, host: 'harbor.example' });
    await call('exports.start', { order: exportOrder(id), target: { folder: 'f1', name: 'out.tar' } });
    expect(parts.jobs.started).toMatchObject([
      { command: 'export', title: 'harbor.example/team/app:1 +1 → out.tar', prepared: { requests: [] } },
    ]);
  });

  test.each(['../out.tar', 'a/b.tar', 'C:out.tar', '.hidden', 'out.', 'a\\b', ''])(
    'S-IPC-4: is not written to the name %j',
    async (name) => {
      const { call, failure } = await scene();
      const { id } = await call('registries.save', { ...draft, host: 'harbor.example' });
      const target = { folder: 'f1', name };
      expect(await failure('exports.start', { order: exportOrder(id), target })).toMatchObject({ kind: 'invalid' });
    },
  );
});

describe('an import', () => {
  test('goes below a prefix of a registry, with its rules and its choice', async () => {
    const { call, parts } = await scene();
    const { id } = await call('registries.save', { ...draft, host: 'harbor.example' });
    const { plan } = await call('plans.make', { order: { bundle: 'b1', only: [3], registry: id, ...importOptions } });
    await call('jobs.start', { plan });
    expect(parts.jobs.started).toMatchObject([
      {
        command: 'import',
        title: 'october.tar → harbor.example/mirror',
        carried: {
          bundle: 'b1',
          what: {
            command: 'import',
            asked: {
              to: 'harbor.example/mirror',
              maps: ['docker.io/library=base'],
              only: ['image-3'],
              createsProjects: true,
            },
          },
        },
      },
    ]);
  });

  test('goes into the library where no registry is named, and takes another sender only when told', async () => {
    const { call, parts } = await scene();
    const order = { bundle: 'b1', ...importOptions, acceptsSender: true };
    await call('jobs.start', { order });
    expect(parts.jobs.started[0]?.carried?.what).toMatchObject({ asked: { to: 'library:mirror', signer: 'key' } });
  });

  test('of a file that is not open is refused', async () => {
    const { failure } = await scene();
    expect(await failure('plans.make', { order: { bundle: 'gone', ...importOptions } })).toMatchObject({
      kind: 'not-found',
    });
  });
});

describe('a job of files', () => {
  test('is known by the last part of its paths, and volumes of one set as one file', () => {
    const asked = { files: ['/a/x.001-of-002.tar', '/a/x.002-of-002.tar'], maps: [], createsProjects: false };
    const what = { command: 'import', asked: { ...asked, options: { ...options, concurrency: 8 } } } as const;
    expect(placeOf(what)).toEqual({ source: 'x.tar', destination: 'library:' });
  });

  test('is taken from the history with its choice, and without one that is none', () => {
    const asked = { files: ['x.tar'], maps: [], createsProjects: false, options: { ...options, concurrency: 8 } };
    const chosen = { ...asked, only: ['a:1'] };
    expect(carriedAgain({ command: 'import', asked: chosen })).toEqual({ command: 'import', asked: chosen });
    const odd = { ...asked, only: [7] };
    expect(carriedAgain({ command: 'import', asked: odd })).toEqual({ command: 'import', asked });
  });
});

describe('a dock', () => {
  const order: DockOrder = {
    serve: { kind: 'library' },
    address: '127.0.0.1',
    port: 0,
    isWritable: false,
    hasCatalog: false,
    repositories: [],
    allow: [],
  };

  test('S-IPC-9: on the network is asked about first', async () => {
    const { call, failure, parts } = await scene();
    await call('docks.start', order);
    expect(parts.asked).toEqual([]);
    await call('docks.start', { ...order, address: '192.168.1.2' });
    expect(parts.asked).toEqual(['open-dock']);
    parts.answer = false;
    expect(await failure('docks.start', { ...order, address: '0.0.0.0' })).toMatchObject({ kind: 'cancelled' });
    expect(parts.docks.started).toHaveLength(2);
  });
});
