import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseReference } from '../../electron/oci/reference.ts';
import { afterwards, copy, engine, only, outcomes, registerEnds, request, watch, well } from '../engine/harness.ts';
import { blobsOf, image } from '../fakes/images.ts';
import type { DockerRegistry } from '../fakes/peers.ts';
import { push } from '../fakes/push.ts';
import { missing, peer, requestsOf } from './registries.ts';

registerEnds();

const reason = missing('docker-registry');
const signal = new AbortController().signal;

function dataOf(registry: DockerRegistry, digest: string): string {
  const hex = digest.slice(7);
  return join(registry.dataDir, 'docker/registry/v2/blobs/sha256', hex.slice(0, 2), hex, 'data');
}

/** A small file system of its own, or why there is none. */
async function smallDisk(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const home = await mkdtemp(join(tmpdir(), 'ferry-small-'));
  afterwards(() => rm(home, { recursive: true, force: true }));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', home], { timeout: 10_000 });
  if (mounted.status !== 0) return undefined;
  afterwards(async () => void spawnSync('umount', ['-l', home], { timeout: 10_000 }));
  return home;
}

describe.skipIf(reason !== '')(`trouble with docker-registry${reason}`, () => {
  test('a missing tag and an unreachable host are one failure each', async () => {
    const [from, to, gone] = [await peer(), await peer(), await peer()];
    await push(from.registry.url, 'a', '1', image());
    await gone.line.close();
    const summary = await copy(
      [
        request(`${from.host}/a:absent`, `${to.host}/a:1`),
        request(`${gone.host}/a:1`, `${to.host}/a:2`),
        request(`${from.host}/a:1`, `${gone.host}/a:3`),
        request(`${from.host}/a:1`, `${to.host}/a:4`),
      ],
      {},
      engine({ retries: 1 }),
    );
    expect(outcomes(summary)).toEqual(['failed', 'failed', 'failed', 'copied']);
    const [absent, noSource, noTarget] = summary.results.map(({ failure }) => failure);
    expect(absent).toMatchObject({ kind: 'not-found', side: 'source' });
    expect(absent?.remedy).toContain('--tags');
    expect(noSource).toMatchObject({ kind: 'unreachable', side: 'source' });
    expect(noTarget).toMatchObject({ kind: 'unreachable', side: 'destination' });
    expect(noTarget?.message).toContain(gone.host);
  });

  test('a full destination is one clear failure and keeps no upload', async ({ skip }) => {
    const home = await smallDisk();
    if (home === undefined) skip('a small file system can only be mounted by root');
    const from = await peer();
    const to = await peer({ rootDir: home ?? '' });
    await push(from.registry.url, 'a', '1', image({ layers: [9_000_000] }));
    const summary = await copy([request(`${from.host}/a:1`, `${to.host}/a:1`)], {}, engine({ retries: 1 }));
    expect(only(summary).failure).toMatchObject({ kind: 'full', side: 'destination' });
    expect(requestsOf(to, 'PUT', /\/manifests\//)).toHaveLength(0);
    expect(requestsOf(to, 'PUT', /\/uploads\//).length).toBeLessThan(3);
  });

  test('a blob that the source lost names its layer, and the other images arrive (F-21)', async () => {
    const [from, to] = [await peer(), await peer()];
    watch({ url: to.registry.url });
    const [broken, whole] = [image({ seed: 'broken', layers: [2_000_000] }), image({ seed: 'whole' })];
    await push(from.registry.url, 'a', 'broken', broken);
    await push(from.registry.url, 'a', 'whole', whole);
    const lost = broken.blobs[1]?.digest ?? '';
    await unlink(dataOf(from.registry, lost));
    const summary = await copy(
      ['broken', 'whole'].map((tag) => request(`${from.host}/a:${tag}`, `${to.host}/a:${tag}`)),
    );
    expect(outcomes(summary)).toEqual(['failed', 'copied']);
    expect(summary.results[0]?.failure).toMatchObject({ kind: 'missing-content', side: 'source', subject: lost });
  });

  test('a blob that rotted at the source never arrives', async () => {
    const [from, to] = [await peer(), await peer()];
    watch({ url: to.registry.url, repositories: {} });
    const content = image({ layers: [2_000_000] });
    await push(from.registry.url, 'a', '1', content);
    const rotten = content.blobs[1]?.digest ?? '';
    await flip(dataOf(from.registry, rotten));
    const failure = only(await copy([request(`${from.host}/a:1`, `${to.host}/a:1`)])).failure;
    expect(failure).toMatchObject({ kind: 'integrity', side: 'source', hint: 'source-corrupt' });
    expect(requestsOf(to, 'PUT', /\/manifests\//)).toHaveLength(0);
  });

  test('a destination that lost a blob and does not know it (fact 4) is found by verify and healed by force', async () => {
    const from = await peer();
    const to = await peer({ inmemoryCache: true });
    watch({ url: to.registry.url });
    const content = image({ layers: [300_000] });
    await push(from.registry.url, 'a', '1', content);
    const using = engine();
    const requests = [request(`${from.host}/a:1`, `${to.host}/a:1`)];
    await well(copy(requests, {}, using));
    const lost = content.blobs[1]?.digest ?? '';
    await unlink(dataOf(to.registry, lost));
    expect(outcomes(await well(copy(requests, {}, using)))).toEqual(['unchanged']);
    const reference = parseReference(`${to.host}/a:1`);
    const found = await using.verify(reference, () => undefined, signal);
    expect(found.problems).toHaveLength(1);
    expect(found.problems[0]?.subject).toContain(lost);
    await well(copy(requests, { isForced: true }, using));
    expect((await using.verify(reference, () => undefined, signal)).problems).toEqual([]);
  });

  test('a blob that rotted at the destination is found by verify, by name', async () => {
    const [from, to] = [await peer(), await peer()];
    const content = image({ layers: [300_000] });
    await push(from.registry.url, 'a', '1', content);
    const using = engine();
    await well(copy([request(`${from.host}/a:1`, `${to.host}/a:1`)], {}, using));
    const rotten = content.blobs[1]?.digest ?? '';
    await flip(dataOf(to.registry, rotten));
    const found = await using.verify(parseReference(`${to.host}/a:1`), () => undefined, signal);
    expect(found.problems).toMatchObject([{ kind: 'integrity', subject: rotten }]);
    expect(found).toMatchObject({ manifests: 1, blobs: blobsOf(content).length });
  });

  test('a destination that restarts with another secret in the middle gets the blob again (F-27)', async () => {
    const [from, to] = [await peer(), await peer()];
    watch({ url: to.registry.url });
    await push(from.registry.url, 'a', '1', image({ layers: [6_000_000] }));
    const answer = { kind: 'answer', status: 404, body: '{"errors":[{"code":"BLOB_UPLOAD_UNKNOWN"}]}' } as const;
    to.line.addRule({ direction: 'request', method: 'PUT', path: /\/uploads\//, nth: 1, action: answer });
    await well(copy([request(`${from.host}/a:1`, `${to.host}/a:1`)]));
  });

  test.each([0, 1, 65_535, 3_000_000, 5_999_999])(
    'a line to the destination that is cut at byte %i heals (F-26)',
    async (atByte) => {
      const [from, to] = [await peer(), await peer()];
      watch({ url: to.registry.url });
      await push(from.registry.url, 'a', '1', image({ layers: [6_000_000] }));
      const path = /\/uploads\//;
      to.line.addRule({ direction: 'request', method: 'PUT', path, nth: 1, action: { kind: 'reset', atByte } });
      to.line.addRule({ direction: 'request', method: 'PUT', path, nth: 2, action: { kind: 'reset', atByte } });
      await well(copy([request(`${from.host}/a:1`, `${to.host}/a:1`)]));
    },
  );

  test('a lost answer to the last byte of a blob and of the manifest is asked about, not repeated (F-33)', async () => {
    const [from, to] = [await peer(), await peer()];
    watch({ url: to.registry.url });
    await push(from.registry.url, 'a', '1', image({ layers: [2_000_000] }));
    to.line.addRule({
      direction: 'response',
      method: 'PUT',
      path: /\/uploads\//,
      times: 2,
      action: { kind: 'swallow' },
    });
    to.line.addRule({
      direction: 'response',
      method: 'PUT',
      path: /\/manifests\//,
      nth: 1,
      action: { kind: 'swallow' },
    });
    await well(copy([request(`${from.host}/a:1`, `${to.host}/a:1`)]));
    expect(requestsOf(to, 'PUT', /\/uploads\//)).toHaveLength(2);
  });
});

async function flip(path: string): Promise<void> {
  const bytes = await readFile(path);
  bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
  await writeFile(path, bytes);
}
