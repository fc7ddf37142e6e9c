import { afterEach, describe, expect, test } from 'vitest';
import { memoryLibrary } from '../../electron/engine/content/memory-library.ts';
import { type Dock, startDock } from '../../electron/engine/dock/server.ts';
import type { DockOptions } from '../../electron/engine/dock/options.ts';
import { arm64, image, index } from '../fakes/images.ts';
import { hasPeer, skopeo, skopeoRaw } from '../fakes/peers.ts';
import { push } from '../fakes/push.ts';

const reason = hasPeer('skopeo') ? '' : ' (skipped: skopeo is not installed)';
const docks: Dock[] = [];

async function dock(options: Partial<DockOptions> = {}): Promise<Dock> {
  const started = await startDock({ library: memoryLibrary(), writable: true, ...options });
  docks.push(started);
  return started;
}

afterEach(async () => {
  for (const started of docks.splice(0)) await started.close();
});

async function copy(from: string, to: string, flags: readonly string[] = []): Promise<void> {
  const plain = ['--src-tls-verify=false', '--dest-tls-verify=false', '--preserve-digests', '--all'];
  const run = await skopeo(['copy', ...plain, ...flags, `docker://${from}`, `docker://${to}`]);
  expect(run.stderr, run.stdout.toString()).toBe('');
  expect(run.status).toBe(0);
}

describe.skipIf(reason !== '')(`skopeo and the dock${reason}`, () => {
  test('skopeo copies an index out of one dock into another, bytes unchanged', async () => {
    const [from, to] = [await dock(), await dock()];
    const content = index([image({ layers: [200_000, 0] }), image({ platform: arm64, seed: 'arm' })]);
    await push(from.url, 'team/app', '1', content);
    await copy(`${from.host}/team/app:1`, `${to.host}/mirror/team/app:1`);
    expect(await skopeoRaw(to.host, 'mirror/team/app:1')).toEqual(content.raw);
  });

  test('skopeo logs in to a dock with Basic', async () => {
    const to = await dock({ access: { basic: { ferry: 'pass:word' } } });
    const from = await dock();
    await push(from.url, 'a', '1', image());
    await copy(`${from.host}/a:1`, `${to.host}/a:1`, ['--dest-creds', 'ferry:pass:word']);
    expect(await skopeoRaw(to.host, 'a:1', 'ferry:pass:word')).toEqual(image().raw);
    await expect(skopeoRaw(to.host, 'a:1', 'ferry:wrong')).rejects.toThrow(/unauthorized|authentication required/i);
  });

  test('skopeo gets its tokens from the dock', async () => {
    const to = await dock({ bearer: { users: { ferry: 'password' } } });
    const from = await dock();
    await push(from.url, 'a', '1', image());
    await copy(`${from.host}/a:1`, `${to.host}/a:1`, ['--dest-creds', 'ferry:password']);
    expect(await skopeoRaw(to.host, 'a:1', 'ferry:password')).toEqual(image().raw);
  });
});
