import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AuthFile, combineCredentials, readAuthFile } from '../../../../electron/engine/auth/auth-file.ts';
import type { Environment } from '../../../../electron/engine/auth/credential-helpers.ts';
import { CopyError } from '../../../../electron/engine/kernel/errors.ts';
import type { Credential, CredentialSource } from '../../../../electron/engine/ports/credentials.ts';
import { errorOf } from '../../error-of.ts';
import { fuzz } from '../../fuzzing.ts';

const { signal } = new AbortController();
const basic = (user: string, password: string): Credential => ({ kind: 'basic', user, password });
const noHelpers = { find: async () => undefined, get: async () => undefined };

let file = '';
beforeAll(async () => {
  file = join(await mkdtemp(join(tmpdir(), 'auth-file-')), 'auth.yaml');
});
afterAll(() => rm(join(file, '..'), { recursive: true }));

async function read(text: string, environment: Environment = {}): Promise<AuthFile> {
  await writeFile(file, text);
  return readAuthFile(file, { environment, helpers: noHelpers, warn: () => {} }, signal);
}

describe("image-syncer's auth file", () => {
  const yaml = `
# comments are fine
quay.io:
  username: me
  password: pw
  insecure: true
quay.io/coreos: {username: abc, password: 'x: y'}
registry.cn-beijing.aliyuncs.com: {username: "\${ACR_USER}", password: "$ACR_PASS"}
harbor.example.com:8443/: {username: robot$team+ci, password: pa$$word}
`;
  const json = JSON.stringify({
    'quay.io': { username: 'me', password: 'pw', insecure: true },
    'quay.io/coreos': { username: 'abc', password: 'x: y' },
    'registry.cn-beijing.aliyuncs.com': { username: '${ACR_USER}', password: '$ACR_PASS' },
    'harbor.example.com:8443/': { username: 'robot$team+ci', password: 'pa$$word' },
  });

  test.each([
    ['YAML', yaml],
    ['JSON', json],
    ['JSON with a byte order mark', `\ufeff${json}`],
    ['YAML with CR LF', yaml.replaceAll('\n', '\r\n')],
  ])('is read from %s', async (_, text) => {
    const auth = await read(text, { ACR_USER: 'acr', ACR_PASS: 'from the environment' });
    const find = (host: string, path?: string): Promise<Credential | undefined> =>
      auth.source.credentialFor(host, path, signal);
    expect(await find('quay.io', 'coreos/etcd')).toEqual(basic('abc', 'x: y'));
    expect(await find('quay.io', 'coreos')).toEqual(basic('abc', 'x: y'));
    expect(await find('quay.io', 'coreosx/etcd')).toEqual(basic('me', 'pw'));
    expect(await find('quay.io')).toEqual(basic('me', 'pw'));
    expect(await find('registry.cn-beijing.aliyuncs.com', 'a/b')).toEqual(basic('acr', 'from the environment'));
    expect(await find('harbor.example.com:8443', 'a/b')).toEqual(basic('robot$team+ci', 'pa$$word'));
    expect(await find('harbor.example.com', 'a/b')).toBeUndefined();
    expect(auth.insecureHosts).toEqual(['quay.io']);
    expect(auth.warnings).toEqual([]);
    expect(auth.keys.map((key) => key.text)).toEqual([
      'quay.io',
      'quay.io/coreos',
      'registry.cn-beijing.aliyuncs.com',
      'harbor.example.com:8443/',
    ]);
  });

  test('keeps every scalar the text it is', async () => {
    const auth = await read(
      'r.io: {username: 007, password: 0x1F}\ns.io: {username: yes, password: 1e3}\nt.io: {username: ~, password: null}',
    );
    expect(await auth.source.credentialFor('r.io', undefined, signal)).toEqual(basic('007', '0x1F'));
    expect(await auth.source.credentialFor('s.io', undefined, signal)).toEqual(basic('yes', '1e3'));
    expect(await auth.source.credentialFor('t.io', undefined, signal)).toEqual(basic('~', 'null'));
  });

  test('may mark a host insecure without naming a user', async () => {
    const auth = await read('r.io: {insecure: true}\nr.io/team: {insecure: "true"}\ns.io: {insecure: false}\n');
    expect(auth.insecureHosts).toEqual(['r.io']);
    expect(await auth.source.credentialFor('r.io', 'team/app', signal)).toBeUndefined();
  });

  test('may share one account by an anchor', async () => {
    const auth = await read('a.io: &me {username: u, password: p}\nb.io: *me\nc.io:\n  <<: *me\n  password: q\n');
    expect(await auth.source.credentialFor('b.io', undefined, signal)).toEqual(basic('u', 'p'));
    expect(await auth.source.credentialFor('c.io', undefined, signal)).toEqual(basic('u', 'q'));
  });

  test.each(['', '   \n', '# nothing\n', '{}', '---\n', 'null'])('may be empty: %j', async (text) => {
    const outcome = await read(text).catch((error: unknown) => error);
    if (text === 'null') expect(outcome).toMatchObject({ kind: 'invalid' });
    else expect(outcome).toMatchObject({ keys: [], warnings: [], insecureHosts: [] });
  });

  test('warns of keys that mean the same and of fields it does not know', async () => {
    const auth = await read(
      'Quay.io: {username: a, password: p}\nquay.io:443: {username: b, password: p, passwd: x}\n',
    );
    expect(auth.warnings).toEqual([
      'entry "quay.io:443" has the unknown field "passwd"',
      'entry "quay.io:443" means the same as "Quay.io"; the first counts',
    ]);
    expect(await auth.source.credentialFor('quay.io', undefined, signal)).toEqual(basic('a', 'p'));
  });
});

describe('variables in the auth file', () => {
  test.each([
    ['$USER_A', 'env-a'],
    ['${USER_A}', 'env-a'],
    ['$USER_A ', '$USER_A '],
    ['x$USER_A', 'x$USER_A'],
    ['$USER_A$USER_A', '$USER_A$USER_A'],
    ['${USER_A', '${USER_A'],
    ['$USER-A', '$USER-A'],
    ['${USER_A-x}', '${USER_A-x}'],
    ['$(whoami)', '$(whoami)'],
    ['$$USER_A', '$$USER_A'],
    ['%USER_A%', '%USER_A%'],
    ['robot$USER_A', 'robot$USER_A'],
    ['$1', '$1'],
    ['$', '$'],
    ['', ''],
  ])('in %j give %j, without a warning', async (text, expected) => {
    const auth = await read(JSON.stringify({ 'r.io': { username: text, password: 'p' } }), { USER_A: 'env-a' });
    expect(await auth.source.credentialFor('r.io', undefined, signal)).toEqual(basic(expected, 'p'));
    expect(auth.warnings).toEqual([]);
  });

  test('that are not set leave the text, and a warning names them', async () => {
    const auth = await read('nvcr.io: {username: $oauthtoken, password: "${NGC_KEY}"}');
    expect(await auth.source.credentialFor('nvcr.io', undefined, signal)).toEqual(basic('$oauthtoken', '${NGC_KEY}'));
    expect(auth.warnings).toEqual([
      'field "username" of entry "nvcr.io": the variable oauthtoken is not set, so the text is used as it stands',
      'field "password" of entry "nvcr.io": the variable NGC_KEY is not set, so the text is used as it stands',
    ]);
  });

  test('are not named when they may be the password itself', async () => {
    const auth = await read('r.io: {username: u, password: $Passw0rd}');
    expect(auth.warnings).toEqual([
      'field "password" of entry "r.io": the variable is not set, so the text is used as it stands',
    ]);
  });

  test('that are empty give an empty text and a warning', async () => {
    const auth = await read('r.io: {username: u, password: $PASS}', { PASS: '' });
    expect(await auth.source.credentialFor('r.io', undefined, signal)).toEqual(basic('u', ''));
    expect(auth.warnings).toEqual(['field "password" of entry "r.io": the variable PASS is empty']);
  });

  test.each(['constructor', '__proto__', 'toString'])('are never taken from objects: $%s', async (name) => {
    const auth = await read(`r.io: {username: $${name}, password: p}`);
    expect(await auth.source.credentialFor('r.io', undefined, signal)).toEqual(basic(`$${name}`, 'p'));
  });

  test('are not expanded twice', async () => {
    const auth = await read('r.io: {username: u, password: $A}', { A: '$B', B: 'b' });
    expect(await auth.source.credentialFor('r.io', undefined, signal)).toEqual(basic('u', '$B'));
  });
});

describe('an auth file that is refused', () => {
  const bomb = Array.from({ length: 12 }, (_, at) =>
    at === 0
      ? 'l0: &l0 {username: u}'
      : `l${at}: &l${at} {${Array.from({ length: 9 }, (_, i) => `k${i}: *l${at - 1}`).join(', ')}}`,
  ).join('\n');

  test.each([
    ['a key twice in YAML', 'r.io: {username: a}\nr.io: {username: S3cr3t}', 'line 2, column 1: DUPLICATE_KEY'],
    ['a field twice in YAML', 'r.io: {password: a, password: S3cr3t}', 'DUPLICATE_KEY'],
    ['a key twice in JSON', '{"r.io": {}, "r.io": {"password": "S3cr3t"}}', 'has the key "r.io" twice'],
    ['a tag of its own', 'r.io: !secret {password: S3cr3t}', 'TAG_RESOLVE_FAILED'],
    ['a JavaScript tag', 'r.io: !!js/function "S3cr3t"', 'TAG_RESOLVE_FAILED'],
    ['several documents', 'r.io: {password: S3cr3t}\n---\ns.io: {}', 'MULTIPLE_DOCS'],
    ['broken YAML', 'r.io:\n  password: "S3cr3t\n  x', 'neither YAML nor JSON at line'],
    ['broken JSON', '{"r.io": {"password": "S3cr3t"', 'neither YAML nor JSON at line'],
    ['a tab for indentation', 'r.io:\n\tpassword: S3cr3t', 'neither YAML nor JSON at line'],
    ['an alias bomb', bomb, 'too deep or repeats itself too often'],
    ['an alias of nothing', 'r.io: *S3cr3t', 'too deep or repeats itself too often'],
    ['a key that is no text', '? [a, b]\n: {password: S3cr3t}', 'NON_STRING_KEY'],
    ['a list', '- {password: S3cr3t}', 'file is not an object'],
    ['a text', 'S3cr3t', 'file is not an object'],
    ['a text as an entry', 'r.io: S3cr3t', 'entry "r.io" is not an object'],
    [
      'a number as the password in JSON',
      '{"r.io": {"password": 7}}',
      'field "password" of entry "r.io" is not a string',
    ],
    ['a list as the user', 'r.io: {username: [S3cr3t]}', 'field "username" of entry "r.io" is not a string'],
    [
      'an insecure that is neither',
      'r.io: {insecure: S3cr3t}',
      'field "insecure" of entry "r.io" is neither true nor false',
    ],
    ['fields in another case', 'r.io: {Username: S3cr3t}', 'entry "r.io" has the key "Username"'],
    ['a colon in the user', 'r.io: {username: "a:S3cr3t"}', 'entry "r.io" has a user name with a colon'],
    ['a key that is no host', '"*.io": {password: S3cr3t}', '"*.io" is not a registry host'],
    ['a key with upper-case names', 'r.io/Team: {password: S3cr3t}', '"r.io/Team" is not host/namespace'],
    ['a key with a tag', 'r.io/team/app:v1: {password: S3cr3t}', '"r.io/team/app:v1" is not host/namespace'],
    ['a key for the prototype', '{"__proto__": {"username": "S3cr3t"}}', '"__proto__" is not a registry host'],
  ])('holds %s', async (_, text, problem) => {
    const outcome = await errorOf(read(text));
    expect(outcome).toMatchObject({ kind: 'invalid', side: 'local', op: 'credentials.read', subject: file });
    expect(outcome.message).toContain(problem);
    expect(outcome.message).not.toContain('S3cr3t');
    expect(outcome.message).toMatch(/[^.]$/);
  });

  test('is absurdly deep', async () => {
    for (const text of ['['.repeat(100_000), `r.io: ${'{a: '.repeat(20_000)}`, '- '.repeat(100_000)]) {
      await expect(read(text)).rejects.toMatchObject({ kind: 'invalid' });
    }
  });

  test('does not exist', async () => {
    const surroundings = { environment: {}, helpers: noHelpers, warn: () => {} };
    await expect(readAuthFile(`${file}.none`, surroundings, signal)).rejects.toMatchObject({
      kind: 'invalid',
      message: `${file}.none does not exist`,
    });
  });

  test('is never answered by anything but an AuthFile or a CopyError', async () => {
    const piece = fc.constantFrom(
      'r.io',
      ': ',
      '{',
      '}',
      '[',
      ']',
      '\n',
      '  ',
      '"',
      "'",
      'username',
      'password',
      '&a ',
      '*a',
      '!t ',
      '- ',
      '? ',
      '|',
      '>',
      '#',
      '<<',
      '$A',
      'auths',
      ',',
      '\t',
      '---',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 16 }), async (pieces) => {
        const outcome = await read(pieces.join('')).catch((error: unknown) => error);
        expect(outcome instanceof CopyError ? outcome.kind : 'read').toMatch(/^(?:read|invalid)$/);
      }),
      fuzz(1_500),
    );
  });
});

describe("docker's file given by --auth", () => {
  test.each(['{"auths": {"r.io": {"auth": "dTpw"}}}', 'auths:\n  r.io:\n    auth: dTpw\n'])(
    'is known by its content: %s',
    async (text) => {
      const auth = await read(text);
      expect(await auth.source.credentialFor('r.io', 'a/b', signal)).toEqual(basic('u', 'p'));
      expect(auth.keys).toEqual([{ text: 'r.io', host: 'r.io', path: '' }]);
      expect(auth.insecureHosts).toEqual([]);
    },
  );

  test('with other spellings of its fields is refused and not taken for the other kind', async () => {
    await expect(read('{"AUTHS": {"r.io": {"auth": "dTpw"}}}')).rejects.toThrow('"AUTHS" beside or instead of "auths"');
  });
});

describe('combineCredentials', () => {
  const source = (credential: Credential | undefined): CredentialSource => ({ credentialFor: async () => credential });

  test('asks in order and stops at the first that has one', async () => {
    const never: CredentialSource = { credentialFor: () => Promise.reject(new Error('asked')) };
    const all = combineCredentials([source(undefined), source(basic('a', 'b')), never]);
    expect(await all.credentialFor('r.io', undefined, signal)).toEqual(basic('a', 'b'));
  });

  test('is anonymous when none has one', async () => {
    expect(await combineCredentials([]).credentialFor('r.io', undefined, signal)).toBeUndefined();
    expect(await combineCredentials([source(undefined)]).credentialFor('r.io', 'a', signal)).toBeUndefined();
  });
});
