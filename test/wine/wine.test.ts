import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { image } from '../fakes/images.ts';
import { assertWorldIsWhole } from '../fakes/oracle.ts';
import { type DockerRegistry, hasPeer, startDockerRegistry } from '../fakes/peers.ts';
import { push } from '../fakes/push.ts';
import { slowCopy } from '../shells/cli/slow-copy.ts';
import { type End, eventsOf, type Running, WinePackage } from './package.ts';
import { newPrefix, type Prefix, whyNot } from './prefix.ts';

const reason = whyNot();
const user = '李 雷';
const profile = `C:\\users\\${user}`;
const app = image({ seed: 'wine', layers: [3_000_000, 60_000] });
const other = image({ seed: 'wine-other', layers: [40_000] });

describe.skipIf(reason !== undefined)('the command line under Wine', { timeout: 180_000 }, () => {
  let prefix: Prefix | undefined;
  let ferry: WinePackage;
  let source: DockerRegistry;
  let destination: DockerRegistry;
  let folders = 0;

  beforeAll(async () => {
    if (!hasPeer('docker-registry')) throw new Error('there is no docker-registry; npm test installs it on Debian');
    prefix = await newPrefix(user);
    ferry = await WinePackage.layOut(prefix);
    source = await startDockerRegistry();
    destination = await startDockerRegistry();
    await push(source.url, 'team/app', '1', app);
    await push(source.url, 'con/aux', 'nul', other);
  }, 300_000);
  afterAll(async () => {
    await source?.stop();
    await destination?.stop();
    await prefix?.remove();
  }, 60_000);

  /** A new data folder, whose name has spaces and Chinese. */
  const newFolder = (): string => String.raw`C:\数据 目录\第 ${++folders} 个`;
  const copyTo = (path: string, ...more: readonly string[]): readonly string[] => [
    'copy',
    `${source.host}/team/app:1`,
    `${destination.host}/${path}`,
    ...more,
  ];
  const isWhole = () => assertWorldIsWhole({ url: destination.url });
  const summaryOf = (end: End) => eventsOf(end).at(-1) ?? {};

  describe('as a person meets it', () => {
    test('says its version, also through image-ferry.cmd', async () => {
      const version: string = JSON.parse(await readFile('package.json', 'utf8')).version;
      expect(await ferry.run('--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
      if (!existsSync(ferry.here(String.raw`C:\Image Ferry\image-ferry.cmd`))) return;
      const scripted = await ferry.start(['--version'], { byScript: true }).ended;
      expect([scripted.status, scripted.stdout.trim()]).toEqual([0, version]);
    });

    test('gives its exit status through image-ferry.cmd', async () => {
      if (!existsSync(ferry.here(String.raw`C:\Image Ferry\image-ferry.cmd`))) return;
      expect((await ferry.start(['no-such-command'], { byScript: true }).ended).status).toBe(2);
    });

    test('passes its self-test with the data folder beside the program', async () => {
      const end = await ferry.run('self-test', '--json');
      expect(end.status).toBe(0);
      expect(summaryOf(end)['checks']).toMatchObject([
        { id: 'versions' },
        { id: 'zstd', state: 'ok' },
        { id: 'certificates', code: 'certificates-found' },
        { id: 'folder', state: 'ok', values: { folder: String.raw`C:\Image Ferry\data`, rule: 'portable' } },
        { id: 'database', state: 'ok' },
        { id: 'cache', state: 'ok' },
        { id: 'vault', state: 'ok' },
        { id: 'loopback', state: 'ok' },
        { id: 'proxy', state: 'ok' },
        { id: 'disk', state: 'ok' },
        { id: 'fuses', state: 'skipped' },
        { id: 'libraries', code: 'libraries-known' },
      ]);
    });

    test('names a library that somebody laid beside it', async () => {
      const planted = ferry.here(String.raw`C:\Image Ferry\resources\cli\version-x.dll`);
      await writeFile(planted, '');
      onTestFinished(() => rename(planted, `${planted}.txt`));
      const end = await ferry.run('self-test');
      expect(end.stdout).toMatch(/^WARNING {2}Libraries: .*version-x\.dll/m);
    });

    test('keeps its data in the place of a user with a Chinese name where no folder lies beside', async () => {
      const beside = ferry.here(String.raw`C:\Image Ferry\data`);
      await rename(beside, `${beside}-off`);
      onTestFinished(() => rename(`${beside}-off`, beside));
      expect((await ferry.run(...copyTo('home/app'))).status).toBe(0);
      const kept = ferry.here(`${profile}\\AppData\\Local\\Image Ferry`);
      expect(readdirSync(kept)).toEqual(expect.arrayContaining(['cache', 'image-ferry.db', 'logs']));
      await isWhole();
    });
  });

  describe('copying', () => {
    test('brings an image over whole, sends nothing twice, and remembers it', async () => {
      const data = newFolder();
      const first = await ferry.run(...copyTo('first/app', '--json', '--data-dir', data));
      expect(summaryOf(first)).toMatchObject({ ok: true, images: { copied: 1 } });
      await isWhole();
      const second = await ferry.run(...copyTo('first/app', '--json', '--data-dir', data));
      expect(summaryOf(second)).toMatchObject({ ok: true, images: { unchanged: 1 }, bytes: { sent: 0 } });
      const history = await ferry.run('history', '--json', '--data-dir', data);
      expect(eventsOf(history).filter(({ event }) => event === 'past-job')).toMatchObject([
        { state: 'finished' },
        { state: 'finished' },
      ]);
    });

    test('takes what is in the cache from there, and the cache is sound', async () => {
      const data = newFolder();
      expect((await ferry.run(...copyTo('second/app', '--data-dir', data))).status).toBe(0);
      const again = await ferry.run(...copyTo('third/app', '--force', '--no-referrers', '--json', '--data-dir', data));
      expect(summaryOf(again)).toMatchObject({ ok: true, bytes: { received: 0 } });
      const verified = await ferry.run('cache', 'verify', '--json', '--data-dir', data);
      expect(eventsOf(verified)[0]).toMatchObject({ event: 'cache-verified', rotten: [] });
      const trimmed = await ferry.run('cache', 'trim', '--to', '0', '--json', '--data-dir', data);
      expect(eventsOf(trimmed)[0]).toMatchObject({ bytes: 0 });
      await isWhole();
    });

    test('goes on after it was killed, with its job, its folder and what had come', async () => {
      const data = newFolder();
      const { args, line, inMidCopy } = await slowCopy();
      const killed = ferry.start([...args, '--data-dir', data]);
      await reached(inMidCopy, killed);
      killed.child.kill('SIGKILL');
      await killed.ended;
      line.clearRules();
      const end = await ferry.run(...args, '--json', '--data-dir', data);
      expect(summaryOf(end)).toMatchObject({ ok: true, images: { copied: 1 }, job: '1' });
      expect(eventsOf(end).find(({ event }) => event === 'job')).toMatchObject({ attempt: 2 });
      const history = eventsOf(await ferry.run('history', '--json', '--data-dir', data));
      expect(history[0]).toMatchObject({ job: '1', state: 'finished', attempts: 2 });
      expect((await ferry.run('cache', 'verify', '--data-dir', data)).status).toBe(0);
      expect(readdirSync(ferry.here(data)).filter((name) => name.startsWith('owner'))).toEqual([]);
    });

    test('while another one is at work copies straight through, and leaves the folder alone', async () => {
      const data = newFolder();
      const { args, inMidCopy } = await slowCopy();
      const owner = ferry.start([...args, '--data-dir', data]);
      await reached(inMidCopy, owner);
      const end = await ferry.run(...copyTo('beside/app', '--data-dir', data));
      expect(end).toMatchObject({ status: 0, stderr: expect.stringContaining('process') });
      const refused = await ferry.run('data', 'remove', '--yes', '--data-dir', data);
      expect(refused).toMatchObject({ status: 2, stderr: expect.stringContaining('in use by process') });
      owner.child.kill('SIGKILL');
      await owner.ended;
      const removed = await ferry.run('data', 'remove', '--yes', '--data-dir', data);
      expect([removed.status, existsSync(ferry.here(data))]).toEqual([0, false]);
    });

    test('signs in with what docker keeps in the user’s profile', async () => {
      const closed = await startDockerRegistry({ auth: { htpasswd: { user: 'robot', password: 'hunter2' } } });
      onTestFinished(() => closed.stop());
      const config = ferry.here(`${profile}\\.docker`);
      await mkdir(config, { recursive: true });
      const auth = Buffer.from('robot:hunter2').toString('base64');
      await writeFile(join(config, 'config.json'), JSON.stringify({ auths: { [closed.host]: { auth } } }));
      onTestFinished(() => rename(config, `${config}-off`));
      const end = await ferry.run('copy', `${source.host}/team/app:1`, `${closed.host}/x/y`, '--data-dir', newFolder());
      expect(end).toMatchObject({ status: 0 });
      const authorization = `Basic ${auth}`;
      await assertWorldIsWhole({ url: closed.url, authorization });
    });
  });

  describe('files and paths', () => {
    test('a bundle goes out and in by paths of a drive', async () => {
      const data = newFolder();
      const bundle = String.raw`C:\数据 目录\十月 镜像.tar`;
      const written = await ferry.run('export', '-o', bundle, `${source.host}/team/app:1`, '--data-dir', data);
      expect(written).toMatchObject({ status: 0 });
      expect((await ferry.run('verify', bundle)).status).toBe(0);
      const pushed = await ferry.run('import', bundle, '--to', `${destination.host}/carried`, '--data-dir', data);
      expect(pushed).toMatchObject({ status: 0 });
      await isWhole();
    });

    test('places in files are told from registries by their drive', async () => {
      const to = String.raw`oci:C:\数据 目录\layout:team/app`;
      const data = newFolder();
      expect(await ferry.run('copy', `${source.host}/team/app:1`, to, '--data-dir', data)).toMatchObject({ status: 0 });
      expect(await ferry.run('verify', String.raw`C:\数据 目录\layout`)).toMatchObject({ status: 0 });
    });

    test.each([
      ['120 characters', 120],
      ['more than 260', 322],
    ])('a data folder of %s works', async (_, length) => {
      const names: string[] = [];
      for (let left = length - 2; left > 0; left -= 81) names.push('x'.repeat(Math.min(80, Math.max(1, left - 1))));
      const data = ['C:', ...names].join('\\');
      expect(await ferry.run(...copyTo(`long/a${length}`, '--data-dir', data))).toMatchObject({ status: 0 });
      expect(data.length).toBeGreaterThanOrEqual(length - 2);
      await isWhole();
    });

    test('a data folder on a share is refused with a sentence', async () => {
      const end = await ferry.run('history', '--data-dir', String.raw`\\server\share\data`);
      expect(end.status).toBe(2);
      expect(end.stderr).toContain(String.raw`\\server\share\data`);
    });

    test('a file on a share that is not there is refused with a sentence', async () => {
      const end = await ferry.run('verify', String.raw`\\server\share\october.tar`);
      expect(end.status).toBe(2);
      expect(end.stderr).toContain('remedy');
    });

    test('images lie in a folder as a registry keeps them, and come back from there', async () => {
      const data = newFolder();
      const tree = String.raw`C:\数据 目录\registry`;
      const format = ['--format', 'registry-storage'];
      const written = await ferry.run('export', '-o', tree, ...format, `${source.host}/team/app:1`, '--data-dir', data);
      expect(written).toMatchObject({ status: 0 });
      expect(await ferry.run('import', tree, '--to', `${destination.host}/tree`, '--data-dir', data)).toMatchObject({
        status: 0,
      });
      await isWhole();
    });

    test.each(['aux.tar', 'con', 'nul.json'])(
      'a bundle may not be named after a device of Windows: %s',
      async (name) => {
        const data = newFolder();
        const end = await ferry.run('export', '-o', `C:\\${name}`, `${source.host}/team/app:1`, '--data-dir', data);
        expect([end.status, end.stderr]).toEqual([2, expect.stringContaining(name)]);
      },
    );

    test('a tree as a registry keeps it may not name a device of Windows', async () => {
      const tree = String.raw`C:\数据 目录\devices`;
      const format = ['--format', 'registry-storage', '--data-dir', newFolder()];
      const end = await ferry.run('export', '-o', tree, ...format, `${source.host}/con/aux:nul`);
      expect([end.status, end.stderr]).toEqual([1, expect.stringContaining('con/aux')]);
    });

    test('helpers of docker that are scripts are not run', async () => {
      const closed = await startDockerRegistry({ auth: { htpasswd: { user: 'robot', password: 'hunter2' } } });
      onTestFinished(() => closed.stop());
      const config = ferry.here(`${profile}\\.docker`);
      await mkdir(config, { recursive: true });
      await writeFile(join(config, 'config.json'), JSON.stringify({ credHelpers: { [closed.host]: 'planted' } }));
      onTestFinished(() => rename(config, `${config}-helper`));
      const script = ferry.here(String.raw`C:\windows\docker-credential-planted.cmd`);
      await writeFile(script, String.raw`@echo ran > C:\planted.txt`);
      onTestFinished(() => rename(script, `${script}.txt`));
      const end = await ferry.run('copy', `${source.host}/team/app:1`, `${closed.host}/x/y`, '--data-dir', newFolder());
      expect(end).toMatchObject({ status: 1, stderr: expect.stringContaining(closed.host) });
      expect(existsSync(ferry.here(String.raw`C:\planted.txt`))).toBe(false);
    });

    test('an image whose names are devices of Windows goes through cache, bundle and folder', async () => {
      const data = newFolder();
      const from = `${source.host}/con/aux:nul`;
      expect(await ferry.run('copy', from, `${destination.host}/con/prn`, '--data-dir', data)).toMatchObject({
        status: 0,
      });
      const bundle = String.raw`C:\数据 目录\devices.tar`;
      expect(await ferry.run('export', '-o', bundle, from, '--data-dir', data)).toMatchObject({ status: 0 });
      expect(await ferry.run('import', bundle, '--to', `${destination.host}/dev`, '--data-dir', data)).toMatchObject({
        status: 0,
      });
      await isWhole();
    });
  });
});

/** Waits for a moment of a command line that must not end before. */
async function reached(moment: Promise<void>, { ended }: Running): Promise<void> {
  const early = ended.then(({ stderr }) => {
    throw new Error(`it ended before: ${stderr}`);
  });
  await Promise.race([moment, early]);
  early.catch(() => undefined);
}

test.runIf(reason !== undefined)(`the command line under Wine is not run: ${reason ?? ''}`, () => {
  expect(reason).not.toBe('');
});
