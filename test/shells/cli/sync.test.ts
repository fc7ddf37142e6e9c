import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readImagesFile } from '../../../electron/engine/rules/image-syncer.ts';
import { ferry, folder } from './ferry.ts';
import { fileWith, openDock } from './stage.ts';
import { findingsOf, holding, jsonEnd, named, openShelf, syncImages, tagsAt } from './sync-stage.ts';

const proxyTags = ['v1.0', 'v2.0', 'v2.1', 'aa'];

describe('sync --images copies as the file says', () => {
  test('every form of a source', async () => {
    const [source, mirror] = [await openShelf({ 'coreos/proxy': proxyTags }), await openDock()];
    const digest = named('coreos/proxy:v2.0').digest;
    const end = await syncImages(`
# all tags, one, two, one digest, those that match
${source.host}/coreos/proxy: ${mirror.host}/all/proxy
${source.host}/coreos/proxy:v1.0: ${mirror.host}/one/proxy
${source.host}/coreos/proxy:v1.0,v2.0: ${mirror.host}/two/proxy
${source.host}/coreos/proxy@${digest}: ${mirror.host}/digest/proxy
${source.host}/coreos/proxy:/a+/: ${mirror.host}/matching/proxy
`);
    expect(end).toMatchObject({ status: 0, stderr: '', summary: { ok: true, images: { total: 9, copied: 9 } } });
    expect(await tagsAt(mirror)).toEqual(
      holding({
        ...Object.fromEntries(proxyTags.map((tag) => [`all/proxy:${tag}`, `coreos/proxy:${tag}`])),
        'one/proxy:v1.0': 'coreos/proxy:v1.0',
        'two/proxy:v1.0': 'coreos/proxy:v1.0',
        'two/proxy:v2.0': 'coreos/proxy:v2.0',
        'matching/proxy:aa': 'coreos/proxy:aa',
      }),
    );
    const byDigest = await fetch(`${mirror.url}/v2/digest/proxy/manifests/${digest}`, { method: 'HEAD' });
    expect(byDigest.status).toBe(200);
    const lists = source.requests.filter(({ path }) => path.endsWith('/tags/list'));
    // for the rules, and for what refers to the images
    expect(lists.length).toBeLessThanOrEqual(2);
  });

  test('every form of a destination, renamed left to right, each place once', async () => {
    const source = await openShelf({ 'coreos/dashboard': ['v1', 'v2', 'v3', 'x4'] });
    const [mirror, lab] = [await openDock(), await openDock()];
    const from = `${source.host}/coreos/dashboard`;
    const end = await syncImages(`
${from}:v1: ${mirror.host}/same/dashboard
${from}:v2: ${mirror.host}/tagged/dashboard:stable
${from}:v2,v1: ${mirror.host}/pair/dashboard:second,first
${from}:v3: [ "${mirror.host}/list/dashboard", "${lab.host}/list/dashboard:three", "${mirror.host}/list/dashboard" ]
${from}@${named('coreos/dashboard:x4').digest}: ${mirror.host}/digest/dashboard:v4
${from}: ${lab.host}/filtered/dashboard:/^x/
`);
    expect(end).toMatchObject({ status: 0, summary: { ok: true, images: { total: 8, copied: 8 } } });
    expect(findingsOf(end)).toContain('duplicate-destination');
    expect(await tagsAt(mirror)).toEqual(
      holding({
        'same/dashboard:v1': 'coreos/dashboard:v1',
        'tagged/dashboard:stable': 'coreos/dashboard:v2',
        'pair/dashboard:second': 'coreos/dashboard:v2',
        'pair/dashboard:first': 'coreos/dashboard:v1',
        'list/dashboard:v3': 'coreos/dashboard:v3',
        'digest/dashboard:v4': 'coreos/dashboard:x4',
      }),
    );
    expect(await tagsAt(lab)).toEqual(
      holding({ 'list/dashboard:three': 'coreos/dashboard:v3', 'filtered/dashboard:x4': 'coreos/dashboard:x4' }),
    );
  });

  test('the same from JSON', async () => {
    const [source, mirror] = [await openShelf({ 'coreos/proxy': ['v1', 'v2'], 'a/b': ['1'] }), await openDock()];
    const rules = {
      [`${source.host}/coreos/proxy:/^v/`]: [`${mirror.host}/x/proxy`],
      [`${source.host}/a/b:1`]: `${mirror.host}/x/b:one`,
    };
    const end = await syncImages(JSON.stringify(rules, null, '\t'), [], { suffix: '.json' });
    expect(end).toMatchObject({ status: 0, summary: { images: { copied: 3 } } });
    expect(await tagsAt(mirror)).toEqual(
      holding({ 'x/proxy:v1': 'coreos/proxy:v1', 'x/proxy:v2': 'coreos/proxy:v2', 'x/b:one': 'a/b:1' }),
    );
  });
});

describe('sync knows what is there', () => {
  test('a second run copies nothing, and its list of success still has everything', async () => {
    const [source, mirror] = [await openShelf({ 'a/b': ['1', '2'] }), await openDock()];
    const rules = `${source.host}/a/b: ["${mirror.host}/x/b", "${mirror.host}/y/b"]`;
    const list = join(folder, 'success.yaml');
    const first = await syncImages(rules, ['--output-success-images', list]);
    expect(first).toMatchObject({ status: 0, summary: { images: { copied: 4 } } });
    const written = await readFile(list, 'utf8');
    const second = await syncImages(rules, ['--output-success-images', list]);
    expect(second.summary).toMatchObject({ images: { total: 4, unchanged: 4 }, bytes: { received: 0, sent: 0 } });
    expect(await readFile(list, 'utf8')).toBe(written);
    const { rules: read } = readImagesFile(written, {});
    expect(read.map(({ name, destinations }) => [name, destinations.length])).toEqual([
      [`${source.host}/a/b:1`, 2],
      [`${source.host}/a/b:2`, 2],
    ]);
  });

  test('--output-images-format json writes both lists as JSON', async () => {
    const [source, mirror] = [await openShelf({ 'a/b': ['1'] }), await openDock()];
    const [good, bad] = [join(folder, 'good.json'), join(folder, 'bad.json')];
    const lists = ['--output-success-images', good, '--output-failed-images', bad, '--output-images-format', 'json'];
    const end = await syncImages(
      `${source.host}/a/b:1: ${mirror.host}/x/b\n${source.host}/a/b:absent: ${mirror.host}/x/b`,
      lists,
    );
    expect(end.status).toBe(1);
    expect(JSON.parse(await readFile(good, 'utf8'))).toEqual({ [`${source.host}/a/b:1`]: [`${mirror.host}/x/b:1`] });
    expect(JSON.parse(await readFile(bad, 'utf8'))).toEqual({
      [`${source.host}/a/b:absent`]: [`${mirror.host}/x/b:absent`],
    });
  });

  test('--force publishes again what is there, and --proc 1 copies one after the other', async () => {
    const [source, mirror] = [await openShelf({ 'a/b': ['1', '2'] }), await openDock()];
    const rules = `${source.host}/a/b: ${mirror.host}/x/b`;
    const first = await syncImages(rules, ['--proc', '1']);
    const phases = first.events
      // an end is told a moment later, once it is written down
      .filter((line) => line.event === 'image' && line['phase'] !== 'queued' && line['phase'] !== 'copied')
      .map((line) => String(line['source']).at(-1));
    expect(phases.indexOf('2')).toBe(phases.lastIndexOf('1') + 1);
    mirror.requests.length = 0;
    expect((await syncImages(rules, ['-p', '2', '--force'])).summary.images).toMatchObject({ copied: 2 });
    expect(mirror.requests.filter(({ method }) => method === 'PUT').length).toBeGreaterThanOrEqual(2);
  });
});

describe('sync --config', () => {
  const config = (host: string, to: string): string => `
auth:
  ${to}: { username: clerk, password: "$CLERK_PASSWORD" }
images:
  ${host}/a/b:1: ${to}/x/b
`;

  test('takes credentials and rules from one file, with the values of variables', async () => {
    const source = await openShelf({ 'a/b': ['1'] });
    const locked = await openDock({ access: { basic: { clerk: 'from-the-environment' } } });
    const file = await fileWith(config(source.host, locked.host), '.yaml');
    const env = { CLERK_PASSWORD: 'from-the-environment' };
    const end = jsonEnd(await ferry(['sync', '--config', file, '--json'], { env }));
    expect(end).toMatchObject({ status: 0, stderr: '', summary: { images: { copied: 1 } } });
    expect(end.stdout).not.toContain('from-the-environment');
    // its credentials go before another file's
    const auth = await fileWith(`${locked.host}: { username: clerk, password: wrong }`, '.yaml');
    expect((await ferry(['sync', '--config', file, '--auth', auth], { env })).status).toBe(0);
  });

  test('reads it as JSON too', async () => {
    const [source, mirror] = [await openShelf({ 'a/b': ['1'] }), await openDock()];
    const auth = { [mirror.host]: { username: 'any', password: 'thing', insecure: true } };
    const images = { [`${source.host}/a/b:1`]: [`${mirror.host}/x/b`] };
    const file = await fileWith(JSON.stringify({ auth, images }), '.json');
    const end = await ferry(['sync', '--config', file]);
    expect(end.status).toBe(0);
    expect(end.stderr.match(/insecure/g)).toHaveLength(1);
    expect(await tagsAt(mirror)).toEqual(holding({ 'x/b:1': 'a/b:1' }));
  });
});

test('the lists of a run that is refused stay as they are', async () => {
  const list = await fileWith('kept: [as-it-is]\n', '.yaml');
  const end = await syncImages('- no rules', ['--output-failed-images', list]);
  expect(end.status).toBe(2);
  expect(await readFile(list, 'utf8')).toBe('kept: [as-it-is]\n');
  const nowhere = join(folder, 'no-such-folder', 'list.yaml');
  const unwritable = await syncImages('127.0.0.1:9/a/b:1: 127.0.0.1:9/x/b', ['--output-failed-images', nowhere]);
  expect(unwritable).toMatchObject({ status: 2, summary: { images: { total: 0 }, requests: { source: 0 } } });
  await expect(stat(nowhere)).rejects.toThrow('ENOENT');
});
