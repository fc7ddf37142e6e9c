import { spawnSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { memoryLibrary } from '../../electron/engine/content/memory-library.ts';
import { startDock } from '../../electron/engine/dock/server.ts';
import { temporaryFolder } from '../fakes/bundle-files.ts';
import { arm64, image, index, type SampleManifest } from '../fakes/images.ts';
import { assertWorldIsWhole } from '../fakes/oracle.ts';
import { skopeo, startDockerRegistry, type DockerRegistryOptions } from '../fakes/peers.ts';
import { push } from '../fakes/push.ts';
import { exported, listed, opened, signal } from '../unit/engine/bundle/exported.ts';
import { missing } from './registries.ts';

const single = image({ layers: [200_000, 0], seed: 'single' });
const docker = image({ layers: [70_000, 70_000], seed: 'docker', flavour: 'docker' });
const both = index([image({ seed: 'amd' }), image({ seed: 'arm', platform: arm64 })]);

const noSkopeo = missing('skopeo');
const noRegistry = missing('docker-registry');
const notBoth = missing('docker-registry', 'skopeo');

async function run(...args: readonly string[]): Promise<Buffer> {
  const done = await skopeo(args);
  expect(done.stderr).not.toMatch(/level=fatal/);
  expect(done.status, done.stderr).toBe(0);
  return done.stdout;
}

async function registry(options: DockerRegistryOptions = {}) {
  const started = await startDockerRegistry(options);
  onTestFinished(() => started.stop());
  return started;
}

async function dockWith(content: SampleManifest): Promise<string> {
  const dock = await startDock({ library: memoryLibrary(), writable: true });
  onTestFinished(() => dock.close());
  await push(dock.url, 'team/app', '1', content);
  return `docker://${dock.host}/team/app:1`;
}

describe.skipIf(noSkopeo !== '')(`files that skopeo reads and writes${noSkopeo}`, () => {
  test('skopeo reads a bundle as an oci-archive, by tag', async () => {
    const folder = await temporaryFolder();
    const { paths } = await exported(folder, { 'registry.test/team/app:1': single, 'registry.test/team/both:2': both });
    expect(await run('inspect', '--raw', `oci-archive:${paths[0]}:1`)).toEqual(single.raw);
    expect(await run('inspect', '--raw', `oci-archive:${paths[0]}:2`)).toEqual(both.raw);
    await run('copy', '--all', '--preserve-digests', `oci-archive:${paths[0]}:2`, `dir:${folder}/copied`);
    expect(await readFile(join(folder, 'copied', 'manifest.json'))).toEqual(both.raw);
  });

  test('skopeo reads the joined volumes of a bundle, and a single-platform image of it as a docker-archive', async () => {
    const folder = await temporaryFolder();
    const { paths } = await exported(folder, { 'registry.test/team/app:1': single }, { volumeBytes: 250_000 });
    const images = { 'a.test/a:1': single, 'a.test/b:2': image({ layers: [90_000], seed: 'other' }) };
    const more = await exported(folder, images, { volumeBytes: 250_000, file: 'two.tar' });
    expect(more.paths.length).toBeGreaterThan(1);
    const joined = join(folder, 'joined');
    await writeFile(joined, Buffer.concat(await Promise.all(more.paths.map((path) => readFile(path)))));
    await run('copy', '--preserve-digests', `oci-archive:${joined}:2`, `dir:${folder}/copied`);
    expect(await readFile(join(folder, 'copied', 'manifest.json'))).toEqual(images['a.test/b:2'].raw);
    await run('copy', `docker-archive:${paths[0]}:registry.test/team/app:1`, `dir:${folder}/loaded`);
  });

  test('skopeo finds an image of docker media types in a bundle by its docker name', async () => {
    // by a tag it looks only at entries of OCI media types
    const folder = await temporaryFolder();
    const { paths } = await exported(folder, { 'a.test/a:1': single, 'a.test/docker:2': docker });
    await run('copy', `docker-archive:${paths[0]}:a.test/docker:2`, `dir:${folder}/copied`);
  });

  test('skopeo reads an OCI layout folder and a plain oci-archive', async () => {
    const folder = await temporaryFolder();
    const images = { 'registry.test/team/app:1': single };
    const {
      paths: [layout],
    } = await exported(folder, images, { format: 'oci', file: 'layout' });
    expect(await run('inspect', '--raw', `oci:${layout}:1`)).toEqual(single.raw);
    const {
      paths: [archive],
    } = await exported(folder, images, { format: 'oci-archive', file: 'plain.tar' });
    await run('copy', '--preserve-digests', `oci-archive:${archive}:1`, `dir:${folder}/copied`);
  });

  test('skopeo copies every image of a docker-archive, configs unchanged', async () => {
    const folder = await temporaryFolder();
    const images = { 'registry.test/team/app:1': single, 'docker.io/library/docker:2': docker };
    const { paths } = await exported(folder, images, { format: 'docker-archive' });
    for (const [name, content] of Object.entries(images)) {
      const copied = join(folder, name.replaceAll(/[/:]/g, '-'));
      await run('copy', `docker-archive:${paths[0]}:${name}`, `dir:${copied}`);
      const manifest = JSON.parse(await readFile(join(copied, 'manifest.json'), 'utf8'));
      expect(manifest.config.digest).toBe(content.blobs[0]?.digest);
    }
  });

  test('an oci-archive and an OCI layout made by skopeo are read', async () => {
    const folder = await temporaryFolder();
    const source = await dockWith(both);
    const flags = ['copy', '--all', '--preserve-digests', '--src-tls-verify=false', source];
    await run(...flags, `oci-archive:${folder}/made.tar:named`);
    await run(...flags, `oci:${folder}/made:registry.test/team/app:1`);
    const archive = await opened(join(folder, 'made.tar'), folder);
    expect(archive.kind).toBe('oci-archive');
    expect(listed(archive)).toEqual([`:named ${both.digest}`]);
    const layout = await opened(join(folder, 'made'), folder);
    expect(layout.kind).toBe('oci-layout');
    expect(listed(layout)).toEqual([`registry.test/team/app:1 ${both.digest}`]);
    for (const file of [archive, layout]) {
      const seen = await file.verify(() => {}, signal);
      expect(seen).toMatchObject({ manifests: 3, blobs: 4, problems: [] });
    }
  });

  test('a docker-archive made by skopeo is read: its layers are compressed, its config stays', async () => {
    const folder = await temporaryFolder();
    const source = await dockWith(docker);
    await run('copy', '--src-tls-verify=false', source, `docker-archive:${folder}/made.tar:registry.test/team/app:1`);
    const file = await opened(join(folder, 'made.tar'), join(folder, 'scratch'));
    expect(file.kind).toBe('docker-archive');
    expect(file.images).toMatchObject([{ host: 'registry.test', path: 'team/app', tag: '1' }]);
    expect(file.notices.join()).toMatch(/uncompressed/);
    const [one] = file.images;
    const { document } = await file.source(one ?? { host: '', path: '' }).manifest({ tag: '1' }, signal);
    expect(document).toMatchObject({ kind: 'manifest', config: { digest: docker.blobs[0]?.digest } });
    expect((await file.verify(() => {}, signal)).problems).toEqual([]);
  });
});

describe.skipIf(noRegistry !== '')(`the folder of a docker-registry${noRegistry}`, () => {
  test('a folder of ours is served by docker-registry, every tag whole', async () => {
    const folder = await temporaryFolder();
    const images = { 'a.test/team/app:1': single, 'a.test/team/app:two': docker, 'b.test/both:latest': both };
    const { paths } = await exported(folder, images, { format: 'registry-storage', file: 'image_data' });
    const served = await registry({ rootDir: paths[0] ?? '' });
    const world = await assertWorldIsWhole({ url: served.url });
    expect(world.tags).toEqual({
      'team/app:1': single.digest,
      'team/app:two': docker.digest,
      'both:latest': both.digest,
    });
  });

  test('the folder of a real docker-registry is read', async () => {
    const folder = await temporaryFolder();
    const data = join(folder, 'image_data');
    await mkdir(data);
    const served = await registry({ rootDir: data });
    await push(served.url, 'team/app', '1', docker);
    await push(served.url, 'team', 'both', both);
    await push(served.url, 'team/app/deep', 'v1', single);
    const file = await opened(data, folder);
    expect(file.kind).toBe('registry-storage');
    expect(listed(file).toSorted()).toEqual([
      `team/app/deep:v1 ${single.digest}`,
      `team/app:1 ${docker.digest}`,
      `team:both ${both.digest}`,
    ]);
    expect((await file.verify(() => {}, signal)).problems).toEqual([]);
  });

  test('the folder of a real docker-registry is read when tar has packed it', async () => {
    const folder = await temporaryFolder();
    const data = join(folder, 'image_data');
    await mkdir(data);
    const served = await registry({ rootDir: data });
    await push(served.url, 'team/app', '1', docker);
    await push(served.url, 'team', 'both', both);
    const packed = join(folder, 'image_data.tar.gz');
    expect(spawnSync('tar', ['-C', folder, '-czf', packed, 'image_data']).status).toBe(0);
    const file = await opened(packed, join(folder, 'scratch'));
    expect(file.kind).toBe('registry-storage');
    expect(listed(file).toSorted()).toEqual([`team/app:1 ${docker.digest}`, `team:both ${both.digest}`]);
    expect((await file.verify(() => {}, signal)).problems).toEqual([]);
  });
});

describe.skipIf(notBoth !== '')(`docker-registry and skopeo together${notBoth}`, () => {
  test('skopeo pulls every tag from a folder of ours', async () => {
    const folder = await temporaryFolder();
    const images = { 'a.test/team/app:1': single, 'b.test/both:latest': both };
    const { paths } = await exported(folder, images, { format: 'registry-storage', file: 'data' });
    const served = await registry({ rootDir: paths[0] ?? '' });
    const pull = ['copy', '--all', '--preserve-digests', '--src-tls-verify=false'];
    await run(...pull, `docker://${served.host}/team/app:1`, `dir:${folder}/1`);
    await run(...pull, `docker://${served.host}/both:latest`, `dir:${folder}/2`);
    expect(await readFile(join(folder, '2', 'manifest.json'))).toEqual(both.raw);
  });
});
