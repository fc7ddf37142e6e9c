import { createServer } from 'node:net';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Engine, EngineOptions, HostSettings } from '../../../electron/engine/engine.ts';
import { type CertificateSet, createCertificates } from '../../fakes/certificates.ts';
import { closeServer, listen } from '../../fakes/listening.ts';
import { startQuirkRegistry } from '../../fakes/quirk-registry/server.ts';
import { matching } from '../quirks/outcomes.ts';
import { quickEngine, quickLimits, small } from '../quirks/scene.ts';

let certificates: CertificateSet;
beforeAll(async () => {
  certificates = await createCertificates();
});

async function registryWith(name: Exclude<keyof CertificateSet, 'authority'> | undefined): Promise<string> {
  const tls = name === undefined ? {} : { tls: certificates[name] };
  const registry = await startQuirkRegistry({ content: { 'team/app:1': small }, ...tls });
  onTestFinished(() => registry.close());
  return registry.host;
}

function ask(
  host: string,
  settings: HostSettings | undefined,
  options: Partial<EngineOptions> = {},
): Promise<readonly string[]> {
  const hosts = new Map(settings === undefined ? [] : [[host, settings]]);
  const engine: Engine = quickEngine({ hosts, ...options });
  return engine.tags({ host, path: 'team/app' }, new AbortController().signal);
}

describe('F-12 certificates', () => {
  test('a good one by a CA that was given', async () => {
    const host = await registryWith('good');
    expect(await ask(host, { ca: certificates.authority.cert })).toEqual(['1']);
    expect(await ask(host, undefined, { ca: certificates.authority.cert })).toEqual(['1']);
  });

  test.each([
    ['expired', 'expired', 'clock-wrong'],
    ['notYetValid', 'not valid yet', 'clock-wrong'],
    ['wrongHost', 'another host name', undefined],
    ['commonNameOnly', 'another host name', undefined],
    ['selfSigned', 'self-signed', 'trust-ca'],
    ['unknownAuthority', 'unknown CA', 'trust-ca'],
  ] as const)('%s: refused, said, not tried again, never without TLS', async (name, says, hint) => {
    const host = await registryWith(name);
    const asked = ask(host, { ca: certificates.authority.cert });
    await expect(asked).rejects.toMatchObject({
      kind: 'tls',
      side: 'source',
      hint,
      message: matching(says),
    });
    const failed = await asked.catch((thrown: unknown) => thrown);
    expect(failed).toMatchObject({ attempts: undefined });
  });

  test.each(['expired', 'wrongHost', 'selfSigned', 'unknownAuthority'] as const)(
    '%s is accepted where the operator says so, for that host only',
    async (name) => {
      const host = await registryWith(name);
      expect(await ask(host, { insecure: true })).toEqual(['1']);
      const other = await registryWith(name);
      await expect(ask(other, undefined)).rejects.toMatchObject({ kind: 'tls' });
    },
  );

  test('insecure is about the certificate: plain http is another switch', async () => {
    const host = await registryWith(undefined);
    await expect(ask(host, { insecure: true, plainHttp: false })).rejects.toMatchObject({
      kind: matching(/tls|unreachable/),
    });
    expect(await ask(host, { plainHttp: true })).toEqual(['1']);
  });

  test('a host that answers TLS with plain words gets the remedy for it', async () => {
    const server = createServer((socket) => socket.once('data', () => socket.end('HTTP/1.0 400 Bad Request\r\n\r\n')));
    const port = await listen(server);
    onTestFinished(() => closeServer(server));
    const asked = ask(`127.0.0.1:${port}`, { plainHttp: false });
    await expect(asked).rejects.toMatchObject({ kind: 'tls', hint: 'plain-http' });
  });

  test('on loopback a registry may speak either, and is asked; one that is down is asked again', async () => {
    expect(await ask(await registryWith(undefined), undefined)).toEqual(['1']);
    const server = createServer();
    const port = await listen(server);
    await closeServer(server);
    const host = `127.0.0.1:${port}`;
    const engine = quickEngine({ retries: 0 });
    const tags = (): Promise<readonly string[]> =>
      engine.tags({ host, path: 'team/app' }, new AbortController().signal);
    await expect(tags()).rejects.toMatchObject({ kind: 'unreachable' });
    const late = createServer((socket) => {
      socket.once('data', (data: Buffer) => {
        if (data[0] === 0x16) socket.destroy();
        else socket.end('HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{"tags":[]} ');
      });
    });
    await listen(late, port);
    onTestFinished(() => closeServer(late));
    expect(await tags()).toEqual([]);
  });
});

test('F-03 a handshake that stalls ends', async () => {
  const server = createServer((socket) => socket.on('error', () => undefined));
  const port = await listen(server);
  onTestFinished(async () => {
    server.close();
  });
  const limits = { ...quickLimits, connectMs: 300, tlsMs: 300 };
  const started = performance.now();
  const asked = ask(`127.0.0.1:${port}`, { plainHttp: false }, { limits, retries: 1 });
  await expect(asked).rejects.toMatchObject({ kind: 'unreachable', attempts: 2 });
  expect(performance.now() - started).toBeLessThan(8000);
});
