import { describe, expect, test } from 'vitest';
import { ferry } from './ferry.ts';
import { fileWith, openDock } from './stage.ts';
import { findingsOf, jsonEnd, openShelf, syncImages } from './sync-stage.ts';

describe('a plan of an images file', () => {
  test.each([
    ['plan', []],
    ['sync', ['--dry-run']],
  ])('by %s changes nothing and foresees what would fail', async (command, more) => {
    const source = await openShelf({ 'a/b': ['1', '2'], 'c/d': ['1'] });
    const mirror = await openDock();
    await syncImages(`${source.host}/a/b:1: ${mirror.host}/x/b`);
    mirror.requests.length = 0;
    const file = await fileWith(
      `${source.host}/a/b: ${mirror.host}/x/b
${source.host}/a/unknown: ${mirror.host}/x/unknown
${source.host}/a/b:absent: ${mirror.host}/x/b
${source.host}/a/b:1,2: ["${mirror.host}/x/count:one", "${mirror.host}/x/twice:t,u"]
${source.host}/c/d:1: ${mirror.host}/x/twice:t
`,
      '.yaml',
    );
    const end = jsonEnd(await ferry([command, '--images', file, ...more, '--json']));
    expect(end).toMatchObject({ status: 1, stderr: '', summary: { ok: false, images: { copied: 0, failed: 5 } } });
    const actions = end.events
      .filter(({ event }) => event === 'plan')
      .map((line) => [String(line['destination']).replace(mirror.host, ''), line['action']]);
    expect(new Set(actions.map((pair) => pair.join(' ')))).toEqual(
      new Set([
        '/x/b:1 unchanged',
        '/x/b:2 copy',
        '/x/unknown fail',
        '/x/b:absent fail',
        '/x/count:one fail',
        '/x/twice:t fail',
        '/x/twice:u copy',
      ]),
    );
    expect(mirror.requests.filter(({ method }) => method !== 'GET' && method !== 'HEAD')).toEqual([]);
    expect(findingsOf(end)).toContain('same-destination');
  });

  test('is told to a person image by image, each failure with its image and its remedy', async () => {
    const [source, mirror] = [await openShelf({ 'a/b': ['1'] }), await openDock()];
    const file = await fileWith(`${source.host}/a/b:1: ["${mirror.host}/x/b", ""]\n`, '.yaml');
    const end = await ferry(['plan', '--images', file]);
    expect(end.status).toBe(1);
    expect(end.stdout).toMatch(
      /^would fail \S+\/a\/b:1 → \ncopy \S+\/a\/b:1 → \S+\/x\/b:1: to send .+\nto send .+\nto download .+\n$/,
    );
    expect(end.stderr).toMatch(/^\S+\/a\/b:1 → : line 1: the rule has an empty destination\n {2}remedy: Name/);
  });

  test.each<[what: string, args: readonly string[]]>([
    ['other images beside the file', ['127.0.0.1:9/a/b', '127.0.0.1:9/c/d']],
    ['a choice of tags beside the file', ['--newest', '3']],
    ['a list beside the file', ['--list', 'list.txt']],
  ])('is refused with %s', async (_, args) => {
    const file = await fileWith('127.0.0.1:9/a/b: 127.0.0.1:9/x/b', '.yaml');
    const end = jsonEnd(await ferry(['plan', '--images', file, ...args, '--json']));
    expect(end).toMatchObject({ status: 2, summary: { failures: [{ kind: 'invalid' }] } });
  });
});

test('plan refuses --os without a file, and sync refuses arguments', async () => {
  const plan = await ferry(['plan', '127.0.0.1:9/a/b', '127.0.0.1:9/c/d', '--os', 'linux']);
  expect(plan).toMatchObject({ status: 2, stderr: expect.stringContaining('--platform') });
  const file = await fileWith('127.0.0.1:9/a/b: 127.0.0.1:9/x/b', '.yaml');
  expect((await ferry(['sync', '--images', file, '127.0.0.1:9/c/d'])).status).toBe(2);
});
