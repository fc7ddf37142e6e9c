import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { EngineOptions } from '../../../electron/engine/engine.ts';
import type { Lookup } from '../../../electron/engine/http/connections.ts';
import { type CertificateSet, createAuthority, createCertificates } from '../../fakes/certificates.ts';
import { type ConnectProxy, type ConnectProxyOptions, startConnectProxy } from '../../fakes/connect-proxy.ts';
import { guardSecret } from '../../fakes/recorder.ts';
import { startQuirkRegistry, type QuirkRegistry } from '../../fakes/quirk-registry/server.ts';
import { matching, watchForLeaks } from '../quirks/outcomes.ts';
import { quickEngine, quickLimits, small } from '../quirks/scene.ts';

watchForLeaks();

let certificates: CertificateSet;
let ca = '';
beforeAll(async () => {
  const authority = await createAuthority();
  certificates = { ...(await createCertificates()), good: await authority.sign({ names: ['registry.test'] }) };
  ca = authority.cert;
});

const secret = 'proxy-password-1';
const login = { user: 'me', password: secret };

async function behindProxy(
  options: ConnectProxyOptions,
  engineOptions: Partial<EngineOptions> = {},
  credentials = `${login.user}:${login.password}@`,
): Promise<{ proxy: ConnectProxy; registry: QuirkRegistry; ask: () => Promise<readonly string[]> }> {
  const proxy = await startConnectProxy(options);
  onTestFinished(() => proxy.close());
  const registry = await startQuirkRegistry({ tls: certificates.good, content: { 'team/app:1': small } });
  onTestFinished(() => registry.close());
  guardSecret(secret, [proxy.url]);
  const host = `registry.test:${registry.host.split(':')[1] ?? ''}`;
  const engine = quickEngine({
    ca,
    retries: 1,
    proxy: { url: proxy.url.replace('http://', `http://${credentials}`), noProxy: '' },
    limits: { ...quickLimits, connectMs: 400, tlsMs: 1000 },
    ...engineOptions,
  });
  return { proxy, registry, ask: () => engine.tags({ host, path: 'team/app' }, new AbortController().signal) };
}

describe('F-13 a proxy', () => {
  test('that opens the way: its password stays there', async () => {
    const { ask, proxy, registry } = await behindProxy({ login });
    expect(await ask()).toEqual(['1']);
    expect(proxy.tunnels).toHaveLength(1);
    const sent = registry.records.flatMap((one) => one.headers.map(([name]) => name.toLowerCase()));
    expect(sent).not.toContain('proxy-authorization');
  });

  test.each([
    ['asks for a password that was not given', '', 1],
    ['refuses the password', 'me:wrong-one@', 1],
  ] as const)('that %s is asked once', async (_sentence, credentials, requests) => {
    const { ask, proxy } = await behindProxy({ login }, {}, credentials);
    await expect(ask()).rejects.toMatchObject({ kind: 'proxy', side: 'source' });
    expect(proxy.records).toHaveLength(requests);
  });

  test.each([
    ['closes the connection', { closesConnect: true }, 'proxy'],
    ['never answers', { hangs: true }, 'timeout'],
    ['answers with a page and 200', { refuseWith: 403 }, 'proxy'],
    ['did not reach the host', { refuseWith: 503 }, 'proxy'],
  ] as const)('that %s ends in an error of its own', async (_sentence, options, kind) => {
    const { ask } = await behindProxy(options);
    const started = performance.now();
    await expect(ask()).rejects.toMatchObject({ kind, side: 'source' });
    expect(performance.now() - started).toBeLessThan(9000);
  });

  test('that cuts the tunnel is a broken line', async () => {
    const { ask } = await behindProxy({ truncateAt: 700 });
    await expect(ask()).rejects.toMatchObject({ kind: matching(/unreachable|tls/) });
  });

  test('that is down is not called the registry', async () => {
    const { ask, proxy } = await behindProxy({});
    await proxy.close();
    await expect(ask()).rejects.toMatchObject({ kind: 'proxy', message: matching('proxy') });
  });

  test('whose address cannot be read', async () => {
    const { ask } = await behindProxy({}, { proxy: { url: 'http://[bad', noProxy: '' } });
    await expect(ask()).rejects.toMatchObject({ kind: 'proxy' });
  });

  test('written without a scheme is a proxy all the same', async () => {
    const { proxy } = await behindProxy({});
    const { ask } = await behindProxy({}, { proxy: { url: proxy.url.replace('http://', ''), noProxy: '' } });
    expect(await ask()).toEqual(['1']);
    expect(proxy.tunnels).toHaveLength(1);
  });
});

describe('NO_PROXY', () => {
  const lookup: Lookup = (_hostname, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]);

  test.each(['registry.test', '.test', '*', 'other,registry.test'])('"%s" goes straight', async (noProxy) => {
    const { proxy } = await behindProxy({});
    const { ask } = await behindProxy({}, { lookup, proxy: { url: proxy.url, noProxy } });
    expect(await ask()).toEqual(['1']);
    expect(proxy.records).toEqual([]);
  });

  test.each(['10.0.0.0/8', 'registry.example', 'gistry.test'])('"%s" does not', async (noProxy) => {
    const { proxy } = await behindProxy({});
    const { ask } = await behindProxy({}, { lookup, proxy: { url: proxy.url, noProxy } });
    expect(await ask()).toEqual(['1']);
    expect(proxy.tunnels).toHaveLength(1);
  });
});
