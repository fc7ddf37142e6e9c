import { described, docker, gzip, image, index, oci, ociConfig, type Shape } from './shape.ts';

/** Shapes that must be refused, and why. */
export const refusedShapes: readonly Shape[] = [
  {
    name: 'schema 1, signed',
    contentType: 'application/vnd.docker.distribution.manifest.v1+prettyjws',
    document: { schemaVersion: 1, name: 'a', tag: 'b', fsLayers: [{ blobSum: 'x' }], history: [], signatures: [] },
    reads: { refused: 'schema1' },
  },
  {
    name: 'schema 1 answered as JSON',
    contentType: 'application/json',
    document: { schemaVersion: 1, name: 'a', tag: 'b', fsLayers: [] },
    reads: { refused: 'schema1' },
  },
  {
    name: 'schema 1 by its own word',
    document: { schemaVersion: 1, mediaType: 'application/vnd.docker.distribution.manifest.v1+json', fsLayers: [] },
    reads: { refused: 'schema1' },
  },
  {
    name: 'index of an unknown type',
    contentType: 'application/vnd.example.index.v9+json',
    document: { schemaVersion: 2, manifests: [described(oci)] },
    reads: { refused: 'unsupported' },
  },
  {
    name: 'plain JSON of a proxy',
    contentType: 'application/json',
    document: { status: 'ok' },
    reads: { refused: 'unsupported' },
  },
  {
    name: 'error body',
    contentType: 'application/json',
    document: { errors: [{ code: 'MANIFEST_UNKNOWN' }] },
    reads: { refused: 'unsupported' },
  },
  {
    name: 'index and image at once',
    document: { schemaVersion: 2, manifests: [described(oci)], config: described(ociConfig), layers: [] },
    reads: { refused: 'invalid' },
  },
  {
    name: 'image with empty layers and manifests',
    document: { schemaVersion: 2, mediaType: oci, manifests: [], layers: [], config: described(ociConfig) },
    reads: { refused: 'invalid' },
  },
  {
    name: 'image and artifact at once',
    document: {
      schemaVersion: 2,
      mediaType: oci,
      config: described(ociConfig),
      layers: [described(gzip)],
      blobs: [described(gzip)],
    },
    reads: { refused: 'invalid' },
  },
  {
    name: 'image and schema 1 at once',
    document: { schemaVersion: 2, mediaType: oci, config: described(ociConfig), layers: [], fsLayers: [] },
    reads: { refused: 'invalid' },
  },
  {
    name: 'image under the header of an index (CVE-2021-41190)',
    contentType: index,
    document: { schemaVersion: 2, config: described(ociConfig), layers: [described(gzip)] },
    reads: { refused: 'invalid' },
  },
  {
    name: 'index that calls itself an image (CVE-2021-41190)',
    document: { schemaVersion: 2, mediaType: oci, manifests: [described(oci)] },
    reads: { refused: 'invalid' },
  },
  {
    name: 'body and header of different types',
    contentType: docker,
    document: image(described(ociConfig), [described(gzip)]),
    reads: { refused: 'invalid' },
  },
  {
    name: 'layers in capitals',
    document: { schemaVersion: 2, mediaType: oci, config: described(ociConfig), Layers: [described(gzip)] },
    reads: { refused: 'invalid' },
  },
  {
    name: 'layers with a long s, which Go folds',
    document: { schemaVersion: 2, mediaType: oci, config: described(ociConfig), 'layer\u017f': [described(gzip)] },
    reads: { refused: 'invalid' },
  },
  {
    name: 'one layer with two sizes',
    document: (() => {
      const layer = described(gzip);
      return image(described(ociConfig), [layer, { ...layer, size: 99_999 }]);
    })(),
    reads: { refused: 'invalid' },
  },
  {
    name: 'layer of an unknown digest algorithm',
    document: image(described(ociConfig), [{ mediaType: gzip, digest: `blake3:${'4'.repeat(64)}`, size: 1 }]),
    reads: { refused: 'unsupported' },
  },
];
