import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sameContent } from '../../../electron/oci/descriptor.ts';
import {
  childrenOf,
  isAttestation,
  type ManifestDocument,
  maxIndexEntries,
  maxManifestBytes,
  parseManifest,
} from '../../../electron/oci/manifest.ts';
import { OciError } from '../../../electron/oci/oci-error.ts';
import { fuzz } from '../fuzzing.ts';
import { carriedShapes } from './manifest-shapes.ts';
import { refusedShapes } from './refused-shapes.ts';
import { described, type Shape } from './shape.ts';

const shapes: readonly Shape[] = [...carriedShapes, ...refusedShapes];

const bytes = (document: unknown): Uint8Array =>
  Buffer.from(typeof document === 'string' ? document : JSON.stringify(document));

function shape(name: string): Shape {
  const found = shapes.find((shape) => shape.name === name);
  if (found === undefined) throw new Error(`no shape ${name}`);
  return found;
}

function read(name: string): ManifestDocument {
  const { document, contentType } = shape(name);
  return parseManifest(bytes(document), contentType);
}

describe('parseManifest', () => {
  test.each(shapes)('reads $name', ({ document, contentType, reads }) => {
    const raw = bytes(document);
    if ('refused' in reads) {
      expect(() => parseManifest(raw, contentType)).toThrow(
        expect.objectContaining({ name: 'OciError', reason: reads.refused }),
      );
      return;
    }
    const manifest = parseManifest(raw, contentType);
    expect(manifest.raw).toBe(raw);
    expect({ kind: manifest.kind, mediaType: manifest.mediaType, children: childrenOf(manifest).length }).toEqual(
      reads,
    );
  });

  test('keeps what describes an artifact', () => {
    expect(read('sigstore bundle as a referrer')).toMatchObject({
      artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      subject: { size: expect.any(Number) },
      annotations: { 'org.opencontainers.image.created': '2026-01-01T00:00:00Z' },
    });
  });

  test('does not count the subject among the children', () => {
    const manifest = read('artifact manifest without blobs');
    expect(manifest.subject).toBeDefined();
    expect(childrenOf(manifest)).toEqual([]);
  });

  test('keeps where a foreign layer may be had', () => {
    const [, foreign] = childrenOf(read('Windows image with foreign layers'));
    expect(foreign?.urls).toEqual(['https://mcr.microsoft.com/v2/windows/blobs/x']);
  });

  test('knows the attestations of an index and nothing else for one', () => {
    const index = read('BuildKit index with attestations');
    expect(childrenOf(index).map(isAttestation)).toEqual([false, false, true]);
    const [child] = childrenOf(
      parseManifest(
        bytes({
          schemaVersion: 2,
          manifests: [
            described('application/vnd.oci.image.manifest.v1+json', {
              artifactType: 'application/vnd.docker.attestation.manifest.v1+json',
            }),
          ],
        }),
      ),
    );
    expect(child && isAttestation(child)).toBe(true);
    for (const name of ['referrers of an image, as an index', 'index of indexes', 'BuildKit cache']) {
      expect(childrenOf(read(name)).some(isAttestation), name).toBe(false);
    }
  });

  test('does not take a real platform for an attestation because of an annotation', () => {
    const marked = { annotations: { 'vnd.docker.reference.type': 'attestation-manifest' } };
    const manifests = [
      described('application/vnd.oci.image.manifest.v1+json', {
        ...marked,
        platform: { os: 'linux', architecture: 'amd64' },
      }),
      described('application/vnd.oci.image.manifest.v1+json', marked),
    ];
    expect(childrenOf(parseManifest(bytes({ schemaVersion: 2, manifests }))).map(isAttestation)).toEqual([false, true]);
  });

  test.each([
    '',
    'null',
    '[]',
    '7',
    '"text"',
    '{',
    '<html>',
    '{}',
    '{"mediaType":7}',
    '\ufeff{}',
    '{"config":[],"layers":[]}',
  ])('refuses the body %j', (body) => {
    expect(() => parseManifest(bytes(body), 'application/vnd.oci.image.manifest.v1+json')).toThrow(OciError);
  });

  test('refuses what is not UTF-8', () => {
    expect(() => parseManifest(Buffer.from('{"a":"\xff"}', 'latin1'))).toThrow('is not UTF-8');
  });

  test('takes 3.9 MB and nothing above its limit', () => {
    const padded = (length: number): Uint8Array => {
      const text = JSON.stringify(shape('docker image').document);
      return bytes(`${text.slice(0, -1)},"annotations":{"a":"${'x'.repeat(length - text.length - 24)}"}}`);
    };
    expect(parseManifest(padded(3_900_000)).kind).toBe('manifest');
    expect(() => parseManifest(padded(maxManifestBytes + 100))).toThrow('is larger than');
  });

  test('takes a thousand entries and not one more', () => {
    const index = (count: number): object => ({
      schemaVersion: 2,
      manifests: Array.from({ length: count }, () => described('application/vnd.oci.image.manifest.v1+json')),
    });
    expect(childrenOf(parseManifest(bytes(index(maxIndexEntries))))).toHaveLength(maxIndexEntries);
    expect(() => parseManifest(bytes(index(maxIndexEntries + 1)))).toThrow('more than 1000 entries');
  });

  test('takes nothing from prototypes and leaves them clean', () => {
    const manifest = parseManifest(
      bytes(
        '{"schemaVersion":2,"__proto__":{"subject":{"polluted":1}},"layers":[],"annotations":{"__proto__":"x","constructor":"y","a":"b"}}',
      ),
    );
    expect(manifest.subject).toBeUndefined();
    expect(Object.keys(manifest.annotations ?? {})).toEqual(['a']);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    expect(() => parseManifest(bytes('{"__proto__":{"layers":[]}}'))).toThrow('neither a manifest nor an index');
  });

  test('gives nothing but an OciError for a mutilated manifest', () => {
    const pool = shapes.map(({ document }) => JSON.stringify(document));
    fc.assert(
      fc.property(
        fc.constantFrom(...pool),
        fc.nat(),
        fc.nat({ max: 12 }),
        fc.constantFrom('', '"', '{', '}', '[', ']', ',', 'null', '-1', '1e400', '{}', '[]', '"x"', ':'),
        (text, at, length, insert) => {
          const start = at % text.length;
          const mutilated = text.slice(0, start) + insert + text.slice(start + length);
          try {
            for (const child of childrenOf(parseManifest(bytes(mutilated)))) {
              expect(child.digest).toMatch(/^sha(?:256:[a-f0-9]{64}|512:[a-f0-9]{128})$/);
              expect(Number.isSafeInteger(child.size) && child.size >= 0).toBe(true);
            }
          } catch (error) {
            if (!(error instanceof OciError)) throw error;
          }
        },
      ),
      fuzz(20_000),
    );
  });
});

describe('sameContent', () => {
  test('looks at digest and size alone', () => {
    const [config, layer] = childrenOf(read('docker image'));
    if (config === undefined || layer === undefined) throw new Error('the shape has changed');
    expect(sameContent(config, { ...config, mediaType: 'other/type' })).toBe(true);
    expect(sameContent(config, { ...config, size: config.size + 1 })).toBe(false);
    expect(sameContent(config, layer)).toBe(false);
  });
});
