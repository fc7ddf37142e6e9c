import {
  artifact,
  described,
  docker,
  dockerConfig,
  dockerGzip,
  gzip,
  image,
  index,
  list,
  oci,
  ociConfig,
  type Shape,
} from './shape.ts';

const emptyJson = {
  mediaType: 'application/vnd.oci.empty.v1+json',
  digest: 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
  size: 2,
  data: 'e30=',
};
const subject = described(oci);
const entry = (os: string, architecture: string, more: object = {}): object =>
  described(oci, { platform: { os, architecture }, ...more });
const asManifest = (children: number, mediaType: string = oci) => ({ kind: 'manifest', mediaType, children }) as const;
const asIndex = (children: number, mediaType: string = index) => ({ kind: 'index', mediaType, children }) as const;

const attestationEntry = entry('unknown', 'unknown', {
  annotations: {
    'vnd.docker.reference.digest': `sha256:${'1'.repeat(64)}`,
    'vnd.docker.reference.type': 'attestation-manifest',
  },
});

/** Shapes seen in registries (RELIABILITY F-42), cut down to what matters for reading them. */
export const carriedShapes: readonly Shape[] = [
  {
    name: 'docker image',
    contentType: docker,
    document: {
      schemaVersion: 2,
      mediaType: docker,
      config: described(dockerConfig),
      layers: [described(dockerGzip), described(dockerGzip)],
    },
    reads: asManifest(3, docker),
  },
  {
    name: 'docker manifest list with os.version and features',
    contentType: list,
    document: {
      schemaVersion: 2,
      mediaType: list,
      manifests: [
        described(docker, { platform: { architecture: 'amd64', os: 'linux' } }),
        described(docker, { platform: { architecture: 'arm', os: 'linux', variant: 'v7' } }),
        described(docker, {
          platform: {
            architecture: 'amd64',
            os: 'windows',
            'os.version': '10.0.17763.1',
            'os.features': ['win32k'],
            features: ['sse4'],
          },
        }),
      ],
    },
    reads: asIndex(3, list),
  },
  {
    name: 'image without mediaType, as OCI 1.0 allowed',
    contentType: oci,
    document: { schemaVersion: 2, config: described(ociConfig), layers: [described(gzip)] },
    reads: asManifest(2),
  },
  {
    name: 'image answered as application/json',
    contentType: 'application/json; charset=utf-8',
    document: image(described(ociConfig), [described(gzip)]),
    reads: asManifest(2),
  },
  {
    name: 'image answered without any type',
    document: { schemaVersion: 2, config: described(ociConfig), layers: [described(gzip)] },
    reads: asManifest(2),
  },
  {
    name: 'image answered with parameters and capitals',
    contentType: 'Application/Vnd.OCI.Image.Manifest.v1+JSON; charset=utf-8',
    document: image(described(ociConfig), [described(gzip)]),
    reads: asManifest(2),
  },
  { name: 'image of zero layers', document: image(described(ociConfig), []), reads: asManifest(1) },
  {
    name: 'image whose layers Go wrote as null',
    document: { schemaVersion: 2, mediaType: oci, config: described(ociConfig), layers: null },
    reads: asManifest(1),
  },
  {
    name: 'image with the same layer many times and an empty blob',
    document: (() => {
      const empty = {
        mediaType: gzip,
        digest: 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
        size: 0,
      };
      return image(described(ociConfig), [empty, empty, empty]);
    })(),
    reads: asManifest(4),
  },
  {
    name: 'zstd layers with the annotations of estargz and zstd:chunked',
    document: image(described(ociConfig), [
      described('application/vnd.oci.image.layer.v1.tar+zstd', {
        annotations: { 'io.github.containers.zstd-chunked.manifest-position': '1:2:3:1' },
      }),
      described(gzip, { annotations: { 'containerd.io/snapshot/stargz/toc.digest': `sha256:${'2'.repeat(64)}` } }),
    ]),
    reads: asManifest(3),
  },
  {
    name: 'encrypted layers of ocicrypt',
    document: image(described(ociConfig), [
      described('application/vnd.oci.image.layer.v1.tar+gzip+encrypted', {
        annotations: { 'org.opencontainers.image.enc.keys.jwe': 'eyJ', 'org.opencontainers.image.enc.pubopts': 'eyJ' },
      }),
    ]),
    reads: asManifest(2),
  },
  {
    name: 'Windows image with foreign layers',
    contentType: docker,
    document: {
      schemaVersion: 2,
      mediaType: docker,
      config: described(dockerConfig),
      layers: [
        described('application/vnd.docker.image.rootfs.foreign.diff.tar.gzip', {
          urls: ['https://mcr.microsoft.com/v2/windows/blobs/x'],
        }),
        described(dockerGzip),
      ],
    },
    reads: asManifest(3, docker),
  },
  {
    name: 'OCI non-distributable layer',
    document: image(described(ociConfig), [
      described('application/vnd.oci.image.layer.nondistributable.v1.tar+gzip', {
        urls: ['https://example.com/layer'],
      }),
    ]),
    reads: asManifest(2),
  },
  {
    name: 'Helm chart with provenance',
    document: image(described('application/vnd.cncf.helm.config.v1+json'), [
      described('application/vnd.cncf.helm.chart.content.v1.tar+gzip'),
      described('application/vnd.cncf.helm.chart.provenance.v1.prov'),
    ]),
    reads: asManifest(3),
  },
  {
    name: 'WebAssembly module',
    document: image(described('application/vnd.wasm.config.v0+json'), [described('application/wasm')]),
    reads: asManifest(2),
  },
  {
    name: 'WebAssembly plug-in of Istio',
    document: image(described('application/vnd.wasm.config.v1+json'), [
      described('application/vnd.wasm.content.layer.v1+wasm'),
    ]),
    reads: asManifest(2),
  },
  {
    name: 'cosign signature under a .sig tag',
    document: image(described(ociConfig), [
      described('application/vnd.dev.cosign.simplesigning.v1+json', {
        annotations: { 'dev.cosignproject.cosign/signature': 'MEUC', 'dev.sigstore.cosign/bundle': '{"x":1}' },
      }),
    ]),
    reads: asManifest(2),
  },
  {
    name: 'cosign attestation',
    document: image(described(ociConfig), [
      described('application/vnd.dsse.envelope.v1+json', {
        annotations: { predicateType: 'https://slsa.dev/provenance/v1' },
      }),
    ]),
    reads: asManifest(2),
  },
  {
    name: 'sigstore bundle as a referrer',
    document: image(emptyJson, [described('application/vnd.dev.sigstore.bundle.v0.3+json')], {
      artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      subject,
      annotations: { 'org.opencontainers.image.created': '2026-01-01T00:00:00Z' },
    }),
    reads: asManifest(2),
  },
  {
    name: 'Notation signature',
    document: image(described('application/vnd.cncf.notary.signature'), [described('application/jose+json')], {
      subject,
    }),
    reads: asManifest(2),
  },
  {
    name: 'ORAS artifact with an empty config and an empty layer',
    document: image(emptyJson, [emptyJson], { artifactType: 'application/vnd.example.thing' }),
    reads: asManifest(2),
  },
  {
    name: 'ORAS files',
    document: image(emptyJson, [
      described('text/plain; charset=utf-8', { annotations: { 'org.opencontainers.image.title': 'read me.txt' } }),
      described('application/octet-stream'),
    ]),
    reads: asManifest(3),
  },
  {
    name: 'artifact manifest of OCI 1.1 release candidates',
    contentType: artifact,
    document: {
      mediaType: artifact,
      artifactType: 'application/spdx+json',
      blobs: [described('application/spdx+json')],
      subject,
    },
    reads: asManifest(1, artifact),
  },
  {
    name: 'artifact manifest without blobs',
    contentType: artifact,
    document: { mediaType: artifact, artifactType: 'application/vnd.example.mark', subject },
    reads: asManifest(0, artifact),
  },
  {
    name: 'BuildKit index with attestations',
    document: {
      schemaVersion: 2,
      mediaType: index,
      manifests: [entry('linux', 'amd64'), entry('linux', 'arm64', {}), attestationEntry],
    },
    reads: asIndex(3),
  },
  {
    name: 'BuildKit attestation as it was',
    document: image(described(ociConfig), [
      described('application/vnd.in-toto+json', {
        annotations: { 'in-toto.io/predicate-type': 'https://slsa.dev/provenance/v0.2' },
      }),
    ]),
    reads: asManifest(2),
  },
  {
    name: 'BuildKit attestation as an OCI artifact',
    document: image(
      emptyJson,
      [
        described('application/vnd.in-toto+json', {
          annotations: { 'in-toto.io/predicate-type': 'https://slsa.dev/provenance/v1' },
        }),
      ],
      { artifactType: 'application/vnd.docker.attestation.manifest.v1+json', subject },
    ),
    reads: asManifest(2),
  },
  {
    name: 'BuildKit cache',
    document: {
      schemaVersion: 2,
      mediaType: index,
      manifests: [
        described(gzip, {
          annotations: {
            'buildkit/createdat': '2026-01-01T00:00:00Z',
            'containerd.io/uncompressed': `sha256:${'3'.repeat(64)}`,
          },
        }),
        described('application/vnd.buildkit.cacheconfig.v0'),
      ],
    },
    reads: asIndex(2),
  },
  {
    name: 'index of indexes',
    document: { schemaVersion: 2, mediaType: index, manifests: [described(index), described(list), described(oci)] },
    reads: asIndex(3),
  },
  {
    name: 'empty index',
    document: { schemaVersion: 2, mediaType: index, manifests: [] },
    reads: asIndex(0),
  },
  {
    name: 'empty index that Go wrote as null',
    contentType: index,
    document: { schemaVersion: 2, manifests: null },
    reads: asIndex(0),
  },
  {
    name: 'referrers of an image, as an index',
    contentType: index,
    document: {
      schemaVersion: 2,
      mediaType: index,
      manifests: [described(oci, { artifactType: 'application/spdx+json', annotations: { a: 'b' } })],
    },
    reads: asIndex(1),
  },
  {
    name: 'index with an artifactType and a subject',
    document: {
      schemaVersion: 2,
      mediaType: index,
      artifactType: 'application/vnd.example.set',
      subject,
      manifests: [described(oci)],
    },
    reads: asIndex(1),
  },
  {
    name: 'index with the same child twice',
    document: (() => {
      const child = entry('linux', 'amd64');
      return { schemaVersion: 2, mediaType: index, manifests: [child, child] };
    })(),
    reads: asIndex(2),
  },
  {
    name: 'Flux artifact',
    document: image(described('application/vnd.cncf.flux.config.v1+json'), [
      described('application/vnd.cncf.flux.content.v1.tar+gzip'),
    ]),
    reads: asManifest(2),
  },
  {
    name: 'model of ModelPack',
    document: image(
      described('application/vnd.cncf.model.config.v1+json'),
      [described('application/vnd.cncf.model.weight.v1.raw')],
      {
        artifactType: 'application/vnd.cncf.model.manifest.v1+json',
      },
    ),
    reads: asManifest(2),
  },
  {
    name: 'manifest of an unknown type with a known structure',
    contentType: 'application/vnd.example.manifest.v9+json',
    document: { schemaVersion: 2, config: described(ociConfig), layers: [described(gzip)] },
    reads: asManifest(2, 'application/vnd.example.manifest.v9+json'),
  },
];
