import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { attestation, cosignSignature, foreignLayerImage, helmChart, multiPlatform } from '../../fakes/artifacts.ts';
import { nestedIndex, sbom, signature, zeroLayerImage } from '../../fakes/artifacts.ts';
import { createSelfSigned } from '../../fakes/certificates.ts';
import { startFaultProxy } from '../../fakes/fault-proxy.ts';
import { image, index, type SampleManifest } from '../../fakes/images.ts';
import { assertWorldIsWhole, verifyWorld } from '../../fakes/oracle.ts';
import { jsonOf } from '../../fakes/listening.ts';
import { hasPeer, skopeo, skopeoRaw, startDockerRegistry, type DockerRegistryOptions } from '../../fakes/peers.ts';
import { basic, call } from '../../fakes/plain-http.ts';
import { push } from '../../fakes/push.ts';
import { pullAccess } from '../../fakes/token-access.ts';
import { startTokenServer } from '../../fakes/token-server.ts';

const start = async (options: DockerRegistryOptions = {}): ReturnType<typeof startDockerRegistry> => {
  const registry = await startDockerRegistry(options);
  onTestFinished(() => registry.stop());
  return registry;
};
const dataOf = (dataDir: string, digest: string): string => {
  const hex = digest.slice(7);
  return join(dataDir, 'docker/registry/v2/blobs/sha256', hex.slice(0, 2), hex, 'data');
};
const layerOf = (content: SampleManifest): string => content.blobs.at(-1)?.digest ?? '';

describe.runIf(hasPeer('docker-registry'))('docker-registry', () => {
  test('takes every sample, and the oracle finds all whole', async () => {
    const registry = await start({ allowForeignUrls: true });
    const multi = multiPlatform({ attestations: 'artifact', flavour: 'oci' });
    const single = image({ seed: 'signed' });
    const cosign = cosignSignature(multi);
    const samples: Record<string, SampleManifest> = {
      multi,
      docker: multiPlatform({ flavour: 'docker', seed: 'docker' }),
      nested: nestedIndex(),
      helm: helmChart(),
      zero: zeroLayerImage(),
      foreign: foreignLayerImage(['https://example.test/layer']),
      old: index([single, attestation(single, 'image')]),
      signature: signature(multi),
      sbom: sbom(single),
      [cosign.tag]: cosign.content,
    };
    for (const [tag, content] of Object.entries(samples)) await push(registry.url, 'team/app', tag, content);
    const report = await assertWorldIsWhole({ url: registry.url, withReferrers: true });
    for (const [tag, content] of Object.entries(samples)) expect(report.tags[`team/app:${tag}`]).toBe(content.digest);
  });

  test.runIf(hasPeer('skopeo'))('and skopeo copies a sample byte for byte', async () => {
    const [from, to] = await Promise.all([start(), start()]);
    const content = multiPlatform({ attestations: 'image' });
    await push(from.url, 'a', 'v1', content);
    const flags = ['--all', '--preserve-digests', '--src-tls-verify=false', '--dest-tls-verify=false'];
    const run = await skopeo(['copy', ...flags, `docker://${from.host}/a:v1`, `docker://${to.host}/b:v1`]);
    expect(run).toMatchObject({ status: 0 });
    expect((await skopeoRaw(to.host, 'b:v1')).equals(content.raw)).toBe(true);
  });

  test('the oracle names a removed and a rotten blob', async () => {
    const registry = await start({ inmemoryCache: true });
    const [lost, rotten] = [image({ seed: 'lost' }), image({ seed: 'rotten' })];
    await push(registry.url, 'a', 'lost', lost);
    await push(registry.url, 'a', 'rotten', rotten);
    await rm(dataOf(registry.dataDir, layerOf(lost)));
    await writeFile(dataOf(registry.dataDir, layerOf(rotten)), 'rot');
    // The descriptor cache still says that it is there (RELIABILITY, fact 4).
    expect((await call('HEAD', `${registry.url}/v2/a/blobs/${layerOf(lost)}`)).status).toBe(200);
    const { problems } = await verifyWorld({ url: registry.url, repositories: { a: ['lost', 'rotten'] } });
    expect(problems.map(({ path }) => path)).toEqual([
      ['lost', layerOf(lost)],
      ['rotten', layerOf(rotten)],
    ]);
  });

  test('keeps data and port over a restart and forgets open sessions with another secret', async () => {
    const registry = await start();
    await push(registry.url, 'a', 'v1', image());
    const { location = '' } = (await call('POST', `${registry.url}/v2/a/blobs/uploads/`)).headers;
    await registry.restart({ secret: 'another' });
    await assertWorldIsWhole({ url: registry.url });
    expect((await call('PATCH', location, { body: 'x' })).status).toBeGreaterThanOrEqual(400);
  });

  test.runIf(hasPeer('htpasswd'))('asks for a password', async () => {
    const registry = await start({ auth: { htpasswd: { user: 'me', password: 'my secret' } } });
    const authorization = basic('me', 'my secret');
    await expect(push(registry.url, 'a', 'v1', image())).rejects.toThrow('401');
    await push(registry.url, 'a', 'v1', image(), { authorization });
    await assertWorldIsWhole({ url: registry.url, authorization });
  });

  test.each([
    ['ec', 'x5c'],
    ['rsa', 'kid'],
  ] as const)('believes our token server: %s, %s', async (keyType, keyNaming) => {
    const signer = await createSelfSigned({ keyType });
    const users = { me: { password: 'my secret' }, guest: { password: 'their secret', access: pullAccess } };
    const tokens = await startTokenServer({ users }, { signer, keyNaming });
    onTestFinished(() => tokens.close());
    const registry = await start({ auth: { token: tokens } });
    const tokenFor = async (user: string, password: string, scope: string): Promise<string> => {
      const url = `${tokens.realm}?service=${tokens.service}&scope=${scope}`;
      const answer = await call('GET', url, { headers: { authorization: basic(user, password) } });
      if (answer.status !== 200) return String(answer.status);
      return `Bearer ${jsonOf<{ token: string }>(answer.body).token}`;
    };
    const scope = 'repository:a:pull,push';
    await push(registry.url, 'a', 'v1', image(), { authorization: await tokenFor('me', 'my secret', scope) });
    const asGuest = await tokenFor('guest', 'their secret', scope);
    await expect(push(registry.url, 'a', 'v2', image({ seed: 'x' }), { authorization: asGuest })).rejects.toThrow(
      '401',
    );
    expect(await tokenFor('me', 'wrong one', scope)).toBe('401');
    await assertWorldIsWhole({ url: registry.url, repositories: { a: 'all' }, authorization: asGuest });
    const status = async (lifetimeSeconds: number): Promise<number> => {
      const authorization = `Bearer ${tokens.issue(['repository:a:pull'], lifetimeSeconds)}`;
      return (await call('GET', `${registry.url}/v2/a/tags/list`, { headers: { authorization } })).status;
    };
    expect([await status(-30), await status(-61)]).toEqual([200, 401]);
  });

  test('works through the fault proxy, also when the line breaks once', async () => {
    const registry = await start();
    const proxy = await startFaultProxy(registry.host);
    onTestFinished(() => proxy.close());
    const struck = proxy.addRule({
      direction: 'response',
      method: 'PUT',
      path: /blobs\/uploads/,
      times: 1,
      action: { kind: 'swallow' },
    });
    await expect(push(proxy.url, 'a', 'v1', image())).rejects.toThrow();
    await push(proxy.url, 'a', 'v1', image());
    expect(struck()).toBe(1);
    await assertWorldIsWhole({ url: proxy.url });
    // The swallowed PUT did happen: the layer's bytes went over the line once only.
    expect(proxy.exchanges.filter(({ request }) => request.method === 'PUT').length).toBe(3);
  });
});
