import { mkdtemp, open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ferry, folder } from './ferry.ts';
import { app, openDock, openSource, otherApp } from './stage.ts';
import { jsonOf } from './summary-shape.ts';

const formats = { oci: 'oci', 'oci-archive': 'bundle', 'docker-archive': 'docker-archive' } as const;

/** Both images in a file or folder of a kind, and its place. */
async function filed(kind: keyof typeof formats) {
  const source = await openSource({ '1': app, '2': otherApp });
  const path = join(await mkdtemp(join(folder, 'places-')), 'out');
  const end = await ferry(['export', '-o', path, '--format', formats[kind], `${source.host}/team/app`, '--all-tags']);
  expect(end.status, end.stderr).toBe(0);
  return { source, path, place: `${kind}:${path}`, repository: `${source.host}/team/app` };
}

describe.each(['oci', 'oci-archive', 'docker-archive'] as const)('a place of %s', (kind) => {
  test('is listed, looked at, verified and planned from', async () => {
    const { place, repository } = await filed(kind);
    expect((await ferry(['ls', place])).stdout).toBe(`${repository}\n`);
    expect((await ferry(['ls', place, '--tags'])).stdout).toBe(`${repository}:1\n${repository}:2\n`);
    expect((await ferry(['ls', `${place}:${repository}:1`, '--tags'])).stdout).toBe('1\n2\n');
    const described = await ferry(['inspect', `${place}:2`]);
    expect(described.status, described.stderr).toBe(0);
    expect(described.stdout).toMatch(/team\/app:2\n +digest +sha256:/);
    expect((await ferry(['verify', `${place}:1`])).stdout).toMatch(/^sha256:[a-f0-9]{64}: 1 manifest and 3 blobs/);
    const destination = await openDock();
    const plan = jsonOf(await ferry(['plan', `${place}:1`, `${destination.host}/x`, '--json']));
    expect(plan.events.find(({ event }) => event === 'plan')).toMatchObject({
      action: 'copy',
      destination: expect.stringMatching(/\/x:1$/),
      blobs: { toSend: 3 },
    });
    expect(destination.requests.filter(({ method }) => method !== 'GET' && method !== 'HEAD')).toEqual([]);
  });
});

test('one damaged image is told apart from one that is whole', async () => {
  const { path, place } = await filed('oci');
  const [, hex = ''] = (otherApp.blobs[1]?.digest ?? '').split(':');
  const handle = await open(join(path, 'blobs', 'sha256', hex), 'r+');
  await handle.write(Buffer.of(0, 1, 2, 3), 0, 4, 100);
  await handle.close();
  expect((await ferry(['verify', `${place}:1`])).status).toBe(0);
  expect(await ferry(['verify', `${place}:2`])).toMatchObject({ status: 1, stderr: expect.stringContaining(hex) });
  expect((await ferry(['verify', place])).status).toBe(1);
});

test('an image of a file goes into the library', async () => {
  const { place } = await filed('oci');
  const data = ['--data-dir', await mkdtemp(join(folder, 'data-'))];
  expect((await ferry(['copy', `${place}:1`, 'library:kept', ...data])).status).toBe(0);
  expect((await ferry(['verify', 'library:kept:1', ...data])).stdout).toContain(app.digest);
});

test('what makes no sense is refused in both languages', async () => {
  const { place } = await filed('oci');
  const cases: readonly [args: readonly string[], en: RegExp, zh: RegExp][] = [
    [['inspect', place], /has 2 images, and one is wanted/, /中有 2 个镜像，需要指定其一/],
    [['verify', `${place}:9`], /has no image 9; it has .*team\/app:1/, /中没有镜像 9/],
    [['copy', place, 'x.example/y', '--all-tags'], /tags are chosen from a repository/, /只能对仓库选择标签/],
    [['plan', 'x.example/y:1', place], /there is no plan/, /没有计划可言/],
    [['copy', 'x.example/y:1', place, 'x.example/z:1'], /one of several destinations/, /不能与其他目标并列/],
    [['copy', '--list', 'none.txt', place], /one of several destinations/, /不能与其他目标并列/],
    [['receipt', place, '-o', 'x'], /names a file of images/, /是镜像文件/],
    [['import', 'x.tar', '--to', place], /names a file of images/, /是镜像文件/],
  ];
  for (const [args, en, zh] of cases) {
    const english = await ferry(args);
    expect(english, args.join(' ')).toMatchObject({ status: 2, stderr: expect.stringMatching(en) });
    const chinese = await ferry(args, { env: { LANG: 'zh_CN.UTF-8' } });
    expect(chinese, args.join(' ')).toMatchObject({ status: 2, stderr: expect.stringMatching(zh) });
  }
});
