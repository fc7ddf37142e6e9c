import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type CertificateSet, createCertificates } from '../../fakes/certificates.ts';
import { startConnectProxy } from '../../fakes/connect-proxy.ts';
import type { TlsMaterial } from '../../fakes/listening.ts';
import { startQuirkRegistry, type QuirkRegistry } from '../../fakes/quirk-registry/server.ts';
import { ferry } from './ferry.ts';
import { app, fileWith } from './stage.ts';
import { jsonOf } from './summary-shape.ts';

let certificates: CertificateSet;

beforeAll(async () => {
  certificates = await createCertificates();
});

async function registryWith(tls?: TlsMaterial): Promise<QuirkRegistry> {
  const registry = await startQuirkRegistry({ content: { 'team/app:1': app }, ...(tls === undefined ? {} : { tls }) });
  onTestFinished(() => registry.close());
  return registry;
}

describe('certificates', () => {
  test('that nobody vouches for end in one cause, and the remedy names both switches', async () => {
    const registry = await registryWith(certificates.good);
    const end = await ferry(['inspect', `${registry.host}/team/app:1`]);
    expect(end).toMatchObject({ status: 1, stdout: '' });
    expect(end.stderr).toMatch(/^[^\n]*certificate[^\n]*\n {2}remedy: [^\n]*--ca FILE[^\n]*--insecure HOST[^\n]*\n$/);
    const { summary } = jsonOf(await ferry(['inspect', `${registry.host}/team/app:1`, '--json']));
    expect(summary.failures).toMatchObject([{ kind: 'tls', side: 'source' }]);
  });

  test('are trusted by --ca, and only those it signed', async () => {
    const [good, strange] = [await registryWith(certificates.good), await registryWith(certificates.unknownAuthority)];
    const ca = await fileWith(certificates.authority.cert, '.pem');
    expect((await ferry(['inspect', `${good.host}/team/app:1`, '--ca', ca])).status).toBe(0);
    expect((await ferry(['inspect', `${strange.host}/team/app:1`, '--ca', ca])).status).toBe(1);
  });

  test.each(['expired', 'wrongHost', 'selfSigned'] as const)(
    'that are %s pass with --insecure for this host alone, and are refused with --ca',
    async (kind) => {
      const [registry, other] = [await registryWith(certificates[kind]), await registryWith(certificates[kind])];
      const ca = await fileWith(certificates.authority.cert, '.pem');
      const look = (...flags: string[]) => ferry(['inspect', `${registry.host}/team/app:1`, ...flags]);
      expect((await look('--insecure', registry.host)).status).toBe(0);
      expect((await look('--insecure', other.host)).status).toBe(1);
      expect((await look('--ca', ca)).status).toBe(1);
    },
  );

  // Open until the connector says `rejectUnauthorized: true` by itself: Node's own switch, NODE_TLS_REJECT_UNAUTHORIZED=0,
  // turns all checks off for whoever says nothing.
  test('a switch of the environment that turns all checks off has no effect', async () => {
    const registry = await registryWith(certificates.selfSigned);
    const end = await ferry(['inspect', `${registry.host}/team/app:1`], { env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } });
    expect(end.status).toBe(1);
  });
});

describe('insecure: true in the auth file', () => {
  test('permits an unchecked certificate, and one line says so', async () => {
    const registry = await registryWith(certificates.selfSigned);
    const auth = await fileWith(`${registry.host}: { insecure: true }`, '.yaml');
    const end = await ferry(['inspect', `${registry.host}/team/app:1`, '--auth', auth]);
    expect(end.status).toBe(0);
    expect(end.stderr).toMatch(/^warning: the auth file marks \S+ insecure: [^\n]+\n$/);
    expect(end.stderr).toContain(registry.host);
    const { events } = jsonOf(await ferry(['inspect', `${registry.host}/team/app:1`, '--auth', auth, '--json']));
    expect(events[0]).toMatchObject({
      event: 'finding',
      code: 'insecure-host',
      text: expect.stringContaining(registry.host),
    });
  });

  test('permits plain http where TLS is not spoken', async () => {
    const registry = await registryWith();
    const auth = await fileWith(`${registry.host}: { insecure: true }`, '.yaml');
    expect((await ferry(['inspect', `${registry.host}/team/app:1`, '--auth', auth])).status).toBe(0);
  });
});

describe('plain http', () => {
  test('is spoken to loopback without a switch, and with --plain-http', async () => {
    const registry = await registryWith();
    expect((await ferry(['inspect', `${registry.host}/team/app:1`])).status).toBe(0);
    const end = await ferry(['inspect', `${registry.host}/team/app:1`, '--plain-http', registry.host]);
    expect(end.status).toBe(0);
  });

  test('is not tried on TLS hosts that --plain-http does not name', async () => {
    const registry = await registryWith(certificates.good);
    const ca = await fileWith(certificates.authority.cert, '.pem');
    const end = await ferry(['inspect', `${registry.host}/team/app:1`, '--plain-http', '127.0.0.1:1', '--ca', ca]);
    expect(end.status).toBe(0);
  });
});

describe('--proxy', () => {
  const secret = 'proxy-Passw0rd';
  const login = { user: 'clerk', password: secret };

  async function proxied(port: number) {
    const proxy = await startConnectProxy({ login });
    onTestFinished(() => proxy.close());
    const url = proxy.url.replace('//', `//${login.user}:${secret}@`);
    return { proxy, url, host: `registry.example.test:${port}` };
  }

  const portOf = ({ host }: { readonly host: string }): number => Number(host.split(':')[1]);

  test('carries everything for hosts beyond this machine', async () => {
    const registry = await registryWith(certificates.wrongHost);
    const { proxy, url, host } = await proxied(portOf(registry));
    const ca = await fileWith(certificates.authority.cert, '.pem');
    const end = await ferry(['verify', `${host}/team/app:1`, '--proxy', url, '--ca', ca]);
    expect(end).toMatchObject({ status: 0, stderr: '' });
    expect(new Set(proxy.tunnels)).toEqual(new Set([host]));
  });

  test('keeps its password to itself when it refuses', async () => {
    const { proxy, url, host } = await proxied(1);
    proxy.options.refuseWith = 403;
    for (const flags of [[], ['--json']]) {
      const end = await ferry(['ls', host, '--proxy', url, '--retries', '0', ...flags]);
      expect(end.status).toBe(1);
      expect(end.stdout + end.stderr).toContain('proxy');
      expect(end.stdout + end.stderr).not.toContain(secret);
    }
  });

  test('comes from the environment too', async () => {
    const registry = await registryWith(certificates.wrongHost);
    const { proxy, url, host } = await proxied(portOf(registry));
    const args = ['inspect', `${host}/team/app:1`, '--insecure', host];
    expect((await ferry(args, { env: { HTTPS_PROXY: url } })).status).toBe(0);
    expect(proxy.tunnels.length).toBeGreaterThan(0);
  });

  test('with --insecure still never means plain http', async () => {
    const registry = await registryWith();
    const { proxy, url, host } = await proxied(portOf(registry));
    const end = await ferry(['ls', host, '--proxy', url, '--insecure', host, '--retries', '0']);
    expect(end.status).toBe(1);
    expect(proxy.tunnels.length).toBeGreaterThan(0);
    expect(registry.records).toEqual([]);
    expect(proxy.records.every(({ method }) => method === 'CONNECT')).toBe(true);
  });
});
