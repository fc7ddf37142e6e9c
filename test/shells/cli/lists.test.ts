import { describe, expect, test } from 'vitest';
import { ferry } from './ferry.ts';
import { fileWith, openDock } from './stage.ts';
import { holding, jsonEnd, openShelf, tagsAt } from './sync-stage.ts';

/** Runs `copy --list` over a file with this text. */
async function copyList(text: string, destinations: readonly string[], suffix = '.txt', more: readonly string[] = []) {
  const file = await fileWith(text, suffix);
  return jsonEnd(await ferry(['copy', '--list', file, ...destinations, ...more, '--json']));
}

const shelf = { 'team/web': ['1.0'], 'team/sub/db': ['2.0'] };

describe('copy --list', () => {
  test.each<[what: string, suffix: string, text: (host: string) => string]>([
    ['lines', '.txt', (host) => `# both\n${host}/team/web:1.0\n\n${host}/team/sub/db:2.0  # the second\n`],
    [
      'a compose file',
      '.yaml',
      (host) =>
        `services:\n  web: { image: "${host}/team/web:1.0" }\n  db:\n    image: ${host}/team/sub/db:\${DB_TAG:-2.0}\n`,
    ],
    [
      'Kubernetes manifests',
      '.yaml',
      (host) => `apiVersion: apps/v1
kind: Deployment
spec: { template: { spec: { containers: [ { name: web, image: "${host}/team/web:1.0" } ] } } }
---
apiVersion: batch/v1
kind: CronJob
spec: { jobTemplate: { spec: { template: { spec: { initContainers: [ { name: db, image: "${host}/team/sub/db:2.0" } ] } } } } }
`,
    ],
    [
      'Helm values',
      '.yaml',
      (host) =>
        `web:\n  image: { registry: "${host}", repository: team/web, tag: "1.0" }\ndb:\n  image: { repository: "${host}/team/sub/db", tag: "2.0" }\n`,
    ],
  ])('reads %s, and keeps paths and tags under each prefix', async (_, suffix, text) => {
    const [source, mirror, other] = [await openShelf(shelf), await openDock(), await openDock()];
    const end = await copyList(text(source.host), [`${mirror.host}/kept`, other.host], suffix);
    expect(end).toMatchObject({ status: 0, stderr: '', summary: { images: { total: 4, copied: 4 } } });
    expect(await tagsAt(mirror)).toEqual(
      holding({ 'kept/team/web:1.0': 'team/web:1.0', 'kept/team/sub/db:2.0': 'team/sub/db:2.0' }),
    );
    expect(await tagsAt(other)).toEqual(
      holding({ 'team/web:1.0': 'team/web:1.0', 'team/sub/db:2.0': 'team/sub/db:2.0' }),
    );
  });

  test('maps by a template', async () => {
    const [source, mirror] = [await openShelf(shelf), await openDock()];
    const lines = `${source.host}/team/web:1.0\n${source.host}/team/sub/db:2.0\n`;
    const end = await copyList(lines, [`${mirror.host}/{project}-mirror/{name}:from-{tag}`]);
    expect(end.status).toBe(0);
    expect(await tagsAt(mirror)).toEqual(
      holding({ 'team-mirror/web:from-1.0': 'team/web:1.0', 'team-mirror/db:from-2.0': 'team/sub/db:2.0' }),
    );
  });

  test('refuses images that would meet in one place, and copies the others', async () => {
    const source = await openShelf({ 'a/web': ['1'], 'b/web': ['1', '2'] });
    const mirror = await openDock();
    const lines = `${source.host}/a/web:1\n${source.host}/b/web:1\n${source.host}/b/web:2\n`;
    const end = await copyList(lines, [`${mirror.host}/flat/{name}`]);
    expect(end).toMatchObject({ status: 1, summary: { images: { total: 3, copied: 1, failed: 2 } } });
    expect(end.summary.failures).toMatchObject([{ kind: 'conflict' }, { kind: 'conflict' }]);
    expect(await tagsAt(mirror)).toEqual(holding({ 'flat/web:2': 'b/web:2' }));
  });

  test('fails for each line that is no reference, with the line, and copies the others', async () => {
    const [source, mirror] = [await openShelf(shelf), await openDock()];
    const end = await copyList(`${source.host}/team/web:1.0\nHost/Of/Mistakes:1\nx y\n`, [mirror.host]);
    expect(end).toMatchObject({ status: 1, summary: { images: { total: 3, copied: 1, failed: 2 } } });
    expect(end.summary.failures).toMatchObject([
      { kind: 'invalid', side: 'local', message: expect.stringMatching(/^line 2: .*is not a reference/) },
      { kind: 'invalid', side: 'local', message: expect.stringMatching(/^line 3: .*is not a reference/) },
    ]);
  });

  test.each<[what: string, text: string, destination: string, more: readonly string[], message: RegExp]>([
    ['an unknown variable', '127.0.0.1:9/a/b:1', '127.0.0.1:9/{nothing}', [], /unknown variable/],
    ['a template without a host', '127.0.0.1:9/a/b:1', 'mirror/{path}', [], /begin with a registry host/],
    ['no image', '# nothing\n', '127.0.0.1:9', [], /no image was found/],
    ['a choice of tags', '127.0.0.1:9/a/b:1', '127.0.0.1:9', ['--newest', '1'], /--list names whole references/],
  ])('with %s is refused with 2', async (_, text, destination, more, message) => {
    const end = await copyList(text, [destination], '.txt', more);
    expect(end).toMatchObject({ status: 2, summary: { images: { total: 0 }, requests: { source: 0 } } });
    expect(end.summary.failures).toMatchObject([{ message: expect.stringMatching(message) }]);
  });

  test('plan --list changes nothing', async () => {
    const [source, mirror] = [await openShelf(shelf), await openDock()];
    const file = await fileWith(`${source.host}/team/web:1.0\n`, '.txt');
    const end = await ferry(['plan', '--list', file, `${mirror.host}/x`]);
    expect(end).toMatchObject({ status: 0, stdout: expect.stringMatching(/^copy \S+ → \S+\/x\/team\/web:1\.0: /) });
    expect(mirror.requests.filter(({ method }) => method !== 'GET' && method !== 'HEAD')).toEqual([]);
  });
});

describe('copy chooses tags', () => {
  const tags = ['1.9', '1.10', '1.10-rc1', '2.0', 'latest', 'nightly'];

  test.each<[flags: readonly string[], chosen: readonly string[]]>([
    [
      ['--tags', '1.*'],
      ['1.9', '1.10', '1.10-rc1'],
    ],
    [
      ['--tags', '1.*', '--exclude', '*-rc*'],
      ['1.9', '1.10'],
    ],
    [
      ['--tags-matching', 'l.*|2\\.0'],
      ['latest', '2.0'],
    ],
    [
      ['--tags-range', '>=1.9 <2'],
      ['1.9', '1.10'],
    ],
    [
      ['--newest', '2', '--exclude', '*-rc*'],
      ['2.0', '1.10'],
    ],
    [
      ['--all-tags', '--exclude', 'nightly'],
      ['1.9', '1.10', '1.10-rc1', '2.0', 'latest'],
    ],
  ])('by %j', async (flags, chosen) => {
    const [source, mirror] = [await openShelf({ 'team/app': tags }), await openDock()];
    const end = await ferry(['copy', `${source.host}/team/app`, `${mirror.host}/x/app`, ...flags]);
    expect(end.status).toBe(0);
    expect(await tagsAt(mirror)).toEqual(
      holding(Object.fromEntries(chosen.map((tag) => [`x/app:${tag}`, `team/app:${tag}`]))),
    );
  });

  test('and says so when none is chosen', async () => {
    const source = await openShelf({ 'team/app': tags });
    const end = await ferry(['copy', `${source.host}/team/app`, '127.0.0.1:9/x/app', '--tags', 'z*']);
    expect(end).toMatchObject({ status: 0, stderr: expect.stringMatching(/^warning: no tag of the source is chosen/) });
  });

  test.each<[flags: readonly string[], message: RegExp]>([
    [['--tags', '['], /cannot be used/],
    [['--tags-matching', '(?=a)'], /regular expression/],
    [['--tags-range', 'no range'], /version range/],
    [['--newest', '0'], /whole number/],
  ])('and refuses %j with 2, asking nobody', async (flags, message) => {
    const source = await openShelf({ 'team/app': tags });
    const end = jsonEnd(await ferry(['copy', `${source.host}/team/app`, '127.0.0.1:9/x/app', ...flags, '--json']));
    expect(end).toMatchObject({ status: 2, summary: { failures: [{ kind: 'invalid' }] } });
    expect(end.summary.failures[0]?.message).toMatch(message);
    expect(source.requests).toEqual([]);
  });
});
