import { describe, expect, test } from 'vitest';
import { amd64, arm64, armv7, image, index } from '../../fakes/images.ts';
import { assertWorldIsWhole } from '../../fakes/oracle.ts';
import { ferry } from './ferry.ts';
import { app, blobBytes, openDock, openSource, otherApp } from './stage.ts';
import { jsonOf } from './summary-shape.ts';

describe('copy', () => {
  test('tells results on stdout, the way there on stderr, and ends with 0', async () => {
    const [source, destination] = [await openSource(), await openDock()];
    const end = await ferry(['copy', `${source.host}/team/app:1`, `${destination.host}/x/y`]);
    expect(end.status).toBe(0);
    expect(end.stdout).toMatch(
      /^images: 1 copied\nblobs: 3 sent, 0 mounted, 0 already there\nbytes: .+ received, .+ sent, 0 B saved\nrequests: .+\ntime: .+ s\n$/,
    );
    expect(end.stderr).toMatch(/^copied \S+\/team\/app:1 → \S+\/x\/y:1 \(.+\)\n$/);
    const world = await assertWorldIsWhole({ url: destination.url });
    expect(world.tags).toEqual({ 'x/y:1': app.digest });
  });

  test('speaks Chinese on a Chinese terminal', async () => {
    const [source, destination] = [await openSource(), await openDock()];
    const args = ['copy', `${source.host}/team/app:1`, `${destination.host}/x/y`];
    const end = await ferry(args, { env: { LANG: 'zh_CN.UTF-8' } });
    expect(end.status).toBe(0);
    expect(end.stdout).toMatch(/^镜像：已复制 1\n层：发送 3，挂载 0，已存在 0\n流量：.+\n请求：.+\n用时：.+\n$/);
    expect(end.stderr).toMatch(/^已复制 \S+ → /);
  });

  test('is silent on stderr with --quiet when all goes well', async () => {
    const [source, destination] = [await openSource(), await openDock()];
    const end = await ferry(['copy', `${source.host}/team/app:1`, `${destination.host}/x/y`, '--quiet']);
    expect(end).toMatchObject({ status: 0, stderr: '', stdout: expect.stringMatching(/^images: 1 copied\n/) });
  });

  test('counts with --json every request and every byte that really moved', async () => {
    const [source, destination] = [await openSource(), await openDock()];
    const args = ['copy', `${source.host}/team/app:1`, `${destination.host}/x/y`, '--json'];
    const end = await ferry(args);
    const { events, summary } = jsonOf(end);
    const bytes = blobBytes(app);
    expect(end).toMatchObject({ status: 0, stderr: '' });
    expect(summary).toMatchObject({
      ok: true,
      images: { total: 1, copied: 1, unchanged: 0, skipped: 0, failed: 0, cancelled: 0 },
      blobs: { sent: 3, mounted: 0, present: 0 },
      bytes: { received: bytes, sent: bytes, reused: 0 },
      requests: { source: source.requests.length, destination: destination.requests.length, token: 0 },
      failures: [],
    });
    expect(new Set(events.map((line) => line.event))).toEqual(new Set(['job', 'image', 'result']));
    expect(events.find((line) => line.event === 'result')).toMatchObject({ outcome: 'copied', digest: app.digest });

    for (const dock of [source, destination]) dock.requests.length = 0;
    expect(jsonOf(await ferry(args)).summary).toMatchObject({
      ok: true,
      images: { total: 1, copied: 0, unchanged: 1 },
      bytes: { received: 0, sent: 0 },
      requests: { source: source.requests.length, destination: destination.requests.length, token: 0 },
    });
  });

  test('counts token calls by themselves', async () => {
    const [source, destination] = [
      await openSource(),
      await openDock({ bearer: { users: {}, grant: (_, scope) => scope.actions } }),
    ];
    const end = await ferry(['copy', `${source.host}/team/app:1`, `${destination.host}/x/y`, '--json']);
    const { summary } = jsonOf(end);
    const tokenCalls = destination.requests.filter((request) => request.path === '/token').length;
    expect(end.status).toBe(0);
    expect(tokenCalls).toBeGreaterThan(0);
    expect(summary.requests).toEqual({
      source: source.requests.length,
      destination: destination.requests.length - tokenCalls,
      token: tokenCalls,
    });
  });

  test('reaches several destinations with one reading of the source, each named twice only once', async () => {
    const [source, one, two] = [await openSource(), await openDock(), await openDock()];
    const places = [`${one.host}/x/y`, `${two.host}/z:9`, `${one.host}/x/y:1`];
    const { summary } = jsonOf(await ferry(['copy', `${source.host}/team/app:1`, ...places, '--json']));
    expect(summary).toMatchObject({ images: { total: 2, copied: 2 }, bytes: { received: blobBytes(app) } });
    expect((await assertWorldIsWhole({ url: one.url })).tags).toEqual({ 'x/y:1': app.digest });
    expect((await assertWorldIsWhole({ url: two.url })).tags).toEqual({ 'z:9': app.digest });
  });

  test('takes every tag with --all-tags, and counts the request for their list', async () => {
    const [source, destination] = [await openSource({ '1': app, '2': otherApp, latest: app }), await openDock()];
    const end = await ferry(['copy', `${source.host}/team/app`, `${destination.host}/x/y`, '--all-tags', '--json']);
    expect(jsonOf(end).summary).toMatchObject({
      ok: true,
      images: { total: 3, copied: 3 },
      requests: { source: source.requests.length, destination: destination.requests.length },
    });
    const { tags } = await assertWorldIsWhole({ url: destination.url });
    expect(tags).toEqual({ 'x/y:1': app.digest, 'x/y:2': otherApp.digest, 'x/y:latest': app.digest });
  });

  test('takes one platform as its manifest, several as a smaller index, and says so', async () => {
    const whole = index([amd64, arm64, armv7].map((platform) => image({ platform, seed: platform.architecture })));
    const [source, destination] = [await openSource({ '1': whole }), await openDock()];
    const copy = (to: string, ...platforms: string[]) =>
      ferry([
        'copy',
        `${source.host}/team/app:1`,
        `${destination.host}/${to}`,
        ...platforms.flatMap((p) => ['--platform', p]),
      ]);
    const [one, two] = [await copy('one', 'linux/arm64'), await copy('two', 'linux/amd64', 'linux/arm/v7')];
    expect([one.status, two.status]).toEqual([0, 0]);
    expect(two.stderr).toMatch(/note: /);
    const { tags } = await assertWorldIsWhole({ url: destination.url });
    expect(tags['one:1']).toBe(whole.children[1]?.digest);
    expect(tags['two:1']).not.toBe(whole.digest);
  });

  test.each([
    ['overwrite', 0, 'copied', app.digest],
    ['skip', 0, 'skipped', otherApp.digest],
    ['fail', 1, 'failed', otherApp.digest],
    ['backup', 0, 'copied', app.digest],
  ])('meets another image at the destination with --on-conflict %s', async (policy, status, outcome, digest) => {
    const [source, destination] = [await openSource(), await openSource({ '1': otherApp })];
    const args = [
      'copy',
      `${source.host}/team/app:1`,
      `${destination.host}/team/app`,
      '--on-conflict',
      policy,
      '--json',
    ];
    const end = await ferry(args);
    const { events, summary } = jsonOf(end);
    expect(end.status).toBe(status);
    expect(summary.ok).toBe(status === 0);
    expect(events.findLast((line) => line.event === 'result')).toMatchObject({ outcome });
    const { tags } = await assertWorldIsWhole({ url: destination.url });
    expect(tags['team/app:1']).toBe(digest);
    expect(Object.values(tags).includes(otherApp.digest)).toBe(policy !== 'overwrite');
  });

  test('says that a repository without tags gave it nothing to do', async () => {
    const source = await openSource();
    await ferry(['copy', `${source.host}/team/app:1`, `${source.host}/empty:1`]);
    const answer = await fetch(`${source.url}/v2/empty/manifests/1`, { method: 'DELETE' });
    expect(answer.status).toBe(202);
    const end = await ferry(['copy', `${source.host}/empty`, `${source.host}/x`, '--all-tags']);
    expect(end).toMatchObject({ status: 0, stderr: expect.stringMatching(/^warning: .*\/empty has no tags/) });
  });
});

describe('plan', () => {
  test.each([
    ['plan', []],
    ['copy', ['--dry-run']],
  ])('by the command %s foresees, and changes nothing', async (command, flags) => {
    const [source, destination] = [await openSource(), await openDock()];
    const args = [command, ...flags, `${source.host}/team/app:1`, `${destination.host}/x/y`];
    const end = await ferry(args);
    expect(end).toMatchObject({ status: 0, stderr: '', stdout: expect.stringMatching(/^copy \S+ → \S+: to send /) });
    const { events, summary } = jsonOf(await ferry([...args, '--json']));
    expect(events).toMatchObject([
      { event: 'plan', action: 'copy', digest: app.digest, bytes: { toSend: blobBytes(app), toMount: 0, present: 0 } },
      { event: 'planned', images: { total: 1, copy: 1, unchanged: 0, skip: 0, fail: 0 } },
    ]);
    expect(summary).toMatchObject({ ok: true, images: { total: 1, copied: 0 }, bytes: { received: 0, sent: 0 } });
    expect(destination.requests.every(({ method }) => method === 'GET' || method === 'HEAD')).toBe(true);
  });

  test('of what would fail ends with 1 and its cause', async () => {
    const [source, destination] = [await openSource(), await openDock()];
    const args = ['plan', `${source.host}/team/app:none`, `${destination.host}/x/y`];
    const end = await ferry(args);
    expect(end.status).toBe(1);
    expect(end.stdout).toMatch(/^would fail /);
    expect(end.stderr).toMatch(/^[^\n]+ no team\/app:none\n {2}remedy: [^\n]+\n$/);
    const { summary } = jsonOf(await ferry([...args, '--json']));
    expect(summary).toMatchObject({ ok: false, images: { total: 1, failed: 1 }, failures: [{ kind: 'not-found' }] });
  });
});
