import { createServer } from 'node:http';
import { describe, expect, test } from 'vitest';
import {
  artifact,
  foreignLayerImage,
  helmChart,
  multiPlatform,
  nestedIndex,
  schema1,
  zeroLayerImage,
} from '../fakes/artifacts.ts';
import {
  arm64,
  blob,
  blobOf,
  blobsOf,
  closureOf,
  descriptorOf,
  emptyBlob,
  image,
  index,
  manifestOf,
  type SampleManifest,
  types,
} from '../fakes/images.ts';
import { closeServer, listen } from '../fakes/listening.ts';
import { basic } from '../fakes/plain-http.ts';
import { guardSecret, Recorder } from '../fakes/recorder.ts';
import {
  afterwards,
  copy,
  destination,
  engine,
  only,
  outcomes,
  proxy,
  registerEnds,
  registry,
  request,
  tagOf,
  well,
} from './harness.ts';

registerEnds();

const unknownInside = manifestOf(
  {
    schemaVersion: 2,
    mediaType: 'application/vnd.example.manifest+json',
    config: descriptorOf(blobOf('{"a":1}')),
    layers: [],
  },
  'application/vnd.example.manifest+json',
  { blobs: [blobOf('{"a":1}')] },
);

const samples: readonly (readonly [string, SampleManifest])[] = [
  ['an OCI image', image({ layers: [1, 70_000, 1_200_000] })],
  ['a docker image', image({ flavour: 'docker', layers: [5000] })],
  ['an OCI index', multiPlatform()],
  ['a docker manifest list', multiPlatform({ flavour: 'docker' })],
  ['an index with attestations', multiPlatform({ attestations: 'image' })],
  ['an index with attestations that are artifacts', multiPlatform({ attestations: 'artifact' })],
  ['an index in an index with the same child twice', nestedIndex()],
  ['an index without entries', index([])],
  ['an image without layers', zeroLayerImage()],
  ['an image with an empty layer', image({ layers: [emptyBlob, 100] })],
  [
    'an image with the same layer five times',
    image({ layers: Array.from({ length: 5 }, () => blob(900, 'same', types.ociLayer)) }),
  ],
  ['a helm chart', helmChart()],
  ['an artifact', artifact({ artifactType: 'application/vnd.example', blobs: [blob(3000, 'artifact')] })],
  ['a layer of an unknown type', image({ layers: [blob(2000, 'wasm', 'application/wasm')] })],
  ['an index with an entry of an unknown type that is a manifest', index([image(), unknownInside])],
  ['unknown fields', image({ extra: { 'x-unknown': { nested: [1, 2, { three: 3 }] } } })],
];

describe('arrives byte for byte', () => {
  test.each(samples)('%s', async (_name, content) => {
    const source = await registry({ content: { 'a/b:1': content } });
    const target = await destination();
    const summary = await well(copy([request(`${source.host}/a/b:1`, `${target.host}/c/d:1`)]));
    expect(tagOf(target, 'c/d', '1')).toBe(content.digest);
    const held = target.state.repositories.get('c/d');
    for (const manifest of closureOf(content)) {
      expect(held?.manifests.get(manifest.digest)?.bytes).toEqual(manifest.raw);
    }
    expect([...(held?.blobs ?? [])].sort()).toEqual(
      blobsOf(content)
        .map(({ digest }) => digest)
        .sort(),
    );
    expect(summary.blobs.sent).toBe(blobsOf(content).length);
  });

  test('an index whose entry of an unknown type is a blob', async () => {
    const odd = blobOf('not a manifest', 'application/vnd.example.blob');
    const entry = manifestOf('not a manifest', 'application/vnd.example.blob');
    const content = index([image(), entry]);
    const source = await registry();
    source.seed('a', undefined, image());
    source.seedBlob('a', odd);
    source.seedManifest('a', '1', content.raw, content.mediaType);
    // the oracle takes every entry of an index for a manifest
    const target = await registry();
    await well(copy([request(`${source.host}/a:1`, `${target.host}/a:1`)]));
    expect(target.state.repositories.get('a')?.blobs.has(odd.digest)).toBe(true);
    expect(tagOf(target, 'a', '1')).toBe(content.digest);
  });

  test('what is named by digest, under a tag and under its digest alone', async () => {
    const content = multiPlatform();
    const source = await registry({ content: { 'a:1': content } });
    const target = await destination();
    const from = `${source.host}/a@${content.digest}`;
    await well(copy([request(from, `${target.host}/tagged:x`, `${target.host}/bare`)]));
    expect(tagOf(target, 'tagged', 'x')).toBe(content.digest);
    expect(target.state.repositories.get('bare')?.manifests.has(content.digest)).toBe(true);
    expect(target.state.repositories.get('bare')?.tags.size).toBe(0);
    expect(outcomes(await well(copy([request(from, `${target.host}/bare`)])))).toEqual(['unchanged']);
  });
});

describe('foreign layers', () => {
  async function store(bytes: Buffer): Promise<{ url: string; recorder: Recorder }> {
    const server = createServer((incoming, response) => {
      recorder.record(incoming);
      response.end(bytes);
    });
    const url = `http://127.0.0.1:${await listen(server)}`;
    const recorder = new Recorder('foreign store', url);
    afterwards(() => closeServer(server));
    return { url, recorder };
  }

  test('are taken from the source when it has them', async () => {
    const content = foreignLayerImage(['http://127.0.0.1:9/never']);
    const source = await registry({ content: { 'a:1': content } });
    const foreign = content.blobs.find(({ urls }) => urls !== undefined);
    if (foreign !== undefined) source.seedBlob('a', foreign);
    const target = await destination();
    await well(copy([request(`${source.host}/a:1`, `${target.host}/a:1`)]));
    expect(target.state.repositories.get('a')?.blobs.size).toBe(3);
  });

  test('are fetched where they say when the source has none, without the credentials of the source', async () => {
    const layer = foreignLayerImage(['x']).blobs.find(({ urls }) => urls !== undefined);
    const elsewhere = await store(layer?.bytes() ?? Buffer.alloc(0));
    const content = foreignLayerImage([`${elsewhere.url}/layer`]);
    const access = { basic: { user: 'ferry', password: 'a long password' } };
    const source = await registry({ content: { 'a:1': content }, access });
    const target = await destination();
    guardSecret(access.basic.password, [source.url]);
    const credential = { kind: 'basic', ...access.basic } as const;
    const using = engine({
      credentials: { credentialFor: async (host) => (host === source.host ? credential : undefined) },
    });
    await well(copy([request(`${source.host}/a:1`, `${target.host}/a:1`)], {}, using));
    expect(elsewhere.recorder.records).toHaveLength(1);
    expect(elsewhere.recorder.records[0]?.headers.map(([name]) => name.toLowerCase())).not.toContain('authorization');
    expect(
      source.records.some(({ headers }) => headers.some(([, text]) => text === basic('ferry', 'a long password'))),
    ).toBe(true);
    expect(target.state.repositories.get('a')?.blobs.size).toBe(3);
  });

  test('that nobody has fail the image by name', async () => {
    const content = foreignLayerImage(['http://127.0.0.1:9/never']);
    const source = await registry({ content: { 'a:1': content } });
    const target = await destination();
    const result = only(await copy([request(`${source.host}/a:1`, `${target.host}/a:1`)], {}, engine({ retries: 0 })));
    const foreign = content.blobs.find(({ urls }) => urls !== undefined)?.digest ?? '';
    expect(result.failure).toMatchObject({ kind: 'missing-content', side: 'source', subject: foreign });
    expect(tagOf(target, 'a', '1')).toBeUndefined();
  });
});

describe('is refused', () => {
  test('schema 1, with its hint', async () => {
    const source = await registry();
    const old = schema1('a', '1', [blob(10, 'x')]);
    source.seedManifest('a', '1', old.raw, old.mediaType);
    const target = await destination();
    const result = only(await copy([request(`${source.host}/a:1`, `${target.host}/a:1`)]));
    expect(result.failure).toMatchObject({ kind: 'unsupported', side: 'source', hint: 'schema1' });
  });

  test('a graph that gives one digest two sizes', async () => {
    const layer = blob(4000, 'layer', types.ociLayer);
    const one = image({ layers: [layer] });
    const other = image({ seed: 'other', platform: arm64, layers: [{ ...layer, sizeBytes: 3999 }] });
    const content = index([one, other]);
    const source = await registry({ content: { 'a:1': content } });
    const target = await destination();
    const result = only(await copy([request(`${source.host}/a:1`, `${target.host}/a:1`)]));
    expect(result.failure).toMatchObject({ kind: 'invalid', side: 'source' });
  });

  test('an index nested too deep', async () => {
    let content = index([image()]);
    for (let depth = 0; depth < 9; depth++) content = index([content]);
    const source = await registry({ content: { 'a:1': content } });
    const target = await destination();
    const result = only(await copy([request(`${source.host}/a:1`, `${target.host}/a:1`)]));
    expect(result.failure).toMatchObject({ kind: 'invalid', side: 'source' });
  });

  test('an index whose child the source does not hold', async () => {
    const [kept, lost] = [image(), image({ platform: arm64, seed: 'lost' })];
    const content = index([kept, lost]);
    const source = await registry({ content: { 'a:1': content } });
    source.state.repositories.get('a')?.manifests.delete(lost.digest);
    const target = await destination();
    const result = only(await copy([request(`${source.host}/a:1`, `${target.host}/a:1`)]));
    expect(result.failure).toMatchObject({ kind: 'missing-content', side: 'source', subject: lost.digest });
  });
});

test('an index in an index is published after what it shares with its neighbour, whoever is read first', async () => {
  const shared = index([image({ seed: 'shared' })]);
  const slow = index([shared, image({ seed: 'slow' })]);
  const quick = index([shared, image({ seed: 'quick' })]);
  const content = index([slow, quick]);
  for (const late of [slow, quick]) {
    const source = await registry({ content: { 'a:1': content } });
    const line = await proxyTo(source.host, late.digest);
    const target = await destination();
    await well(copy([request(`${line}/a:1`, `${target.host}/a:1`)]));
    expect(target.requestCount('PUT', /\/manifests\//)).toBe(closureOf(content).length);
  }
});

async function proxyTo(host: string, late: string): Promise<string> {
  const line = await proxy(host);
  line.addRule({ direction: 'request', path: new RegExp(late), action: { kind: 'delay', delayMs: 100 } });
  return line.host;
}

test('verify misses an empty blob that is not there, and a blob that is another', async () => {
  const content = image({ layers: [emptyBlob, 300] });
  const source = await registry({ content: { 'a:1': content } });
  const using = engine();
  const reference = request(`${source.host}/a:1`).source;
  const look = () => using.verify(reference, () => undefined, new AbortController().signal);
  expect((await look()).problems).toEqual([]);
  source.state.repositories.get('a')?.blobs.delete(emptyBlob.digest);
  expect((await look()).problems).toMatchObject([{ kind: 'missing-content' }]);
});
