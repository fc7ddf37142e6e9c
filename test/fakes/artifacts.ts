import { blobOf, layerBlob, type SampleBlob } from './sample-blob.ts';
import {
  amd64,
  arm64,
  armv7,
  descriptorOf,
  emptyJson,
  image,
  index,
  manifestOf,
  types,
  type Flavour,
  type IndexEntry,
  type SampleManifest,
} from './images.ts';

/** An OCI artifact: empty config, `artifactType`, any blobs; with `subject` it is a referrer. */
export function artifact(options: {
  artifactType: string;
  blobs?: readonly SampleBlob[];
  subject?: SampleManifest;
  annotations?: Readonly<Record<string, string>>;
}): SampleManifest {
  const { artifactType, subject, annotations } = options;
  const blobs = options.blobs ?? [emptyJson];
  const document = {
    schemaVersion: 2,
    mediaType: types.ociManifest,
    artifactType,
    config: descriptorOf(emptyJson),
    layers: blobs.map((blob) => descriptorOf(blob)),
    ...(subject === undefined ? {} : { subject: descriptorOf(subject) }),
    ...(annotations === undefined ? {} : { annotations }),
  };
  return manifestOf(document, types.ociManifest, { blobs: [emptyJson, ...blobs] });
}

/** A signature that refers to its image by `subject` (Notation, cosign with referrers). */
export function signature(subject: SampleManifest, seed = 'signature'): SampleManifest {
  const envelope = blobOf(`{"signed":"${subject.digest}","by":"${seed}"}`, 'application/jose+json');
  const artifactType = 'application/vnd.cncf.notary.signature';
  return artifact({ artifactType, blobs: [envelope], subject, annotations: { 'io.cncf.notary.x509chain': seed } });
}

/** A bill of materials that refers to its image, or to another referrer, by `subject`. */
export function sbom(subject: SampleManifest, seed = 'sbom'): SampleManifest {
  const document = blobOf(`{"bomFormat":"CycloneDX","serialNumber":"${seed}"}`, 'application/vnd.cyclonedx+json');
  return artifact({ artifactType: 'application/vnd.cyclonedx+json', blobs: [document], subject });
}

/** A signature of cosign's tag scheme and the tag it lives under, `sha256-<hex>.sig`. */
export function cosignSignature(of: SampleManifest, suffix = 'sig'): { tag: string; content: SampleManifest } {
  const payload = JSON.stringify({ critical: { image: { 'docker-manifest-digest': of.digest } } });
  const layer = blobOf(payload, 'application/vnd.dev.cosign.simplesigning.v1+json');
  const config = blobOf(JSON.stringify({ rootfs: { type: 'layers', diff_ids: [layer.digest] } }), types.ociConfig);
  const annotations = { 'dev.cosignproject.cosign/signature': Buffer.from(of.digest).toString('base64') };
  const document = {
    schemaVersion: 2,
    mediaType: types.ociManifest,
    config: descriptorOf(config),
    layers: [descriptorOf(layer, { annotations })],
  };
  const content = manifestOf(document, types.ociManifest, { blobs: [config, layer] });
  return { tag: `${of.digest.replace(':', '-')}.${suffix}`, content };
}

/** Which shape a BuildKit attestation has: a pseudo image, or the OCI artifact that BuildKit makes since 2026. */
export type AttestationShape = 'image' | 'artifact';

/** The attestation of `of` as an index entry with platform unknown/unknown (moby/buildkit PR #6914 for `artifact`). */
export function attestation(of: SampleManifest, shape: AttestationShape = 'image'): IndexEntry {
  const statement = blobOf(
    JSON.stringify({ _type: 'https://in-toto.io/Statement/v0.1', subject: [{ digest: of.digest }] }),
    'application/vnd.in-toto+json',
  );
  const layer = descriptorOf(statement, {
    annotations: { 'in-toto.io/predicate-type': 'https://slsa.dev/provenance/v0.2' },
  });
  const pseudo = { architecture: 'unknown', os: 'unknown', rootfs: { type: 'layers', diff_ids: [statement.digest] } };
  const config = shape === 'artifact' ? emptyJson : blobOf(JSON.stringify(pseudo), types.ociConfig);
  const document = {
    schemaVersion: 2,
    mediaType: types.ociManifest,
    ...(shape === 'artifact' ? { artifactType: 'application/vnd.docker.attestation.manifest.v1+json' } : {}),
    config: descriptorOf(config),
    layers: [layer],
    ...(shape === 'artifact' ? { subject: descriptorOf(of) } : {}),
  };
  const manifest = manifestOf(document, types.ociManifest, { blobs: [config, statement] });
  const annotations = {
    'vnd.docker.reference.digest': of.digest,
    'vnd.docker.reference.type': 'attestation-manifest',
  };
  return { manifest, extra: { platform: { architecture: 'unknown', os: 'unknown' }, annotations } };
}

/** An index of three platforms that share a base layer, with attestations if asked. */
export function multiPlatform(
  options: { seed?: string; flavour?: Flavour; attestations?: AttestationShape; layerBytes?: number } = {},
): SampleManifest {
  const { seed = 'multi', flavour = 'oci', layerBytes = 4096 } = options;
  const base = layerBlob(layerBytes, `${seed}-base`, flavour === 'docker' ? types.dockerLayer : types.ociLayer);
  const images = [amd64, arm64, armv7].map((platform) =>
    image({ seed: `${seed}-${platform.architecture}`, platform, flavour, layers: [base, layerBytes] }),
  );
  const { attestations } = options;
  const extra = attestations === undefined ? [] : images.map((of) => attestation(of, attestations));
  return index([...images, ...extra], { flavour });
}

/** An index inside an index, next to an image; the same child stands twice in the outer one. */
export function nestedIndex(seed = 'nested'): SampleManifest {
  const single = image({ seed: `${seed}-single` });
  return index([single, multiPlatform({ seed }), single]);
}

/** A Helm chart with a provenance file. */
export function helmChart(name = 'chart', version = '1.0.0'): SampleManifest {
  const config = blobOf(
    JSON.stringify({ name, version, apiVersion: 'v2' }),
    'application/vnd.cncf.helm.config.v1+json',
  );
  const chart = layerBlob(2048, `helm-${name}-${version}`, 'application/vnd.cncf.helm.chart.content.v1.tar+gzip');
  const proof = blobOf(`signed ${name} ${version}`, 'application/vnd.cncf.helm.chart.provenance.v1.prov');
  const layers = [descriptorOf(chart), descriptorOf(proof)];
  const document = { schemaVersion: 2, config: descriptorOf(config), layers };
  return manifestOf(document, types.ociManifest, { blobs: [config, chart, proof] });
}

/** An image without any layer. */
export function zeroLayerImage(seed = 'zero'): SampleManifest {
  return image({ seed, layers: [] });
}

/** An image with one layer at home and one foreign, whose bytes are only said to be at `urls`. */
export function foreignLayerImage(
  urls: readonly string[],
  seed = 'foreign',
  flavour: Flavour = 'docker',
): SampleManifest {
  const mediaType = flavour === 'docker' ? types.dockerForeign : types.ociForeign;
  const foreign = { ...layerBlob(4096, `${seed}-foreign`, mediaType), urls };
  const own = layerBlob(4096, `${seed}-own`, flavour === 'docker' ? types.dockerLayer : types.ociLayer);
  return image({ seed, flavour, layers: [foreign, own] });
}

/** A schema 1 manifest of the shape old registries convert to; its signature is not a real one. */
export function schema1(repository: string, tag: string, layers: readonly SampleBlob[]): SampleManifest {
  const document = {
    schemaVersion: 1,
    name: repository,
    tag,
    architecture: 'amd64',
    fsLayers: layers.map((layer) => ({ blobSum: layer.digest })),
    history: layers.map((layer) => ({ v1Compatibility: JSON.stringify({ id: layer.digest.slice(7) }) })),
    signatures: [{ header: { alg: 'ES256' }, signature: 'none', protected: 'none' }],
  };
  return manifestOf(document, types.schema1, { blobs: layers });
}
