import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type CredentialHelpers,
  helperEnvironment,
  helperFiles,
  systemHelpers,
} from '../../../../electron/engine/auth/credential-helpers.ts';
import { errorOf } from '../../error-of.ts';
import { FakeClock } from '../../../fakes/clock.ts';

const { signal } = new AbortController();

describe.skipIf(process.platform === 'win32')('credential helpers', () => {
  let folder = '';
  const clock = new FakeClock();
  let helpers: CredentialHelpers;

  const place = async (name: string, script: string, mode = 0o755): Promise<void> => {
    const file = join(folder, `docker-credential-${name}`);
    await writeFile(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, mode);
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'helpers-'));
    const environment = { PATH: [folder, '/usr/bin', '/bin'].join(delimiter), HOME: '/home/me', ACR_PASS: 'canary' };
    helpers = systemHelpers({ clock, environment, platform: process.platform });
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('get the address on stdin and `get` as their one argument', async () => {
    await place('echo', 'printf \'{"ServerURL":"x","Username":"%s","Secret":"%s"}\' "$*" "$(cat)"');
    await expect(helpers.get('echo', 'r.example.com:5000', signal)).resolves.toEqual({
      kind: 'basic',
      user: 'get',
      password: 'r.example.com:5000',
    });
  });

  test('give an identity token under the user <token>', async () => {
    await place('identity', 'echo \'{"Username":"<token>","Secret":"it"}\'');
    await expect(helpers.get('identity', 'r.io', signal)).resolves.toEqual({ kind: 'identity', token: 'it' });
  });

  test('may end without reading their input', async () => {
    await place('deaf', 'exec 0<&-; echo \'{"Username":"u","Secret":"p"}\'');
    await expect(helpers.get('deaf', 'r'.repeat(200), signal)).resolves.toMatchObject({ user: 'u' });
  });

  test.each([
    ['on stdout', 'echo "credentials not found in native keychain"; exit 1'],
    ['on stderr', 'echo "Error: credentials not found" >&2; exit 1'],
    ['by empty fields', 'echo \'{"Username":"","Secret":""}\''],
  ])('keep nothing when they say so %s', async (_, script) => {
    await place('empty', script);
    await expect(helpers.get('empty', 'r.io', signal)).resolves.toBeUndefined();
  });

  test.each([
    ['fail', 'echo "the password was S3cr3t"; echo S3cr3t >&2; exit 3', 'ended with status 3 for "r.io"'],
    ['answer no JSON', 'echo S3cr3t', 'answered something else than its protocol'],
    ['answer nothing', 'true', 'answered something else than its protocol'],
    ['answer another shape', 'echo \'{"Username":["S3cr3t"]}\'', 'answered something else than its protocol'],
    ['answer a key twice', 'echo \'{"Secret":"a","Secret":"S3cr3t"}\'', 'answered something else than its protocol'],
    ['answer without end', 'while :; do echo S3cr3t-S3cr3t-S3cr3t-S3cr3t; done', 'answered more than 65536 bytes'],
    ['are killed', 'kill -9 $$', 'ended with status killed'],
  ])('that %s are named in an error without what they said', async (_, script, problem) => {
    await place('broken', script);
    const outcome = await errorOf(helpers.get('broken', 'r.io', signal));
    expect(outcome).toMatchObject({ kind: 'invalid', side: 'local', subject: 'docker-credential-broken' });
    expect(outcome.message).toContain(problem);
    expect(outcome.message).not.toContain('S3cr3t');
  });

  test('that do not answer are given up after ten seconds, with what they started', async () => {
    await place('slow', 'sleep 300 & echo $! > "$(dirname "$0")/pid"; wait');
    const outcome = helpers.get('slow', 'r.io', signal).catch((error: unknown) => error);
    await expect.poll(() => readFile(join(folder, 'pid'), 'utf8').catch(() => '')).not.toBe('');
    await clock.advance(9_999);
    expect(clock.scheduled).toBe(1);
    await clock.advance(1);
    await expect(outcome).resolves.toMatchObject({ kind: 'timeout', side: 'local' });
    expect(clock.scheduled).toBe(0);
    process.kill(Number(await readFile(join(folder, 'pid'), 'utf8')));
  });

  test('stop when the signal fires', async () => {
    await place('asleep', 'exec sleep 300');
    const controller = new AbortController();
    const outcome = helpers.get('asleep', 'r.io', controller.signal).catch((error: unknown) => error);
    await expect.poll(() => clock.scheduled).toBe(1);
    controller.abort(new Error('stopped'));
    await expect(outcome).resolves.toEqual(new Error('stopped'));
    expect(clock.scheduled).toBe(0);
    await expect(helpers.get('asleep', 'r.io', AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
  });

  test('do not see the secrets of the environment and run beside themselves', async () => {
    await place('curious', 'printf \'{"Username":"%s","Secret":"%s"}\' "$(pwd)" "$ACR_PASS-$HOME"');
    await expect(helpers.get('curious', 'r.io', signal)).resolves.toMatchObject({
      user: folder,
      password: '-/home/me',
    });
  });

  test('that are absent, not executable or a folder are not found', async () => {
    await place('plain', 'true', 0o644);
    await mkdir(join(folder, 'docker-credential-folder'));
    for (const name of ['absent', 'plain', 'folder']) {
      await expect(helpers.find(name)).resolves.toBeUndefined();
      await expect(helpers.get(name, 'r.io', signal)).rejects.toMatchObject({
        kind: 'invalid',
        message: `credential helper docker-credential-${name} is not in PATH`,
      });
    }
  });

  test.each(['', '.', '../evil', 'a/b', 'a b', 'a;b', 'A', 'desktop.exe', 'x\n', 'a\0', 'ü', 'a'.repeat(65)])(
    'named %j are refused',
    async (name) => {
      await expect(helpers.get(name, 'r.io', signal)).rejects.toMatchObject({ kind: 'invalid', side: 'local' });
    },
  );
});

describe('helperFiles', () => {
  test('looks into absolute directories only', () => {
    const environment = { PATH: ':.:bin:./x:/usr/bin:../y:~/bin:/opt/b/' };
    expect(helperFiles('pass', environment, 'linux')).toEqual([
      '/usr/bin/docker-credential-pass',
      '/opt/b/docker-credential-pass',
    ]);
  });

  test('takes only .exe on Windows, from drives and not from shares', () => {
    const environment = { Path: 'C:\\Docker;"D:\\My Tools";.;tools;\\rooted;\\\\host\\share;E:relative;\\\\?\\C:\\x' };
    expect(helperFiles('wincred', environment, 'win32')).toEqual([
      'C:\\Docker\\docker-credential-wincred.exe',
      'D:\\My Tools\\docker-credential-wincred.exe',
    ]);
  });

  test.each([{}, { PATH: '' }, { PATH: undefined }])('finds nothing without a PATH (%#)', (environment) => {
    expect(helperFiles('x', environment, 'linux')).toEqual([]);
  });
});

describe('helperEnvironment', () => {
  const environment = {
    PATH: '.:/usr/bin',
    HOME: '/home/me',
    AWS_PROFILE: 'p',
    GOOGLE_APPLICATION_CREDENTIALS: 'g',
    ACR_PASS: 'secret',
    NODE_OPTIONS: '--require ./evil.js',
    LD_PRELOAD: '/evil.so',
    IMAGE_FERRY_PASSPHRASE_FILE: '/run/p',
    UNSET: undefined,
  };

  test('shows a helper its home and its own cloud', () => {
    expect(helperEnvironment('ecr-login', environment, 'linux')).toEqual({
      PATH: '/usr/bin',
      HOME: '/home/me',
      AWS_PROFILE: 'p',
    });
    expect(helperEnvironment('gcloud', environment, 'linux')).toEqual({
      PATH: '/usr/bin',
      HOME: '/home/me',
      GOOGLE_APPLICATION_CREDENTIALS: 'g',
    });
    expect(helperEnvironment('pass', environment, 'linux')).toEqual({ PATH: '/usr/bin', HOME: '/home/me' });
  });
});
