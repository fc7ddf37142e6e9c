import { describe, expect, test } from 'vitest';
import { scene } from './scene.ts';

describe('the program', () => {
  test('settings are kept, taken away and bounded', async () => {
    const { parts, call, failure } = await scene();
    expect(await call('settings.get', {})).toMatchObject({ concurrency: 8, theme: 'system' });
    const set = await call('settings.set', { concurrency: 3, proxy: 'http://proxy:3128', rateBytesPerSecond: 1000 });
    expect(set).toMatchObject({ concurrency: 3, proxy: 'http://proxy:3128', rateBytesPerSecond: 1000 });
    expect(await call('settings.set', { proxy: null, rateBytesPerSecond: null })).not.toHaveProperty('proxy');
    expect((await failure('settings.set', { concurrency: 65 })).kind).toBe('invalid');
    expect(parts.renewed).toBe(2);
  });

  test('another cache budget counts at once', async () => {
    const { call } = await scene();
    expect(await call('settings.set', { cacheBudgetBytes: 5_000_000 })).toMatchObject({ cacheBudgetBytes: 5_000_000 });
    expect((await call('cache.status', {})).budgetBytes).toBe(5_000_000);
  });

  test('S-CRED-10: a password of a proxy is kept apart and refused inside its address', async () => {
    const { parts, call, failure } = await scene();
    const told = await failure('settings.set', { proxy: 'http://user:planted-proxy@proxy:3128' });
    expect(JSON.stringify(told)).not.toContain('planted-proxy');
    await call('settings.set', { proxy: 'http://proxy:3128', proxyUser: 'user', proxyPassword: 'planted-proxy' });
    expect(parts.secrets.get('(proxy)')?.credential).toMatchObject({ password: 'planted-proxy' });
    expect(JSON.stringify(await call('settings.get', {}))).not.toContain('planted-proxy');
    await call('settings.set', { proxy: 'http://other:3128' });
    expect(parts.secrets.has('(proxy)')).toBe(false);
  });

  test('a wrong passphrase opens no vault', async () => {
    const { call, failure } = await scene();
    expect(await call('vault.lock', {})).toMatchObject({ isLocked: true });
    expect(await failure('vault.unlock', { passphrase: 'wrong' })).toMatchObject({ kind: 'invalid' });
    expect(await call('vault.unlock', { passphrase: 'right' })).toMatchObject({ isLocked: false });
  });

  test('history gives one page more when there is one', async () => {
    const { parts, call } = await scene();
    const head = {
      command: 'copy',
      title: 'a → b',
      account: 'operator',
      state: 'finished-with-failures',
      attempts: 1,
      startedMs: 0,
      endedMs: 1000,
      images: { total: 1, copied: 0, unchanged: 0, skipped: 0, failed: 1, cancelled: 0 },
      blobs: { sent: 0, mounted: 0, present: 0 },
      bytes: { received: 0, sent: 0, reused: 0 },
      requests: { source: 0, destination: 0, token: 0 },
      seconds: 1,
      wish: { options: { force: false, platforms: ['linux/amd64'] } },
    } as const;
    for (const number of [3, 2, 1]) parts.past.push({ job: { number, ...head }, images: [] });
    const page = await call('history.list', { most: 2 });
    expect(page).toMatchObject({ jobs: [{ job: 3 }, { job: 2 }], more: true });
    expect(await call('history.job', { job: 3 })).toMatchObject({
      startedAt: '1970-01-01T00:00:00.000Z',
      options: { force: 'false', platforms: 'linux/amd64' },
    });
    expect(await call('history.export', { job: 3, format: 'csv' })).toMatchObject({ name: 'image-ferry-3.csv' });
  });
});
