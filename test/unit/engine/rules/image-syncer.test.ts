import { describe, expect, test } from 'vitest';
import { parseAuths } from '../../../../electron/engine/auth/auth-file.ts';
import { type Finding, mustStop } from '../../../../electron/engine/rules/findings.ts';
import { plainObject } from '../../../../electron/engine/rules/config-node.ts';
import { readConfigText } from '../../../../electron/engine/rules/config-text.ts';
import { readConfigFile, readImagesFile } from '../../../../electron/engine/rules/image-syncer.ts';
import { lintCredentials } from '../../../../electron/engine/rules/sync-credentials.ts';
import { expandRule, needsTags } from '../../../../electron/engine/rules/sync-expand.ts';
import { formatSyncPlace, type SyncFile } from '../../../../electron/engine/rules/sync-rule.ts';
import type { Variables } from '../../../../electron/engine/rules/variables.ts';
import { formatReference } from '../../../../electron/oci/reference.ts';
import { fixture } from './fixture.ts';

const a64 = 'a'.repeat(64);
const b64 = 'b'.repeat(64);
const codes = (findings: readonly Finding[]): readonly string[] => findings.map((found) => found.code);
const read = (source: string, destination: unknown, variables: Variables = {}): SyncFile =>
  readImagesFile(JSON.stringify({ [source]: destination }), variables);
const pairsOf = (file: SyncFile, tags: readonly string[] = []): readonly string[] =>
  file.rules.flatMap((rule) =>
    expandRule(rule, tags).pairs.map(
      (pair) => `${formatReference(pair.source)} > ${formatReference(pair.destination)}`,
    ),
  );

describe('the example files', () => {
  test('give their rules in their order', () => {
    const file = readImagesFile(fixture('image-syncer/images.yaml'), {});
    expect(file.refused).toEqual([]);
    expect(file.rules.map((rule) => formatSyncPlace(rule.source))).toEqual([
      'upstream.example/team/proxy',
      'upstream.example/team/proxy:v1.0',
      'upstream.example/team/proxy:v1.0,v2.0',
      `upstream.example/team/proxy@sha256:${a64}`,
      'upstream.example/team/proxy:/^v[0-9]+$/',
      'upstream.example/team/dashboard:v1',
      'upstream.example/team/dashboard:v1,v2',
      'upstream.example/team/dashboard:v3',
      `upstream.example/team/dashboard@sha256:${b64}`,
      'upstream.example/team/dashboard:v5',
      'docker.io/library/nginx',
      'docker.io/hybridnetdev/hybridnet',
    ]);
    expect(codes(file.findings)).toEqual(['duplicate-destination', 'destination-pattern', 'short-name']);
    expect(file.findings.map((found) => found.where.line)).toEqual([13, 15, 17]);
  });

  test('give the pairs they mean', () => {
    const file = readImagesFile(fixture('image-syncer/images.yaml'), {});
    expect(pairsOf(file, ['latest', 'v10', 'v2', `sha256-${a64}.sig`])).toEqual([
      'upstream.example/team/proxy:latest > mirror.example/team/proxy:latest',
      'upstream.example/team/proxy:v10 > mirror.example/team/proxy:v10',
      'upstream.example/team/proxy:v2 > mirror.example/team/proxy:v2',
      'upstream.example/team/proxy:v1.0 > mirror.example/team/proxy-one:v1.0',
      'upstream.example/team/proxy:v1.0 > mirror.example/team/proxy-two:v1.0',
      'upstream.example/team/proxy:v2.0 > mirror.example/team/proxy-two:v2.0',
      `upstream.example/team/proxy@sha256:${a64} > mirror.example/team/proxy-digest@sha256:${a64}`,
      'upstream.example/team/proxy:v10 > mirror.example/team/proxy-matching:v10',
      'upstream.example/team/proxy:v2 > mirror.example/team/proxy-matching:v2',
      'upstream.example/team/dashboard:v1 > mirror.example/team/dashboard:stable',
      'upstream.example/team/dashboard:v1 > mirror.example/team/dashboard-pair:old',
      'upstream.example/team/dashboard:v2 > mirror.example/team/dashboard-pair:new',
      'upstream.example/team/dashboard:v3 > mirror.example/team/dashboard-list:v3',
      'upstream.example/team/dashboard:v3 > lab.example:5000/team/dashboard:three',
      `upstream.example/team/dashboard@sha256:${b64} > mirror.example/team/dashboard-digest:v4`,
      'upstream.example/team/dashboard:v5 > mirror.example/team/dashboard-five:v5',
      'docker.io/library/nginx:latest > mirror.example/library/nginx:latest',
      'docker.io/library/nginx:v10 > mirror.example/library/nginx:v10',
      'docker.io/library/nginx:v2 > mirror.example/library/nginx:v2',
      'docker.io/hybridnetdev/hybridnet:latest > mirror.example/hybridnetdev/hybridnet:latest',
      'docker.io/hybridnetdev/hybridnet:v10 > mirror.example/hybridnetdev/hybridnet:v10',
      'docker.io/hybridnetdev/hybridnet:v2 > mirror.example/hybridnetdev/hybridnet:v2',
    ]);
  });

  test('are read as JSON too, whatever a key looks like', () => {
    const file = readImagesFile(fixture('image-syncer/images.json'), {});
    expect(file.rules.map((rule) => [rule.name, rule.line])).toEqual([
      ['upstream.example/team/proxy:v1.0', 2],
      ['upstream.example/team/proxy:/^v2/', 3],
      ['20', 7],
    ]);
  });

  test.each(['config.yaml', 'config.json'])('give rules and credentials of %s', (name) => {
    const config = readConfigFile(fixture(`image-syncer/${name}`), {});
    expect(config.rules.map((rule) => rule.name)).toEqual(['upstream.example/team/app:v1', 'alpine:3.20']);
    expect(config.findings).toEqual([]);
    expect(Object.keys(config.auth ?? {})).toEqual(['upstream.example', 'mirror.example']);
    expect(config.auth?.['mirror.example']).toMatchObject({ insecure: 'true' });
    const credentials = parseAuths(config.auth ?? {}, {});
    expect(credentials.insecureHosts).toEqual(['mirror.example']);
    expect(lintCredentials(config.rules, credentials.keys).map((found) => found.code)).toEqual([
      'destination-without-credential',
      'source-without-credential',
    ]);
    if (name === 'config.yaml') expect(config.auth?.['mirror.example']).toMatchObject({ password: '0123' });
  });
});

describe('sources', () => {
  test.each([
    ['nginx', 'docker.io/library/nginx', []],
    ['nginx:1', 'docker.io/library/nginx:1', []],
    ['team/app', 'docker.io/team/app', ['short-name']],
    ['team/app:v1', 'docker.io/team/app:v1', []],
    ['team/app:/^v/', 'docker.io/team/app:/^v/', ['short-name']],
    ['localhost/app', 'localhost/app', []],
    ['h.example:5000/a/b', 'h.example:5000/a/b', []],
    ['h.example:5000/a/b:/^v1/', 'h.example:5000/a/b:/^v1/', []],
    ['h.example/a/b:v1, v2', 'h.example/a/b:v1,v2', []],
    [`h.example/a/b@sha256:${a64}`, `h.example/a/b@sha256:${a64}`, []],
    [`h.example/a/b:v1@sha256:${a64}`, `h.example/a/b@sha256:${a64}`, ['tag-beside-digest']],
    ['h.example/a/b:/.*/', 'h.example/a/b:/.*/', ['pattern-matches-all']],
    ['h.example/a/b:/.+/', 'h.example/a/b:/.+/', ['pattern-matches-all']],
    ['h.example/a/b:/v*/', 'h.example/a/b:/v*/', ['pattern-matches-all']],
    ['h.example/a/b:/^v|1.*|/', 'h.example/a/b:/^v|1.*|/', ['pattern-matches-all']],
    ['h.example/a/b:/v,1/', 'h.example/a/b:/v,1/', []],
  ])('%j is %s', (source, meant, found) => {
    const file = read(source, 'd.example/x/y');
    expect(file.rules.map((rule) => formatSyncPlace(rule.source))).toEqual([meant]);
    expect(codes(file.findings)).toEqual(found);
  });

  test.each([
    ['h.example/a/b:/v1', 'bad-source'],
    ['h.example/a/b://', 'bad-source'],
    ['h.example/a/b:/v1/,/v2/', 'bad-source'],
    ['h.example/a/b:/(?<=v)1/', 'bad-pattern'],
    ['h.example/a/b:/(/', 'bad-pattern'],
    ['h.example/a/b:/(?:a?){600}a{600}/', 'bad-pattern'],
    ['h.example/a/b,v2', 'bad-source'],
    ['h.example/a/b:v1,', 'bad-source'],
    ['h.example/a/b:v1,-v2', 'bad-source'],
    ['h.example/A/b', 'bad-source'],
    ['h.example/a/b@sha256:12', 'bad-source'],
    [`h.example/a/b@sha256:${a64},sha256:${b64}`, 'bad-source'],
    ['https://h.example/a/b', 'bad-source'],
    ['', 'bad-source'],
    ['${HOST}/a/b', 'dollar-in-source'],
  ])('%j is refused by itself', (source, code) => {
    const file = read(source, ['d.example/x/y', 'e.example/x/y']);
    expect(codes(file.findings)).toEqual([code]);
    expect(file.refused.map((each) => each.destination)).toEqual(['d.example/x/y', 'e.example/x/y']);
    expect(mustStop(file.findings)).toBe(false);
  });

  test('find a pattern anywhere in a tag, as Go does', () => {
    expect(pairsOf(read('h.example/a/b:/1.2/', 'd.example/x/y'), ['v1.2.3', '112', '12', 'x1-2y'])).toEqual([
      'h.example/a/b:v1.2.3 > d.example/x/y:v1.2.3',
      'h.example/a/b:112 > d.example/x/y:112',
      'h.example/a/b:x1-2y > d.example/x/y:x1-2y',
    ]);
  });
});

describe('destinations', () => {
  const digest = `h.example/a/b@sha256:${a64}`;

  test.each([
    ['h.example/a/b:v1', 'd.example/x/y', ['d.example/x/y:v1']],
    ['h.example/a/b:v1', 'd.example/x/y:w1', ['d.example/x/y:w1']],
    ['h.example/a/b:v1,v2', 'd.example/x/y:w1,w2', ['d.example/x/y:w1', 'd.example/x/y:w2']],
    ['h.example/a/b:v2,v1', 'd.example/x/y:w1,w2', ['d.example/x/y:w1', 'd.example/x/y:w2']],
    ['h.example/a/b:v1', 'd.example/x/y:/^v/', ['d.example/x/y:v1']],
    ['h.example/a/b:v1,w1', 'd.example/x/y:/^v/', ['d.example/x/y:v1']],
    ['h.example/a/b:w1', 'd.example/x/y:/^v/', []],
    [digest, 'd.example/x/y', [`d.example/x/y@sha256:${a64}`]],
    [digest, 'd.example/x/y:v1', ['d.example/x/y:v1']],
    [digest, `d.example/x/y@sha256:${a64}`, [`d.example/x/y@sha256:${a64}`]],
    [digest, `d.example/x/y:v1@sha256:${a64}`, [`d.example/x/y@sha256:${a64}`]],
    ['h.example/a/b:v1', ['d.example/x/y', 'e.example/x/y:w1'], ['d.example/x/y:v1', 'e.example/x/y:w1']],
    ['h.example/a/b:v1', '$WHOLE', ['env.example/x/y:w9']],
    ['h.example/a/b:v1', '${WHOLE}', ['env.example/x/y:w9']],
    ['h.example/a/b:v1', ['${WHOLE}', 'env.example/x/y:w9'], ['env.example/x/y:w9']],
  ])('%s to %j', (source, destination, expected) => {
    const file = read(source, destination, { WHOLE: 'env.example/x/y:w9', x: 'never' });
    expect(file.refused).toEqual([]);
    expect(pairsOf(file).map((pair) => pair.split(' > ')[1])).toEqual(expected);
  });

  test.each<[string, unknown, string]>([
    ['h.example/a/b', '', 'empty-destination'],
    ['h.example/a/b', '  ', 'empty-destination'],
    ['h.example/a/b', [], 'empty-destination'],
    ['h.example/a/b', null, 'empty-destination'],
    ['h.example/a/b', [''], 'empty-destination'],
    ['h.example/a/b', 5, 'destination-not-text'],
    ['h.example/a/b', true, 'destination-not-text'],
    ['h.example/a/b', { to: 'd.example/x/y' }, 'destination-not-text'],
    ['h.example/a/b', [['d.example/x/y']], 'destination-not-text'],
    ['h.example/a/b', 'd.example/X/y', 'bad-destination'],
    ['h.example/a/b', 'http://d.example/x/y', 'bad-destination'],
    ['h.example/a/b', '$UNSET', 'variable-not-set'],
    ['h.example/a/b', '${EMPTY}', 'variable-not-set'],
    ['h.example/a/b', '$toString', 'variable-not-set'],
    ['h.example/a/b', '${HOST}/x/y', 'unresolved-variable'],
    ['h.example/a/b', '$NESTED', 'unresolved-variable'],
    ['h.example/a/b:v1', 'd.example/x/y:w1,w2', 'tag-count-mismatch'],
    ['h.example/a/b:v1,v2', 'd.example/x/y:w1', 'tag-count-mismatch'],
    [digest, 'd.example/x/y:w1,w2', 'tag-count-mismatch'],
    [digest, `d.example/x/y@sha256:${b64}`, 'digest-mismatch'],
    [digest, 'd.example/x/y:/v1/', 'pattern-for-digest'],
    ['h.example/a/b:v1', `d.example/x/y@sha256:${a64}`, 'digest-without-digest'],
    ['h.example/a/b:v1', 'd.example/x/y:/(/', 'bad-pattern'],
  ])('%s to %j is refused as the rule says', (source, destination, code) => {
    const file = read(source, destination, { EMPTY: '', HOST: 'd.example', NESTED: '${HOST}/x/y' });
    expect(codes(file.findings)).toEqual([code]);
    expect(file.refused).toHaveLength(1);
    expect(file.refused[0]?.source).toBe(source);
    expect(file.findings[0]?.where).toEqual({ line: 1, rule: source });
    expect(file.rules).toEqual([]);
  });

  test('count against the tags that the registry has, each destination by itself', () => {
    const file = read('h.example/a/b:/^v/', ['d.example/x/y:one,two', 'e.example/x/y']);
    expect(codes(file.findings)).toEqual(['rename-of-open-list']);
    const [rule] = file.rules;
    if (rule === undefined) throw new Error('no rule');
    expect(needsTags(rule)).toBe(true);
    const three = expandRule(rule, ['v1', 'v2', 'v3', 'w']);
    expect(three.refused.map((each) => each.destination)).toEqual(['d.example/x/y:one,two']);
    expect(codes(three.findings)).toEqual(['tag-count-mismatch']);
    expect(three.findings[0]?.values).toMatchObject({ named: '2', resolved: '3' });
    expect(three.pairs.map((pair) => pair.destination.host)).toEqual(['e.example', 'e.example', 'e.example']);
    const two = expandRule(rule, ['v9', 'v10', `sha256-${a64}`]);
    expect(two.pairs.map((pair) => `${pair.source.tag} ${formatReference(pair.destination)}`)).toEqual([
      'v9 d.example/x/y:two',
      'v9 e.example/x/y:v9',
      'v10 d.example/x/y:one',
      'v10 e.example/x/y:v10',
    ]);
    expect(codes(expandRule(rule, ['w']).findings)).toEqual(['no-tag-matches']);
  });

  test('with a dot-less first part are named, since image-syncer pushes elsewhere', () => {
    expect(codes(read('h.example/a/b:v1', 'harbor/x/y').findings)).toEqual(['short-destination']);
    expect(codes(read('h.example/a/b:v1', 'harbor/x/y:v1').findings)).toEqual([]);
  });
});

describe('a bad rule', () => {
  test('does not stop the others', () => {
    const file = readImagesFile(fixture('image-syncer/bad-rules.yaml'), { REGISTRY: 'mirror.example' });
    expect(mustStop(file.findings)).toBe(false);
    expect(pairsOf(file).map((pair) => pair.split(' > ')[1])).toEqual([
      'mirror.example/team/good:v1',
      'mirror.example/team/half:v1',
      'mirror.example/team/also-good:v2',
    ]);
    expect(file.refused.map((each) => [each.line, each.finding.code])).toEqual([
      [2, 'empty-destination'],
      [3, 'empty-destination'],
      [4, 'empty-destination'],
      [5, 'destination-not-text'],
      [6, 'destination-not-text'],
      [7, 'bad-destination'],
      [8, 'tag-count-mismatch'],
      [9, 'bad-pattern'],
      [10, 'unresolved-variable'],
      [11, 'variable-not-set'],
      [12, 'empty-destination'],
      [13, 'bad-source'],
    ]);
    for (const { finding, source } of file.refused) expect(finding.where.rule).toBe(source);
  });
});

describe('the auth file beside the rules', () => {
  test('keeps every dollar that is not a whole variable', async () => {
    const [document] = readConfigText(fixture('image-syncer/auth.yaml'));
    const auth = document?.root?.kind === 'map' ? plainObject(document.root) : {};
    const { source, keys } = parseAuths(auth, { UPSTREAM_PASSWORD: 'one', TEAM_PASSWORD: 'two' });
    expect(keys.map((key) => key.text)).toEqual(['upstream.example', 'upstream.example/team', 'lab.example:5000']);
    const of = (host: string, path: string) => source.credentialFor(host, path, AbortSignal.timeout(1000));
    expect(await of('upstream.example', 'other/app')).toMatchObject({ user: 'reader', password: 'one' });
    expect(await of('upstream.example', 'team/app')).toMatchObject({ user: 'team-reader', password: 'two' });
    expect(await of('lab.example:5000', 'x')).toMatchObject({ user: 'robot$ferry', password: 'pa$$word' });
  });
});
