import { describe, expect, onTestFinished, test } from 'vitest';
import { amd64, arm64, image, index } from '../../fakes/images.ts';
import { startQuirkRegistry } from '../../fakes/quirk-registry/server.ts';
import { ferry } from './ferry.ts';
import { app, blobBytes, openSource, otherApp } from './stage.ts';
import { jsonOf } from './summary-shape.ts';

describe('ls', () => {
  test('lists repositories, all or below a prefix, and tags in natural order', async () => {
    const source = await openSource({ '1.10': app, '1.9': otherApp });
    expect(await ferry(['ls', source.host])).toEqual({ status: 0, stdout: `${source.host}/team/app\n`, stderr: '' });
    expect(await ferry(['ls', `${source.host}/other`])).toEqual({ status: 0, stdout: '', stderr: '' });
    const tags = await ferry(['ls', `${source.host}/team/app`, '--tags']);
    expect(tags).toEqual({ status: 0, stdout: '1.9\n1.10\n', stderr: '' });
  });

  test('gives events and a whole summary with --json', async () => {
    const source = await openSource();
    const end = await ferry(['ls', `${source.host}/team/app`, '--tags', '--json']);
    const { events, summary } = jsonOf(end);
    expect(end).toMatchObject({ status: 0, stderr: '' });
    expect(events).toMatchObject([{ event: 'tag', repository: `${source.host}/team/app`, tag: '1' }]);
    expect(summary).toMatchObject({ ok: true, requests: { source: source.requests.length, destination: 0 } });
  });

  test('of what is not there ends with 1', async () => {
    const source = await openSource();
    const end = await ferry(['ls', `${source.host}/team/none`, '--tags']);
    expect(end).toMatchObject({ status: 1, stdout: '', stderr: expect.stringMatching(/^.+\n {2}remedy: .+\n$/) });
    const { summary } = jsonOf(await ferry(['ls', `${source.host}/team/none`, '--tags', '--json']));
    expect(summary.failures).toMatchObject([
      { kind: 'not-found', side: 'source', source: `${source.host}/team/none`, destination: '' },
    ]);
  });
});

describe('inspect', () => {
  test('shows digest, platforms and layers', async () => {
    const whole = index([image({ platform: amd64, seed: 'a' }), image({ platform: arm64, seed: 'b' })]);
    const source = await openSource({ '1': whole });
    const end = await ferry(['inspect', `${source.host}/team/app:1`]);
    expect(end).toMatchObject({ status: 0, stderr: '' });
    for (const text of [whole.digest, 'linux/amd64', 'linux/arm64', ...whole.children.map(({ digest }) => digest)])
      expect(end.stdout).toContain(text);
    const { events, summary } = jsonOf(await ferry(['inspect', `${source.host}/team/app:1`, '--json']));
    expect(events).toMatchObject([
      {
        event: 'description',
        digest: whole.digest,
        manifests: [{ platform: 'linux/amd64' }, { platform: 'linux/arm64' }],
      },
    ]);
    expect(summary.ok).toBe(true);
  });
});

describe('verify', () => {
  test('of a whole image ends with 0 and counts what it read', async () => {
    const source = await openSource();
    const end = await ferry(['verify', `${source.host}/team/app:1`]);
    expect(end).toMatchObject({ status: 0, stderr: '' });
    expect(end.stdout).toMatch(/^sha256:\w{64}: 1 manifest and 3 blobs \(.+\), all as their digests say\n$/);
    source.requests.length = 0;
    const { events, summary } = jsonOf(await ferry(['verify', `${source.host}/team/app:1`, '--json']));
    expect(events).toMatchObject([{ event: 'verified', ok: true, digest: app.digest, manifests: 1, blobs: 3 }]);
    expect(summary).toMatchObject({
      ok: true,
      bytes: { received: blobBytes(app), sent: 0, reused: 0 },
      requests: { source: source.requests.length },
    });
  });

  test('of a damaged image ends with 1 and names the blob', async () => {
    const layer = otherApp.blobs[1];
    const source = await startQuirkRegistry({ content: { 'team/app:1': otherApp } });
    onTestFinished(() => source.close());
    const digest = layer?.digest ?? '';
    source.state.addBlob('team/app', digest, {
      sizeBytes: layer?.sizeBytes ?? 0,
      open: () => [Buffer.alloc(layer?.sizeBytes ?? 0)],
    });
    const end = await ferry(['verify', `${source.host}/team/app:1`, '--retries', '0']);
    expect(end).toMatchObject({ status: 1, stdout: '' });
    expect(end.stderr).toContain(digest);
    expect(end.stderr).toMatch(/^[^\n]+\n {2}remedy: [^\n]+\n$/);
    const { events, summary } = jsonOf(
      await ferry(['verify', `${source.host}/team/app:1`, '--retries', '0', '--json']),
    );
    expect(events).toMatchObject([{ event: 'verified', ok: false }]);
    expect(summary).toMatchObject({
      ok: false,
      failures: [{ kind: 'integrity', source: `${source.host}/team/app:1` }],
    });
  });
});
