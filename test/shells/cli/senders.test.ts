import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ferry, type FerryEnd, folder } from './ferry.ts';
import { fileWith, openDock, openSource } from './stage.ts';

async function newKey(): Promise<string> {
  const { privateKey } = generateKeyPairSync('ed25519');
  return fileWith(String(privateKey.export({ type: 'pkcs8', format: 'pem' })), '.pem');
}

/** Bundles of the same image signed by two keys and by none, and the command line over one data folder. */
async function stage() {
  const [source, destination] = [await openSource(), await openDock()];
  const home = await mkdtemp(join(folder, 'senders-'));
  const signed = async (name: string, ...flags: string[]): Promise<string> => {
    const file = join(home, `${name}.tar`);
    await ferry(['export', '-o', file, `${source.host}/team/app:1`, '--no-cache', ...flags]);
    return file;
  };
  const [ours, theirs] = [
    await signed('ours', '--sign', await newKey()),
    await signed('theirs', '--sign', await newKey()),
  ];
  const unsigned = await signed('unsigned');
  const run = (...args: string[]): Promise<FerryEnd> => ferry([...args, '--data-dir', join(home, 'data')]);
  const take = (file: string, ...flags: string[]): Promise<FerryEnd> =>
    run('import', file, '--to', destination.host, ...flags);
  const keyOf = async (file: string): Promise<string> =>
    /signed by (\S+)/.exec((await run('verify', file)).stderr)?.[1] ?? '';
  return { destination, ours, theirs, unsigned, run, take, keyOf };
}

test('the first sender of images is expected from then on: another one and none are refused with a remedy', async () => {
  const { destination, ours, theirs, unsigned, run, take, keyOf } = await stage();
  const first = await take(ours);
  expect(first).toMatchObject({ status: 0, stderr: expect.stringContaining('a sender not seen here before') });
  expect(await take(ours)).toMatchObject({
    status: 0,
    stderr: expect.stringContaining('the sender that is known here'),
  });
  destination.requests.length = 0;
  const other = await take(theirs);
  expect(other.status).toBe(2);
  expect(other.stderr).toMatch(/came signed by \S{44} until now, and the file theirs\.tar is signed by/);
  expect(other.stderr).toMatch(/remedy: Ask the sender.*--signer \S{44}\n/);
  expect(await take(unsigned)).toMatchObject({ status: 2, stderr: expect.stringContaining('--signer any') });
  expect(destination.requests).toEqual([]);
  expect(await run('verify', theirs)).toMatchObject({ status: 1, stderr: expect.stringContaining('until now') });
  expect((await take(unsigned, '--signer', 'any')).status).toBe(0);
  expect((await take(theirs)).status).toBe(2);
  expect((await take(theirs, '--signer', await keyOf(theirs))).status).toBe(0);
  expect((await take(theirs)).status).toBe(0);
  expect((await take(ours)).status).toBe(2);
});

test('a sender that is named must have signed, also the first time', async () => {
  const { ours, theirs, unsigned, take, keyOf } = await stage();
  const key = await keyOf(ours);
  expect(await take(theirs, '--signer', key)).toMatchObject({ status: 2, stderr: expect.stringContaining('not by') });
  expect(await take(unsigned, '--signer', key)).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('not signed'),
  });
  expect((await take(ours, '--signer', key)).status).toBe(0);
});

test('a file that is another one than was told over the phone is refused', async () => {
  const { unsigned, run, take } = await stage();
  const set = /set (sha256:\S+)/.exec((await run('verify', unsigned)).stderr)?.[1] ?? '';
  const wrong = `sha256:${'0'.repeat(64)}`;
  expect((await run('verify', unsigned, '--expect-digest', set)).status).toBe(0);
  expect(await run('verify', unsigned, '--expect-digest', wrong)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining(`is ${set}, not ${wrong}`),
  });
  expect((await take(unsigned, '--expect-digest', wrong)).status).toBe(2);
  expect((await take(unsigned, '--expect-digest', set)).status).toBe(0);
});
