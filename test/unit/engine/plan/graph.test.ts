import * as fc from 'fast-check';
import { describe as suite, expect, test } from 'vitest';
import { walkGraph } from '../../../../electron/engine/plan/graph.ts';
import { parseDigest } from '../../../../electron/oci/digest.ts';
import { attestation, multiPlatform, nestedIndex } from '../../../fakes/artifacts.ts';
import {
  blob,
  blobOf,
  blobsOf,
  closureOf,
  descriptorOf,
  image,
  index,
  manifestOf,
  type SampleManifest,
  types,
} from '../../../fakes/images.ts';
import { errorOf } from '../../error-of.ts';
import { fuzz } from '../../fuzzing.ts';
import { failure, MemoryPlace } from '../places.ts';

const signal = new AbortController().signal;

async function walk(content: SampleManifest, source = new MemoryPlace('source.test/a', content)) {
  return walkGraph(source, await source.manifest({ digest: parseDigest(content.digest) }, signal), signal);
}

suite('a graph', () => {
  test('has every manifest and blob of an index in an index once', async () => {
    const content = nestedIndex();
    const source = new MemoryPlace('source.test/a', content);
    const graph = await walk(content, source);
    expect(graph.manifests.map(({ descriptor }) => descriptor.digest).toSorted()).toEqual(
      closureOf(content)
        .map(({ digest }) => digest)
        .toSorted(),
    );
    expect(graph.blobs.map(({ digest }) => digest).toSorted()).toEqual(
      blobsOf(content)
        .map(({ digest }) => digest)
        .toSorted(),
    );
    expect(source.count('manifest')).toBe(closureOf(content).length);
  });

  test('is in an order in which everything named comes first, whatever its shape and whoever answers first', async () => {
    // layer by layer, each node names some of the layer below: diamonds of every kind
    const shape = fc.array(
      fc.array(fc.array(fc.nat(9), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 }),
      {
        minLength: 1,
        maxLength: 5,
      },
    );
    await fc.assert(
      fc.asyncProperty(shape, fc.array(fc.nat(8), { minLength: 1, maxLength: 9 }), async (levels, delays) => {
        let below = [1, 2, 3].map((at) => image({ seed: `leaf-${at}`, layers: [] }));
        for (const level of levels) {
          below = level.map((picks, at) =>
            index(
              picks.flatMap((pick) => below[pick % below.length] ?? []),
              { annotations: { at: `${at}` } },
            ),
          );
        }
        const content = index(below);
        const source = new MemoryPlace('source.test/a', content);
        const direct = source.manifest.bind(source);
        let asked = 0;
        source.manifest = async (name, stop) => {
          for (let turns = delays[asked++ % delays.length] ?? 0; turns > 0; turns--) await Promise.resolve();
          return direct(name, stop);
        };
        const { manifests, root } = await walk(content, source);
        const seen = new Set<string>();
        for (const { document, descriptor } of manifests) {
          if (document.kind === 'index')
            for (const { digest } of document.manifests) expect(seen.has(digest)).toBe(true);
          seen.add(descriptor.digest);
        }
        expect(manifests.at(-1)).toBe(root);
        expect(seen.size).toBe(manifests.length);
        expect(seen.size).toBe(closureOf(content).length);
      }),
      fuzz(100),
    );
  });

  test('has a subject before what refers to it', async () => {
    const child = image();
    const { manifests } = await walk(index([attestation(child, 'artifact'), child]));
    expect(manifests[0]?.descriptor.digest).toBe(child.digest);
  });

  test('takes an entry of an unknown type for a manifest, then for a blob', async () => {
    const odd = blobOf('odd', 'application/vnd.odd');
    const content = index([image(), manifestOf('odd', 'application/vnd.odd')]);
    const source = new MemoryPlace('source.test/a', image());
    source.manifests.set(content.digest, (await walk(image())).root);
    const root = (await rootOf(content)).root;
    const { manifests, blobs } = await walkGraph(source, root, signal);
    expect(manifests).toHaveLength(2);
    expect(blobs.map(({ digest }) => digest)).toContain(odd.digest);
  });

  test('may be empty', async () => {
    expect(await walk(index([]))).toMatchObject({ blobs: [], manifests: [{}] });
  });
});

async function rootOf(content: SampleManifest) {
  const { parseManifest } = await import('../../../../electron/oci/manifest.ts');
  const document = parseManifest(content.raw, content.mediaType);
  const digest = parseDigest(content.digest);
  return { root: { document, descriptor: { mediaType: content.mediaType, digest, size: content.sizeBytes } } };
}

suite('is refused', () => {
  test('a graph that gives one digest two sizes in two manifests', async () => {
    const layer = blob(100, 'layer', types.ociLayer);
    const content = index([image({ layers: [layer] }), image({ seed: 'b', layers: [{ ...layer, sizeBytes: 99 }] })]);
    expect(await errorOf(walk(content))).toMatchObject({ kind: 'invalid', side: 'source' });
  });

  test('an index that gives its child another size than its neighbour does', async () => {
    const child = image();
    const inner = index([{ manifest: child, extra: { size: child.sizeBytes + 1 } }]);
    expect(await errorOf(walk(index([child, inner])))).toMatchObject({ kind: 'invalid' });
  });

  test('more than eight indexes in each other, but not eight', async () => {
    const nested = (depth: number): SampleManifest => (depth === 0 ? image() : index([nested(depth - 1)]));
    expect((await walk(nested(8))).manifests).toHaveLength(9);
    expect(await errorOf(walk(nested(9)))).toMatchObject({ kind: 'invalid', side: 'source' });
  });

  test('an index whose child is not held, by the name of the child', async () => {
    const content = multiPlatform();
    const lost = content.children[1]?.digest ?? '';
    const source = new MemoryPlace('source.test/a', content);
    source.manifests.delete(lost);
    expect(await errorOf(walk(content, source))).toMatchObject({
      kind: 'missing-content',
      side: 'source',
      subject: lost,
    });
  });

  test('nothing is asked any more once it has failed', async () => {
    const content = index(Array.from({ length: 50 }, (_, at) => image({ seed: `${at}`, layers: [] })));
    const source = new MemoryPlace('source.test/a', content);
    const root = await source.manifest({ digest: parseDigest(content.digest) }, signal);
    let asked = 0;
    source.manifest = async () => {
      asked++;
      throw failure('forbidden', 'source');
    };
    expect((await errorOf(walkGraph(source, root, signal))).kind).toBe('forbidden');
    expect(asked).toBeLessThanOrEqual(6);
  });
});

test('entries keep their descriptors', async () => {
  const child = image();
  const { blobs } = await walk(child);
  expect(blobs[0]).toMatchObject(descriptorOf(child.blobs[0] ?? blob(1, 'x')));
});
