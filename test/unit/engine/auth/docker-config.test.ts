import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CredentialHelpers } from '../../../../electron/engine/auth/credential-helpers.ts';
import {
  dockerConfigFile,
  dockerConfigSource,
  parseDockerConfig,
  readDockerConfig,
} from '../../../../electron/engine/auth/docker-config.ts';
import type { Credential } from '../../../../electron/engine/ports/credentials.ts';
import { parseStrictJson } from '../../../../electron/oci/strict-json.ts';
import { errorOf } from '../../error-of.ts';

const { signal } = new AbortController();
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const basic = (user: string, password: string): Credential => ({ kind: 'basic', user, password });

/** Helpers that keep what the table says, by `name address`. */
function fakeHelpers(kept: Readonly<Record<string, Credential>>, missing: readonly string[] = []) {
  const asked: string[] = [];
  const helpers: CredentialHelpers = {
    find: async (name) => (missing.includes(name) ? undefined : `/usr/bin/docker-credential-${name}`),
    get: async (name, address) => {
      asked.push(`${name} ${address}`);
      return kept[`${name} ${address}`];
    },
  };
  return { helpers, asked };
}

function lookUp(document: unknown, host: string, path?: string, helpers = fakeHelpers({}).helpers) {
  const warnings: string[] = [];
  const config = parseDockerConfig(parseStrictJson(JSON.stringify(document)));
  const source = dockerConfigSource(config, 'config.json', helpers, (text) => warnings.push(text));
  return { found: source.credentialFor(host, path, signal), warnings, source };
}

describe('credentials in docker config.json', () => {
  test.each<[name: string, entry: object, expected: Credential | undefined]>([
    ['auth', { auth: base64('me:pass:with:colons') }, basic('me', 'pass:with:colons')],
    ['auth over user and password', { auth: base64('a:b'), username: 'c', password: 'd' }, basic('a', 'b')],
    ['auth padded with NUL', { auth: base64('me:pw\0\0') }, basic('me', 'pw')],
    ['auth without base64 padding', { auth: base64('me:pw').replace(/=/g, '') }, basic('me', 'pw')],
    ['user and password', { username: 'me', password: 'pw' }, basic('me', 'pw')],
    ['an identity token', { identitytoken: 'it' }, { kind: 'identity', token: 'it' }],
    [
      'an identity token with its user',
      { auth: base64('00000000-0000-0000-0000-000000000000:'), identitytoken: 'it' },
      { kind: 'identity', token: 'it', user: '00000000-0000-0000-0000-000000000000' },
    ],
    ['<token> as the user', { username: '<token>', password: 'it' }, { kind: 'identity', token: 'it' }],
    [
      'a registry token over all else',
      { registrytoken: 'rt', identitytoken: 'it' },
      { kind: 'registry-token', token: 'rt' },
    ],
    ['a robot', { auth: base64('robot$team+ci:s$cret') }, basic('robot$team+ci', 's$cret')],
    ['NVIDIA', { auth: base64('$oauthtoken:key') }, basic('$oauthtoken', 'key')],
    ['Google', { auth: base64('_json_key:{"type": "x"}') }, basic('_json_key', '{"type": "x"}')],
    ['an empty entry', {}, undefined],
    ['empty fields', { auth: '', identitytoken: '', email: 'me@example.com' }, undefined],
    ['null fields', { auth: null, password: null }, undefined],
  ])('are read from %s', async (_, entry, expected) => {
    await expect(lookUp({ auths: { 'r.example.com': entry } }, 'r.example.com').found).resolves.toEqual(expected);
  });

  test.each([
    ['https://index.docker.io/v1/', 'docker.io'],
    ['index.docker.io/v1/', 'docker.io'],
    ['docker.io', 'docker.io'],
    ['registry-1.docker.io', 'docker.io'],
    ['https://r.example.com', 'r.example.com'],
    ['https://r.example.com/', 'r.example.com'],
    ['https://r.example.com/v2/', 'r.example.com'],
    ['https://r.example.com/v1', 'r.example.com'],
    ['http://r.example.com:5000/', 'r.example.com:5000'],
    ['https://r.example.com/harbor', 'r.example.com'],
    ['r.example.com:443', 'r.example.com'],
    ['R.Example.COM', 'r.example.com'],
    ['r.example.com:5000', 'r.example.com:5000'],
    ['localhost:5000', 'localhost:5000'],
    ['[::1]:5000', '[::1]:5000'],
    ['harbor', 'harbor'],
  ])('under the key %s are for %s', async (key, host) => {
    const { source } = lookUp({ auths: { [key]: { auth: base64('u:p') } } }, host);
    await expect(source.credentialFor(host, 'team/app', signal)).resolves.toEqual(basic('u', 'p'));
    await expect(source.credentialFor('other.example.com', 'team/app', signal)).resolves.toBeUndefined();
    await expect(source.credentialFor(`${host}9`, 'team/app', signal)).resolves.toBeUndefined();
  });

  test.each([
    'https://index.docker.io/v1/access-token',
    'https://index.docker.io/v1/refresh-token',
    '',
    '*.io',
    '/',
    'a b',
  ])('under the key %j are for no registry', async (key) => {
    await expect(lookUp({ auths: { [key]: { auth: base64('u:p') } } }, 'docker.io').found).resolves.toBeUndefined();
  });

  test('of the longest namespace win, by whole path components', async () => {
    const entry = (user: string): object => ({ auth: base64(`${user}:p`) });
    const auths = {
      'r.io/team': entry('team'),
      'r.io': entry('host'),
      'r.io/team/app/deep': entry('deep'),
      'r.io/team/app': entry('app'),
      'other.io/team/app': entry('other'),
    };
    const user = async (path?: string): Promise<string | undefined> => {
      const found = await lookUp({ auths }, 'r.io', path).found;
      return found?.kind === 'basic' ? found.user : undefined;
    };
    expect(await user('team/app/deep/er')).toBe('deep');
    expect(await user('team/app')).toBe('app');
    expect(await user('team/application')).toBe('team');
    expect(await user('teams/app')).toBe('host');
    expect(await user()).toBe('host');
  });

  test('of a namespace are not given for the whole host', async () => {
    const auths = { 'r.io/team': { auth: base64('u:p') } };
    await expect(lookUp({ auths }, 'r.io').found).resolves.toBeUndefined();
    await expect(lookUp({ auths }, 'r.io', 'other/app').found).resolves.toBeUndefined();
  });

  test('under the plain host win over those under a URL of it', async () => {
    const auths = { 'https://r.io/v1/': { auth: base64('old:p') }, 'r.io': { auth: base64('new:p') } };
    await expect(lookUp({ auths }, 'r.io').found).resolves.toEqual(basic('new', 'p'));
  });
});

describe('credential helpers named in docker config.json', () => {
  test('are asked for their host, and for Docker Hub by its long name', async () => {
    const { helpers, asked } = fakeHelpers({
      'ecr-login 1.dkr.ecr.eu-west-1.amazonaws.com': basic('AWS', 't'),
      'desktop https://index.docker.io/v1/': basic('hub', 't'),
    });
    const config = { credHelpers: { '1.dkr.ecr.eu-west-1.amazonaws.com': 'ecr-login' }, credsStore: 'desktop' };
    const { source } = lookUp(config, 'docker.io', 'library/nginx', helpers);
    await expect(source.credentialFor('1.dkr.ecr.eu-west-1.amazonaws.com', 'a', signal)).resolves.toEqual(
      basic('AWS', 't'),
    );
    await expect(source.credentialFor('docker.io', 'library/nginx', signal)).resolves.toEqual(basic('hub', 't'));
    await expect(source.credentialFor('unknown.io', 'a', signal)).resolves.toBeUndefined();
    expect(asked).not.toContain('desktop 1.dkr.ecr.eu-west-1.amazonaws.com');
  });

  test('are asked by the key under which the login was kept', async () => {
    const { helpers, asked } = fakeHelpers({ 'wincred r.io:443': basic('u', 'p') });
    const config = { auths: { 'r.io:443': {} }, credsStore: 'wincred' };
    await expect(lookUp(config, 'r.io', 'a', helpers).found).resolves.toEqual(basic('u', 'p'));
    expect(asked).toEqual(['wincred r.io', 'wincred r.io:443']);
  });

  test('give way to the file where they keep nothing', async () => {
    const config = { auths: { 'r.io': { auth: base64('u:p') } }, credsStore: 'desktop' };
    await expect(lookUp(config, 'r.io', 'a').found).resolves.toEqual(basic('u', 'p'));
  });

  test('for all hosts may be missing on this machine: one warning, and the file counts', async () => {
    const config = { auths: { 'r.io': { auth: base64('u:p') } }, credsStore: 'desktop' };
    const { source, warnings } = lookUp(config, 'r.io', 'a', fakeHelpers({}, ['desktop']).helpers);
    await expect(source.credentialFor('r.io', 'a', signal)).resolves.toEqual(basic('u', 'p'));
    await expect(source.credentialFor('docker.io', 'a', signal)).resolves.toBeUndefined();
    expect(warnings).toEqual([
      'config.json names the credential store docker-credential-desktop, which is not in PATH; going on without it',
    ]);
  });
});

describe('a malformed docker config.json', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'docker-config-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const secret = 'S3cr3t-canary';
  test.each([
    ['{"auths": {"r.io": {"auth": "S3cr3t-canary!"}}}', 'field "auth" of entry "r.io" is not base64'],
    [`{"auths": {"r.io": {"auth": "${base64(secret)}"}}}`, 'field "auth" of entry "r.io" does not hold user:password'],
    [`{"auths": {"r.io": {"password": ["${secret}"]}}}`, 'field "password" of entry "r.io" is not a string'],
    [`{"auths": {"r.io": {"password": "${secret}", "Password": "x"}}}`, 'entry "r.io" has the key "Password"'],
    [`{"auths": {"r.io": {"username": "a:b", "password": "${secret}"}}}`, 'entry "r.io" has a user name with a colon'],
    [`{"auths": {"r.io": "${secret}"}}`, 'entry "r.io" is not an object'],
    [`{"auths": ["${secret}"]}`, 'field "auths" is not an object'],
    [`{"credHelpers": {"r.io": {"x": "${secret}"}}}`, 'entry "r.io" of "credHelpers" is not a string'],
    [`{"credsStore": 7}`, 'field "credsStore" is not a string'],
    [`{"Auths": {}}`, 'file has the key "Auths" beside or instead of "auths"'],
    [`{"auths": {"r.io": {}, "r.io": {"auth": "${secret}"}}}`, 'document has the key "r.io" twice'],
    [`{"auths": {"r.io": {"auth": "${secret}"}}`, 'document is not JSON'],
    [`"${secret}"`, 'file is not an object'],
    ['\u0000', 'document is not JSON'],
  ])('is refused with its name and without its secrets: %s', async (text, problem) => {
    const file = join(folder, 'config.json');
    await writeFile(file, text);
    const outcome = await errorOf(readDockerConfig(file, fakeHelpers({}).helpers, () => {}, signal));
    expect(outcome).toMatchObject({ kind: 'invalid', side: 'local', subject: file });
    const { message } = outcome;
    expect(message).toContain(`${file} is malformed: ${problem}`);
    expect(message).not.toContain(secret);
    expect(message).not.toContain(base64(secret));
  });

  test('is refused when it is absurdly large or not UTF-8', async () => {
    const file = join(folder, 'large.json');
    await writeFile(file, ' '.repeat(2_000_000));
    await expect(readDockerConfig(file, fakeHelpers({}).helpers, () => {}, signal)).rejects.toThrow('is larger than');
    await writeFile(file, Buffer.from('{"a": "\xff"}', 'latin1'));
    await expect(readDockerConfig(file, fakeHelpers({}).helpers, () => {}, signal)).rejects.toThrow('is not UTF-8');
  });

  test('is not the same as none', async () => {
    const none = readDockerConfig(join(folder, 'none.json'), fakeHelpers({}).helpers, () => {}, signal);
    await expect(none).resolves.toBeUndefined();
    await expect(readDockerConfig(folder, fakeHelpers({}).helpers, () => {}, signal)).rejects.toMatchObject({
      kind: 'invalid',
      message: `${folder} cannot be read: EISDIR`,
    });
  });

  test('may begin with a byte order mark', async () => {
    const file = join(folder, 'bom.json');
    await writeFile(file, `\ufeff{"auths": {"r.io": {"auth": "${base64('u:p')}"}}}`);
    const source = await readDockerConfig(file, fakeHelpers({}).helpers, () => {}, signal);
    await expect(source?.credentialFor('r.io', undefined, signal)).resolves.toEqual(basic('u', 'p'));
  });
});

test('docker config.json is found where docker looks', () => {
  expect(dockerConfigFile({}, '/home/me')).toBe(join('/home/me', '.docker', 'config.json'));
  expect(dockerConfigFile({ DOCKER_CONFIG: '' }, '/home/me')).toBe(join('/home/me', '.docker', 'config.json'));
  expect(dockerConfigFile({ DOCKER_CONFIG: '/etc/d' }, '/home/me')).toBe(join('/etc/d', 'config.json'));
});
