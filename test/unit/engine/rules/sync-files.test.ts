import { describe, expect, test } from 'vitest';
import { readImagesFile } from '../../../../electron/engine/rules/image-syncer.ts';
import { lintCredentials } from '../../../../electron/engine/rules/sync-credentials.ts';
import { expandRule } from '../../../../electron/engine/rules/sync-expand.ts';
import { acceptsPlatform, parseSyncPlatforms } from '../../../../electron/engine/rules/sync-platforms.ts';
import { toImageSyncer, writeFailed, writePairs } from '../../../../electron/engine/rules/sync-write.ts';
import { parseReference } from '../../../../electron/oci/reference.ts';
import { fixture } from './fixture.ts';

const pair = (source: string, destination: string) => ({
  source: parseReference(source),
  destination: parseReference(destination),
});

describe('lintCredentials', () => {
  const { rules } = readImagesFile(
    'src.example/team/app:v1: [dst.example/x/y, 127.0.0.1:5000/x/y]\nsrc.example/other/app:v1: dst.example/x/z\n',
    {},
  );
  const key = (host: string, path = '') => ({ text: path === '' ? host : `${host}/${path}`, host, path });
  const found = (...keys: ReturnType<typeof key>[]) =>
    lintCredentials(rules, keys).map((each) => `${each.code} ${each.values['key'] ?? each.values['host']}`);

  test.each([
    [[key('src.example'), key('dst.example')], []],
    [[], ['destination-without-credential dst.example', 'source-without-credential src.example']],
    [[key('dst.example')], ['source-without-credential src.example']],
    [[key('src.example', 'team'), key('dst.example')], ['source-without-credential src.example']],
    [[key('src.example', 'tea'), key('src.example'), key('dst.example')], ['unused-credential src.example/tea']],
    // A key that is a whole repository name made image-syncer panic and lose the rule.
    [[key('src.example', 'team/app'), key('src.example', 'other/app'), key('dst.example', 'x')], []],
    // Both count as used: which of two is taken is decided by length, not by chance.
    [[key('src.example'), key('src.example', 'team'), key('dst.example')], []],
  ])('%#', (keys, expected) => expect(found(...keys)).toEqual(expected));

  test('names a host that a key misspells', () => {
    const [first] = lintCredentials(rules, [key('dst.exmaple'), key('dst.example'), key('src.example')]);
    expect(first?.remedy).toContain('(dst.example?)');
  });

  test('says what insecure means', () => {
    const all = lintCredentials(rules, [key('dst.example'), key('src.example')], ['dst.example']);
    expect(all.map((each) => [each.code, each.severity])).toEqual([['insecure', 'note']]);
    expect(all[0]?.remedy).toContain('--plain-http dst.example');
  });
});

describe('parseSyncPlatforms', () => {
  const linux = { os: 'linux', architecture: 'amd64' };
  const arm = { os: 'linux', architecture: 'arm64', variant: 'v8' };
  const windows = { os: 'windows', architecture: 'amd64', osVersion: '10.0.17763.1' };

  test.each([
    [[], [], [true, true, true, true]],
    [['linux'], [], [true, true, false, true]],
    [[], ['amd64'], [true, false, true, true]],
    [['linux'], ['amd64'], [true, false, false, true]],
    [
      ['linux', 'windows'],
      ['arm64', 'amd64'],
      [true, true, true, true],
    ],
    [['windows:10.0.17763.1'], [], [false, false, true, true]],
    [['windows:10.0.17763'], [], [false, false, false, true]],
    [[], ['arm64:v8'], [false, true, false, true]],
    [[], ['arm64:v9'], [false, false, false, true]],
    [['', ''], [''], [true, true, true, true]],
  ])('--os %j --arch %j', (os, arch, expected) => {
    const wanted = parseSyncPlatforms(os, arch);
    expect([linux, arm, windows, undefined].map((each) => acceptsPlatform(wanted, each))).toEqual(expected);
  });

  test('an entry that leaves one part out passes the list of that part', () => {
    const wanted = parseSyncPlatforms(['linux'], ['arm64']);
    expect(acceptsPlatform(wanted, { architecture: 'arm64' })).toBe(true);
    expect(acceptsPlatform(wanted, { os: 'linux' })).toBe(true);
    expect(acceptsPlatform(wanted, { os: 'windows' })).toBe(false);
  });

  test('a comma list is refused, which image-syncer takes for one name', () => {
    expect(() => parseSyncPlatforms([], ['amd64,arm64'])).toThrow('give --arch once for each');
  });
});

describe('written files', () => {
  test.each(['yaml', 'json'] as const)('rules as %s read back', (format) => {
    const { rules } = readImagesFile(fixture('image-syncer/images.yaml'), {});
    const again = readImagesFile(toImageSyncer(rules, format), {});
    expect(again.rules.map(({ source, destinations }) => [source, destinations])).toEqual(
      rules.map(({ source, destinations }) => [source, destinations]),
    );
    expect(again.findings.map((found) => found.code)).toEqual(['destination-pattern']);
  });

  test('rules with a source longer than a simple key of YAML read back', () => {
    const source = `h.example/a/b:${Array.from({ length: 400 }, (_, at) => `v${at}`).join(',')}`;
    const { rules } = readImagesFile(JSON.stringify({ [source]: 'd.example/x/y' }), {});
    expect(readImagesFile(toImageSyncer(rules), {}).rules[0]?.source).toEqual(rules[0]?.source);
  });

  test('rules of one source share a key', () => {
    const { rules } = readImagesFile('a:v1: d.example/x/y\ndocker.io/library/a:v1: e.example/x/y', {});
    expect(toImageSyncer(rules)).toBe('docker.io/library/a:v1:\n  - d.example/x/y\n  - e.example/x/y\n');
  });

  test('successes are lists by source, in order', () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const pairs = [
      pair('h.example/b:v1', 'd.example/x/b:v1'),
      pair('20:v1', 'd.example/x/t:v1'),
      pair('h.example/b:v1', 'e.example/x/b:v1'),
      pair('h.example/b:v1', 'e.example/x/b:v1'),
      pair(`h.example/c:v1@${digest}`, 'd.example/x/c:v9'),
      pair(`h.example/c@${digest}`, `d.example/x/c@${digest}`),
    ];
    expect(JSON.parse(writePairs(pairs, 'json'))).toEqual({
      'h.example/b:v1': ['d.example/x/b:v1', 'e.example/x/b:v1'],
      'docker.io/library/20:v1': ['d.example/x/t:v1'],
      [`h.example/c@${digest}`]: ['d.example/x/c:v9', `d.example/x/c@${digest}`],
    });
    expect(writePairs(pairs).split('\n')[0]).toBe('h.example/b:v1:');
    const again = readImagesFile(writePairs(pairs), {});
    expect(again.rules.flatMap((rule) => expandRule(rule).pairs)).toHaveLength(5);
    expect(writePairs([], 'json')).toBe('{}\n');
  });

  test('failures can be fed back', () => {
    const { refused } = readImagesFile(fixture('image-syncer/bad-rules.yaml'), {});
    const again = readImagesFile(writeFailed(refused), {});
    expect(again.rules).toEqual([]);
    expect(again.refused.map((each) => each.source)).toEqual(refused.map((each) => each.source));
  });
});
