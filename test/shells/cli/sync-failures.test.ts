import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type QuirkRegistrySetup, startQuirkRegistry } from '../../fakes/quirk-registry/server.ts';
import { push } from '../../fakes/push.ts';
import { ferry, folder, startFerry } from './ferry.ts';
import { fileWith, openDock } from './stage.ts';
import { findingsOf, holding, jsonEnd, named, openShelf, syncImages, tagsAt } from './sync-stage.ts';

const nobody = '127.0.0.1:9';

async function quirky(setup: QuirkRegistrySetup = {}) {
  const registry = await startQuirkRegistry(setup);
  onTestFinished(() => registry.close());
  return registry;
}

describe('one bad rule does not stop the others', () => {
  test('whatever is wrong with it, and each is told with its line and a remedy', async () => {
    const [source, mirror] = [await openShelf({ 'a/b': ['1', '2'] }), await openDock()];
    const from = `${source.host}/a/b`;
    const end = await syncImages(`${from}:1: ${mirror.host}/x/first
${source.host}/a/unknown: ${mirror.host}/x/unknown
${source.host}/a/unknown:1: ${mirror.host}/x/unknown
${from}:/(?=1)/: ${mirror.host}/x/expression
${from}:2: ""
${from}:1,2: ${mirror.host}/x/count:one
${from}: ${mirror.host}/x/open-count:one
${from}@${named('absent').digest}: ["${mirror.host}/x/no-such", "${mirror.host}/X/upper"]
"${from}:2,1": $UNSET_PLACE
"${from}:2,2": ${mirror.host}/x/last
`);
    expect(end.status).toBe(1);
    expect(end.stderr).toBe('');
    expect(end.summary.images).toMatchObject({ copied: 2, failed: 9, total: 11 });
    expect(await tagsAt(mirror)).toEqual(holding({ 'x/first:1': 'a/b:1', 'x/last:2': 'a/b:2' }));
    const told = end.summary.failures.map(({ message }) => message).join('\n');
    expect(told).toMatch(/^line 4: .*\(\?=1\)/m);
    expect(told).toMatch(/^line 5: the rule has an empty destination/m);
    expect(told).toMatch(/^line 6: .*names 1 tags for 2 of the source/m);
    expect(told).toMatch(/^line 7: .*names 1 tags for 2 of the source/m);
    expect(told).toMatch(/^line 9: .*UNSET_PLACE, which is not set/m);
    expect(mirror.requests.filter(({ path }) => path.includes('count'))).toEqual([]);
  });

  test('and the failed list is complete: fed back, it copies exactly the rest once the causes are gone', async () => {
    const [source, mirror] = [await openShelf({ 'a/b': ['1', '2'] }), await openDock()];
    const from = `${source.host}/a/b`;
    const rules = `${from}: ${mirror.host}/x/b
${from}:3,4: ${mirror.host}/x/renamed:three,four
${source.host}/a/later: ${mirror.host}/x/later:/^v/
${from}:1: $LATER_PLACE
${from}:1,2: ${mirror.host}/x/wrong-count:one
`;
    const list = join(folder, 'failed.yaml');
    const first = await syncImages(rules, ['--output-failed-images', list]);
    expect(first).toMatchObject({ status: 1, summary: { images: { copied: 2, failed: 5 } } });
    for (const tag of ['3', '4']) await push(source.url, 'a/b', tag, named(`a/b:${tag}`));
    for (const tag of ['v1', 'w1']) await push(source.url, 'a/later', tag, named(`a/later:${tag}`));
    const env = { LATER_PLACE: `${mirror.host}/x/by-name` };

    const again = ['sync', '--images', list, '--output-failed-images', list, '--json'];
    const second = jsonEnd(await ferry(again, { env }));
    expect(second).toMatchObject({ status: 1, summary: { images: { total: 5, copied: 4, failed: 1 } } });
    expect(await tagsAt(mirror)).toEqual(
      holding({
        'x/b:1': 'a/b:1',
        'x/b:2': 'a/b:2',
        'x/renamed:three': 'a/b:3',
        'x/renamed:four': 'a/b:4',
        'x/later:v1': 'a/later:v1',
        'x/by-name:1': 'a/b:1',
      }),
    );
    expect(await readFile(list, 'utf8')).toBe(`${from}:1,2:\n  - ${mirror.host}/x/wrong-count:one\n`);
  });

  test('an empty failed list copies nothing and is no failure', async () => {
    const list = join(folder, 'none-failed.yaml');
    const [source, mirror] = [await openShelf({ 'a/b': ['1'] }), await openDock()];
    await syncImages(`${source.host}/a/b: ${mirror.host}/x/b`, ['--output-failed-images', list]);
    const end = await ferry(['sync', '--images', list]);
    expect(end).toMatchObject({ status: 0, stderr: expect.stringMatching(/^warning: .*no rule.*\n$/) });
  });
});

describe('two sources for one destination tag', () => {
  test('are both refused, whatever finds them out, and nothing is written there', async () => {
    const [source, mirror] = [await openShelf({ 'a/b': ['1', '2'], 'c/d': ['1', '3'] }), await openDock()];
    const to = mirror.host;
    const end = await syncImages(`${source.host}/a/b: ${to}/x/both
${source.host}/c/d: ${to}/x/both
${source.host}/a/b:1: ${to}/x/both
${source.host}/c/d:3: ["${to}/x/alone", "${to}/x/one:same"]
${source.host}/a/b:2: ${to}/x/one:same
`);
    expect(end).toMatchObject({ status: 1, summary: { images: { total: 7, copied: 3, failed: 4 } } });
    expect(await tagsAt(mirror)).toEqual(holding({ 'x/both:2': 'a/b:2', 'x/both:3': 'c/d:3', 'x/alone:3': 'c/d:3' }));
    expect(new Set(end.summary.failures.map(({ kind }) => kind))).toEqual(new Set(['conflict']));
    const [first] = end.summary.failures;
    expect(first?.message).toBe(`${to}/x/both:1 is also the destination of ${source.host}/c/d:1`);
    expect(mirror.requests.filter(({ path }) => /\/manifests\/(?:1|same)$/.test(path))).toEqual([]);
  });
});

describe('sync --retries', () => {
  /** A source whose layer is damaged until it was read so often; that fails at once, and another round may help. */
  async function damaged(reads: number) {
    let count = 0;
    const content = named('a/b:1');
    const registry = await quirky({
      content: { 'a/b:1': content, 'a/b:2': named('a/b:2') },
      onRequest: ({ method, url }) => {
        const isLayer = method === 'GET' && url.endsWith(content.blobs.at(-1)?.digest ?? 'none');
        if (isLayer && ++count > reads) registry.setQuirks({});
      },
    });
    registry.setQuirks({ blobsMissingOnGet: [content.blobs.at(-1)?.digest ?? ''] });
    return { registry, count: () => count };
  }

  test('are rounds: what failed twice is copied in the third, and nothing else is asked for again', async () => {
    const [{ registry, count }, mirror] = [await damaged(2), await openDock()];
    const end = await syncImages(`${registry.host}/a/b: ${mirror.host}/x/b`);
    expect(end).toMatchObject({ status: 0, summary: { images: { total: 2, copied: 2, failed: 0 }, failures: [] } });
    expect(count()).toBe(3);
    expect(end.events.filter(({ event }) => event === 'again')).toMatchObject([{ images: 1 }, { images: 1 }]);
    expect(registry.requestCount('GET', /\/manifests\/2$/)).toBe(1);
    expect(end.summary.requests.source).toBe(registry.requestCount());
    expect(await tagsAt(mirror)).toEqual(holding({ 'x/b:1': 'a/b:1', 'x/b:2': 'a/b:2' }));
  });

  test('end when they are used up', async () => {
    const [{ registry, count }, mirror] = [await damaged(2), await openDock()];
    const end = await syncImages(`${registry.host}/a/b: ${mirror.host}/x/b`, ['--retries', '1']);
    expect(end).toMatchObject({ status: 1, summary: { images: { copied: 1, failed: 1 } } });
    expect(count()).toBe(2);
  });

  test('do not repeat what cannot change', async () => {
    const [source, mirror] = [await openShelf({ 'a/b': ['1'] }), await openDock()];
    const end = await syncImages(`${source.host}/a/b:absent: ${mirror.host}/x/b`, ['-r', '50']);
    expect(end).toMatchObject({ status: 1, summary: { images: { failed: 1 } } });
    expect(end.events.filter(({ event }) => event === 'again')).toEqual([]);
  });

  test('are told to a person', async () => {
    const [{ registry }, mirror] = [await damaged(1), await openDock()];
    const file = await fileWith(`${registry.host}/a/b:1: ${mirror.host}/x/b`, '.yaml');
    const end = await ferry(['sync', '--images', file]);
    expect(end.stderr).toMatch(/^failed .+\nonce more: 1 image that failed\ncopied .+\n$/);
    expect(end).toMatchObject({ status: 0, stdout: expect.stringMatching(/^images: 1 copied\n/) });
  });
});

describe('a file that cannot be used is refused with 2, and no registry is asked', () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]
${'bcdefgh'.replace(/./g, (name) => {
  const before = String.fromCharCode(name.charCodeAt(0) - 1);
  return `${name}: &${name} [${`*${before},`.repeat(9).slice(0, -1)}]\n`;
})}`;

  test.each<[what: string, text: (host: string) => string, message: RegExp]>([
    ['is an alias bomb', (host) => `${host}/a/b: ${host}/x/b\n${bomb}`, /neither YAML nor JSON|aliases/],
    ['is no YAML', (host) => `${host}/a/b: [${host}/x/b`, /line \d/],
    ['is a list', (host) => `- ${host}/a/b`, /not a map/],
    ['is empty', () => '', /empty/],
    ['is a config file', (host) => `images: { ${host}/a/b: ${host}/x/b }`, /combined config file/],
    ['is two documents', (host) => `${host}/a/b: ${host}/x/b\n---\n${host}/a/b: ${host}/y/b\n`, /several/],
    ['has a tag of its own', (host) => `${host}/a/b: !vault "${host}/x/b"`, /YAML tag/],
  ])('that %s', async (_, text, message) => {
    const source = await openShelf({ 'a/b': ['1'] });
    const end = await syncImages(text(source.host));
    expect(end).toMatchObject({ status: 2, summary: { ok: false, images: { total: 0 }, requests: { source: 0 } } });
    expect(end.summary.failures).toHaveLength(1);
    expect(end.summary.failures[0]).toMatchObject({ kind: 'invalid', message: expect.stringMatching(message) });
    expect(source.requests).toEqual([]);
  });

  test('that is not there, and when none is named', async () => {
    for (const args of [['--images', 'no-such-file.yaml'], [], ['--os', 'linux']]) {
      const end = jsonEnd(await ferry(['sync', ...args, '--json']));
      expect(end).toMatchObject({ status: 2, summary: { failures: [{ kind: 'invalid', side: 'local' }] } });
    }
  });

  test('is told with the remedy of its own, in both languages', async () => {
    const file = await fileWith(`images: { ${nobody}/a/b: ${nobody}/x/b }`, '.yaml');
    const english = await ferry(['sync', '--images', file]);
    expect(english.stderr).toMatch(/^the images file .+, line 1 cannot be used: .+\n {2}remedy: Give it with --config/);
    const chinese = await ferry(['sync', '--images', file], { env: { LANG: 'zh_CN.UTF-8' } });
    expect(chinese.stderr).toMatch(/^.+：文件同时包含 auth 和 images，是合并的配置文件\n {2}处理办法：请用 --config/);
  });
});

test('what a file says that cannot be done is told in Chinese with its line and its remedy', async () => {
  const file = await fileWith(
    `${nobody}/a/b:1: ""\n${nobody}/a/c:1: ${nobody}/x/y:1\n${nobody}/a/d:1: ${nobody}/x/y:1\n`,
    '.yaml',
  );
  const end = await ferry(['sync', '--images', file], { env: { LANG: 'zh_CN.UTF-8' } });
  expect(end.status).toBe(1);
  expect(end.stderr).toMatch(/：第 1 行：规则的目标为空\n {2}处理办法：请写明 主机\/仓库/);
  expect(end.stderr).toMatch(/x\/y:1 同时也是 \S+\/a\/d:1 的目标\n {2}处理办法：请为每个源指定不同的目标标签。/);
  expect(end.stdout).toMatch(/^镜像：已复制 0，失败 3\n/);
});

test('a rule whose tags match nothing is told and is no failure', async () => {
  const source = await openShelf({ 'a/b': ['1'] });
  const end = await syncImages(`${source.host}/a/b:/^v/: ${nobody}/x/b`);
  expect(end).toMatchObject({ status: 0, summary: { ok: true, images: { total: 0 } } });
  expect(findingsOf(end)).toEqual(['no-tag-matches']);
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends it with 130, and the failed list has what is missing',
  async (signal) => {
    let reached = (): void => undefined;
    const inMidCopy = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const source = await quirky({ content: { 'a/b:1': named('a/b:1') }, quirks: { dripBytesPerSecond: 100 } });
    const mirror = await quirky({ onRequest: ({ method }) => method === 'POST' && reached() });
    const file = await fileWith(`${source.host}/a/b:1: ${mirror.host}/x/b\n`, '.yaml');
    const list = join(folder, `interrupted-${signal}.yaml`);
    const running = startFerry(['sync', '--images', file, '--output-failed-images', list, '--json']);
    await inMidCopy;
    running.child.kill(signal);
    const end = jsonEnd(await running.ended);
    expect(end).toMatchObject({
      status: 130,
      summary: { ok: false, images: { total: 1, cancelled: 1 }, failures: [] },
    });
    expect(await readFile(list, 'utf8')).toBe(`${source.host}/a/b:1:\n  - ${mirror.host}/x/b:1\n`);
  },
);
