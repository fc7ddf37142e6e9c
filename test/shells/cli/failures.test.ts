import { describe, expect, onTestFinished, test } from 'vitest';
import { memoryLibrary } from '../../../electron/engine/content/memory-library.ts';
import { startFaultProxy } from '../../fakes/fault-proxy.ts';
import { image } from '../../fakes/images.ts';
import { ferry } from './ferry.ts';
import { fileWith, openDock, openSource } from './stage.ts';
import { jsonOf } from './summary-shape.ts';

const han = /\p{Script=Han}/u;

/** Runs a copy that fails, in both languages and with `--json`, and proves that cause and remedy are one line each. */
async function expectOneFailure(
  args: readonly string[],
  expected: { kind: string; side: string; cause: RegExp; remedy: RegExp; zhCause: RegExp; zhRemedy: RegExp },
): Promise<void> {
  const env = { LANG: 'zh_CN.UTF-8' };
  const [english, chinese] = await Promise.all([ferry(args), ferry(args, { env })]);
  const json = await ferry([...args, '--json'], { env });
  expect([english.status, chinese.status, json.status]).toEqual([1, 1, 1]);

  const [done, cause, remedy, ...more] = english.stderr.trimEnd().split('\n');
  expect(more).toEqual([]);
  expect(done).toMatch(/^failed \S+ → \S+/);
  expect(cause).toMatch(expected.cause);
  expect(cause).not.toMatch(han);
  expect(remedy).toMatch(expected.remedy);
  expect(remedy).toMatch(/^ {2}remedy: [A-Z]/);
  expect(english.stdout).toMatch(/^images: 0 copied, 1 failed\n/);

  const [zhDone, zhCause, zhRemedy, ...zhMore] = chinese.stderr.trimEnd().split('\n');
  expect(zhMore).toEqual([]);
  expect(zhDone).toMatch(/^失败 /);
  expect(zhCause).toMatch(expected.zhCause);
  expect(zhRemedy).toMatch(expected.zhRemedy);
  expect(zhRemedy).toMatch(/^ {2}处理办法：/);

  const { summary } = jsonOf(json);
  expect(json.stderr).toBe('');
  expect(summary).toMatchObject({ ok: false, images: { total: 1, copied: 0, failed: 1 } });
  expect(summary.failures).toHaveLength(1);
  expect(summary.failures[0]).toMatchObject({ source: args[1], kind: expected.kind, side: expected.side });
}

describe('a copy that fails ends with 1, one line of cause and one of remedy', () => {
  test('for a wrong password', async () => {
    const [source, destination] = [
      await openSource(),
      await openDock({ access: { basic: { clerk: 'right-password' } } }),
    ];
    const auth = await fileWith(`${destination.host}: { username: clerk, password: wrong-password }`, '.yaml');
    await expectOneFailure(['copy', `${source.host}/team/app:1`, `${destination.host}/x/y:1`, '--auth', auth], {
      kind: 'unauthorized',
      side: 'destination',
      cause: /destination 127\.0\.0\.1:\d+ rejected the password of user "clerk"/,
      remedy: /Correct user and password .* only once/,
      zhCause: /仓库拒绝了用户名和密码（.*rejected the password.*）$/,
      zhRemedy: /更正.*只尝试了一次。$/,
    });
    const tries = destination.requests.filter((request) => request.path === '/v2/' || request.status === 401);
    // Three runs, each: once without, and once with the password.
    expect(tries.length).toBeLessThanOrEqual(6);
  });

  test('for a password that a token server rejects', async () => {
    const [source, destination] = [
      await openSource(),
      await openDock({ bearer: { users: { clerk: 'right-password' } } }),
    ];
    const auth = await fileWith(`${destination.host}: { username: clerk, password: wrong-password }`, '.yaml');
    const args = ['copy', `${source.host}/team/app:1`, `${destination.host}/x/y:1`, '--auth', auth, '--json'];
    const end = await ferry(args);
    expect(end.status).toBe(1);
    expect(jsonOf(end).summary.failures).toMatchObject([{ kind: 'unauthorized', side: 'destination' }]);
  });

  test('for credentials that are asked for and missing', async () => {
    const [source, destination] = [
      await openSource(),
      await openDock({ access: { basic: { clerk: 'right-password' } } }),
    ];
    await expectOneFailure(['copy', `${source.host}/team/app:1`, `${destination.host}/x/y:1`], {
      kind: 'unauthorized',
      side: 'destination',
      cause: /destination 127\.0\.0\.1:\d+ asks for credentials and none are known for it/,
      remedy: /--auth FILE/,
      zhCause: /仓库要求登录/,
      zhRemedy: /--auth FILE 提供凭据。$/,
    });
  });

  test('for a tag that is not there', async () => {
    const [source, destination] = [await openSource(), await openDock()];
    await expectOneFailure(['copy', `${source.host}/team/app:none`, `${destination.host}/x/y`], {
      kind: 'not-found',
      side: 'source',
      cause: /source 127\.0\.0\.1:\d+ has no team\/app:none$/,
      remedy: /image-ferry ls HOST\/REPOSITORY --tags$/,
      zhCause: /没有这个镜像（/,
      zhRemedy: /核对/,
    });
    expect(destination.requests.filter(({ method }) => method !== 'HEAD')).toEqual([]);
  });

  test('for a host that cannot be reached', async () => {
    const [source, gone] = [await openSource(), await openDock()];
    await gone.close();
    const args = ['copy', `${source.host}/team/app:1`, `${gone.host}/x/y:1`, '--retries', '1'];
    await expectOneFailure(args, {
      kind: 'unreachable',
      side: 'destination',
      cause: /destination 127\.0\.0\.1:\d+.*connection refused/,
      remedy: /Check host name, port, firewall and proxy/,
      zhCause: /无法连接到该主机（/,
      zhRemedy: /检查主机名、端口/,
    });
  });

  test('for a destination without room', async () => {
    const [source, destination] = [
      await openSource({ '1': image({ seed: 'big', layers: [200_000] }) }),
      await openDock({ library: memoryLibrary({ maxBytes: 100_000 }) }),
    ];
    await expectOneFailure(['copy', `${source.host}/team/app:1`, `${destination.host}/x/y:1`], {
      kind: 'full',
      side: 'destination',
      cause: /destination 127\.0\.0\.1:\d+ answered 507 .*no space left/,
      remedy: /Free space or raise the quota/,
      zhCause: /目标端空间已满（/,
      zhRemedy: /清理空间或提高配额/,
    });
    expect((await fetch(`${destination.url}/v2/x/y/manifests/1`)).status).toBe(404);
  });

  test('for one image of several, while the others arrive', async () => {
    const [source, good, locked] = [
      await openSource(),
      await openDock(),
      await openDock({ access: { basic: { clerk: 'right-password' } } }),
    ];
    const args = ['copy', `${source.host}/team/app:1`, `${good.host}/x/y`, `${locked.host}/x/y`, '--json'];
    const end = await ferry(args);
    expect(end.status).toBe(1);
    expect(jsonOf(end).summary).toMatchObject({
      ok: false,
      images: { total: 2, copied: 1, failed: 1 },
      failures: [{ destination: `${locked.host}/x/y:1` }],
    });
  });
});

test('what a registry says cannot move the cursor, nor make a line of its own', async () => {
  const source = await openSource();
  const proxy = await startFaultProxy(source.host);
  onTestFinished(() => proxy.close());
  const message = '\u001b[2J\u001b]0;owned\u0007no\r\n  remedy: run rm \u202e\u009b1A';
  const body = JSON.stringify({ errors: [{ code: 'DENIED', message }] });
  proxy.addRule({ direction: 'request', path: /manifests/, action: { kind: 'answer', status: 403, body } });
  const end = await ferry(['inspect', `${proxy.host}/team/app:1`]);
  expect(end).toMatchObject({ status: 1, stdout: '' });
  expect(end.stderr).toMatch(/^[^\n]+DENIED[^\n]+\n {2}remedy: Ask the registry administrator[^\n]+\n$/);
  // oxlint-disable-next-line no-control-regex -- these are the characters that must not come through
  expect(end.stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
});
