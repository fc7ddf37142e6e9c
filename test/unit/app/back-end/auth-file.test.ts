import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openBackEnd } from '../../../../electron/app/back-end/back-end.ts';
import { logLevel, openLog } from '../../../../electron/shells/log.ts';
import { image } from '../../../fakes/images.ts';
import { startQuirkRegistry } from '../../../fakes/quirk-registry/server.ts';

const never = new AbortController().signal;
const password = 'planted-auth-Qm4ss';
const variable = 'planted-environment-Vb8kk';

/** A back end over an empty folder that nothing of this machine flows into. */
async function open() {
  const folder = await mkdtemp(join(tmpdir(), 'ferry-back-end-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const before = process.env['DOCKER_CONFIG'];
  process.env['DOCKER_CONFIG'] = folder;
  process.env['FERRY_PLANTED'] = variable;
  onTestFinished(() => {
    delete process.env['FERRY_PLANTED'];
    if (before === undefined) delete process.env['DOCKER_CONFIG'];
    else process.env['DOCKER_CONFIG'] = before;
  });
  const backEnd = await openBackEnd({
    version: '0',
    isDesktop: false,
    workspace: { dataDir: folder, cache: true },
    files: {
      pick: () => Promise.resolve({ files: [] }),
      list: () => Promise.resolve({ folder: '', entries: [], isCut: false }),
      open: () => Promise.reject(new Error('nothing was chosen')),
      place: () => Promise.reject(new Error('nothing was chosen')),
    },
    vault: async () => ({}),
    log: (logs, clean) => openLog(logs, { level: logLevel({ IMAGE_FERRY_LOG: 'debug' }), clean }),
  });
  return { backEnd, folder };
}

/** Everything below a folder in one text. */
async function contentOf(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return (await Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name), 'latin1')))).join('\n');
}

/** Copies one image to a registry that wants a login, with this auth file; gives what was sent there and what is left of it. */
async function copyWith(secret: string) {
  const source = await startQuirkRegistry({ content: { 'team/app:1': image({ seed: 'app' }) } });
  onTestFinished(() => source.close());
  const destination = await startQuirkRegistry({ access: { basic: { user: 'robot', password } } });
  onTestFinished(() => destination.close());
  const { backEnd, folder } = await open();
  const session = backEnd.window.openSession();
  const call = async (name: string, input: unknown): Promise<void> =>
    expect(await session.call(name, input, never)).toMatchObject({ ok: true });
  for (const { host } of [source, destination])
    await call('registries.save', { host, plainHttp: true, insecure: false, remember: 'no' });
  await call('jobs.start', {
    order: {
      file: { name: 'images.yaml', text: `${source.host}/team/app:1: ${destination.host}/copy/app\n` },
      auth: { name: 'auth.yaml', text: `${destination.host}: {username: robot, password: "${secret}"}\n` },
      kind: 'image-syncer',
      options: { platforms: [], attestations: 'keep', onConflict: 'overwrite', force: false, referrers: true },
    },
  });
  const state = (): string | undefined => backEnd.parts.jobs.totals()[0]?.state;
  await expect.poll(() => state()?.startsWith('finished')).toBe(true);
  const ended = state();
  const shown = JSON.stringify([backEnd.parts.jobs.totals(), await session.call('history.list', { most: 9 }, never)]);
  await backEnd.close();
  const logins = destination.records.flatMap(({ headers }) =>
    headers.flatMap(([name, value]) => (/^authorization$/i.test(name) ? [value.replace(/^Basic /, '')] : [])),
  );
  const sent = logins.map((value) => Buffer.from(value, 'base64').toString());
  return { ended, kept: `${await contentOf(folder)}\n${shown}`, sent };
}

test('an auth file of image-syncer opens its registries for one job and is kept nowhere', async () => {
  const { ended, kept, sent } = await copyWith(password);
  expect([ended, sent.includes(`robot:${password}`)]).toEqual(['finished', true]);
  const pair = Buffer.from(`robot:${password}`).toString('base64');
  expect([password, pair].filter((secret) => kept.includes(secret))).toEqual([]);
});

test('a variable in an auth file that was pasted stands for itself, not for what this process holds', async () => {
  const { ended, sent } = await copyWith('$FERRY_PLANTED');
  expect([ended, new Set(sent)]).toEqual(['finished-with-failures', new Set(['robot:$FERRY_PLANTED'])]);
});
