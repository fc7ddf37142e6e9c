import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { afterwards, copy, engine, only, outcomes, registerEnds, request, watch, well } from '../engine/harness.ts';
import {
  artifact,
  cosignSignature,
  helmChart,
  multiPlatform,
  nestedIndex,
  sbom,
  signature,
  zeroLayerImage,
} from '../fakes/artifacts.ts';
import {
  blob,
  blobsOf,
  closureOf,
  descriptorOf,
  emptyBlob,
  image,
  type SampleManifest,
  types,
} from '../fakes/images.ts';
import { jsonOf } from '../fakes/listening.ts';
import { skopeo, skopeoRaw } from '../fakes/peers.ts';
import { basic } from '../fakes/plain-http.ts';
import { push, pushManifest } from '../fakes/push.ts';
import { guardSecret } from '../fakes/recorder.ts';
import { startTokenServer } from '../fakes/token-server.ts';

import { credentialsFor, missing, peer, requestsOf } from './registries.ts';

registerEnds();

const samples: readonly (readonly [string, SampleManifest])[] = [
  ['an OCI image', image({ layers: [1, 70_000, 3_000_000] })],
  ['a docker image', image({ flavour: 'docker', layers: [5000] })],
  ['an OCI index', multiPlatform()],
  ['a docker manifest list', multiPlatform({ flavour: 'docker' })],
  ['an index with attestations', multiPlatform({ attestations: 'image' })],
  ['an index with attestations that are artifacts', multiPlatform({ attestations: 'artifact' })],
  ['an index in an index', nestedIndex()],
  ['an image without layers', zeroLayerImage()],
  ['an image with an empty layer', image({ layers: [emptyBlob, 100] })],
  ['a helm chart', helmChart()],
  ['an artifact', artifact({ artifactType: 'application/vnd.example', blobs: [blob(3000, 'artifact')] })],
  ['a layer of an unknown type', image({ layers: [blob(2000, 'wasm', 'application/wasm')] })],
  ['unknown fields', image({ extra: { 'x-unknown': { nested: [1, 2, { three: 3 }] } } })],
];

const reason = missing('docker-registry', 'skopeo');

describe.skipIf(reason !== '')(`docker-registry to docker-registry${reason}`, () => {
  test('every kind of sample arrives byte for byte, and a second run moves nothing within its budget', async () => {
    const [from, to] = [await peer(), await peer()];
    watch({ url: to.registry.url });
    for (const [at, [, content]] of samples.entries()) await push(from.registry.url, 'team/app', `v${at}`, content);
    const requests = samples.map((_, at) => request(`${from.host}/team/app:v${at}`, `${to.host}/mirror/app:v${at}`));
    const using = engine();
    const summary = await well(copy(requests, {}, using));
    expect(outcomes(summary)).toEqual(samples.map(() => 'copied'));
    for (const [at, [name, content]] of samples.entries()) {
      expect(await skopeoRaw(from.registry.host, `team/app:v${at}`), name).toEqual(content.raw);
      expect(await skopeoRaw(to.registry.host, `mirror/app:v${at}`), name).toEqual(content.raw);
    }
    const blobs = new Set(samples.flatMap(([, content]) => blobsOf(content).map(({ digest }) => digest)));
    // an empty blob needs no asking
    expect(requestsOf(from, 'GET', /\/blobs\//)).toHaveLength(blobs.size - 1);
    expect(summary.requests.source).toBe(from.line.exchanges.length);
    expect(summary.requests.destination).toBe(to.line.exchanges.length);

    const [atSource, atTarget] = [from.line.exchanges.length, to.line.exchanges.length];
    const second = await well(copy(requests, {}, using));
    expect(second.images.unchanged).toBe(samples.length);
    expect(second.bytes).toEqual({ received: 0, sent: 0, reused: 0 });
    // one HEAD a tag and one list of tags; that this host has no referrers API is known by now
    expect(from.line.exchanges.length - atSource).toBe(samples.length + 1);
    expect(to.line.exchanges.length - atTarget).toBe(samples.length);
  });

  test('signatures and bills arrive with the fallback tag that lists them, and cosign tags', async () => {
    const [from, to] = [await peer(), await peer()];
    watch({ url: to.registry.url, withReferrers: true });
    const content = multiPlatform();
    const child = content.children[0] ?? content;
    const parts = [signature(content), sbom(content)];
    const inner = sbom(child);
    await push(from.registry.url, 'a', '1', content);
    for (const part of [...parts, inner]) await push(from.registry.url, 'a', undefined, part);
    await pushList(from.registry.url, content, parts);
    await pushList(from.registry.url, child, [inner]);
    const cosign = cosignSignature(content);
    await push(from.registry.url, 'a', cosign.tag, cosign.content);
    const summary = await well(copy([request(`${from.host}/a:1`, `${to.host}/b:1`)]));
    expect(only(summary).referrers).toBe(4);
    const listed = await skopeoRaw(to.registry.host, `b:${content.digest.replace(':', '-')}`);
    const { manifests } = jsonOf<{ manifests: { digest: string }[] }>(listed);
    expect(manifests.map(({ digest }) => digest).toSorted()).toEqual(parts.map(({ digest }) => digest).toSorted());
    expect(await skopeoRaw(to.registry.host, `b@${inner.digest}`)).toEqual(inner.raw);
    expect(await skopeoRaw(to.registry.host, `b:${cosign.tag}`)).toEqual(cosign.content.raw);
  });

  test('skopeo can pull what arrived', async () => {
    const [from, to] = [await peer(), await peer()];
    const content = multiPlatform({ layerBytes: 100_000 });
    await push(from.registry.url, 'a', '1', content);
    await well(copy([request(`${from.host}/a:1`, `${to.host}/b:1`)]));
    const home = await mkdtemp(join(tmpdir(), 'ferry-pull-'));
    afterwards(() => rm(home, { recursive: true, force: true }));
    const pulled = await skopeo([
      'copy',
      '--all',
      '--src-tls-verify=false',
      `docker://${to.registry.host}/b:1`,
      `oci:${home}/out:1`,
    ]);
    expect(pulled.stderr).toBe('');
    expect(pulled.status).toBe(0);
    expect(closureOf(content)).toHaveLength(4);
  });

  test('a blob sent once is mounted in the other repositories of the host', async () => {
    const [from, to] = [await peer(), await peer()];
    watch({ url: to.registry.url });
    const content = image({ layers: [500_000] });
    for (const name of ['a', 'b', 'c']) await push(from.registry.url, name, '1', content);
    const requests = ['a', 'b', 'c'].map((name) => request(`${from.host}/${name}:1`, `${to.host}/x/${name}:1`));
    const summary = await well(copy(requests));
    expect(summary.blobs).toEqual({ sent: 2, mounted: 4, present: 0 });
    expect(requestsOf(to, 'PUT', /\/blobs\//)).toHaveLength(2);
  });
});

async function pushList(url: string, of: SampleManifest, parts: readonly SampleManifest[]): Promise<void> {
  const list = { schemaVersion: 2, mediaType: types.ociIndex, manifests: parts.map((part) => descriptorOf(part)) };
  const raw = Buffer.from(JSON.stringify(list));
  await pushManifest(url, 'a', of.digest.replace(':', '-'), { raw, mediaType: types.ociIndex });
}

const closed = missing('docker-registry', 'skopeo', 'htpasswd');

describe.skipIf(closed !== '')(`behind a login${closed}`, () => {
  const user = 'ferry';
  const password = 'a rather long password';

  test('from htpasswd to tokens: the right credential to each, and to nobody else', async () => {
    const tokens = await startTokenServer({ users: { [user]: { password: `${password} 2` } } });
    afterwards(() => tokens.close());
    const from = await peer({ auth: { htpasswd: { user, password } } });
    const { realm, service, issuer, certPath } = tokens;
    const to = await peer({ auth: { token: { realm, service, issuer, certPath } } });
    guardSecret(`${user}:${password}`, [from.line.url, tokens.origin]);
    guardSecret(`${password} 2`, [tokens.origin]);
    const authorization = (repository: string | undefined): string =>
      `Bearer ${tokens.issue([repository === undefined ? 'registry:catalog:*' : `repository:${repository}:pull`])}`;
    watch({ url: to.registry.url, authorization });
    const content = multiPlatform({ layerBytes: 1_500_000 });
    for (const name of ['a', 'b']) {
      await push(from.registry.url, name, '1', content, { authorization: basic(user, password) });
    }
    const known = { [from.host]: { user, password }, [to.host]: { user, password: `${password} 2` } };
    const using = engine({ credentials: credentialsFor(known) });
    const requests = ['a', 'b'].map((name) => request(`${from.host}/${name}:1`, `${to.host}/x/${name}:1`));
    const summary = await well(copy(requests, {}, using));
    expect(summary.blobs.mounted).toBe(summary.blobs.sent);
    expect(summary.requests.token).toBe(tokens.records.length);
    expect(await skopeoRaw(from.registry.host, 'a:1', `${user}:${password}`)).toEqual(content.raw);
    expect(await skopeoRaw(to.registry.host, 'x/b:1', `${user}:${password} 2`)).toEqual(content.raw);
  });

  test('a wrong password fails each image once, is tried once, and says what to do', async () => {
    const from = await peer({ auth: { htpasswd: { user, password } } });
    const to = await peer();
    const using = engine({ credentials: credentialsFor({ [from.host]: { user, password: 'a wrong password' } }) });
    const summary = await copy(
      ['1', '2', '3'].map((tag) => request(`${from.host}/a:${tag}`, `${to.host}/a:${tag}`)),
      {},
      using,
    );
    expect(outcomes(summary)).toEqual(['failed', 'failed', 'failed']);
    for (const { failure } of summary.results) {
      expect(failure).toMatchObject({ kind: 'unauthorized', side: 'source', hint: 'credential-wrong' });
    }
    const logins = from.line.records.filter(({ headers }) =>
      headers.some(([name]) => name.toLowerCase() === 'authorization'),
    );
    expect(logins).toHaveLength(1);
    expect(requestsOf(to).filter((exchange) => exchange.request.method !== 'HEAD')).toHaveLength(0);
  });

  test('no password where one is needed is told apart from a wrong one', async () => {
    const from = await peer();
    await push(from.registry.url, 'a', '1', image());
    const to = await peer({ auth: { htpasswd: { user, password } } });
    const summary = await copy([request(`${from.host}/a:1`, `${to.host}/a:1`)]);
    expect(only(summary).failure).toMatchObject({
      kind: 'unauthorized',
      side: 'destination',
      hint: 'credential-missing',
    });
  });
});
