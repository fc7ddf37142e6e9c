import type { ImageDescription, ManifestDescription } from '../../contract/models.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { asObject } from '../../oci/fields.ts';
import { childrenOf, isAttestation, type Manifest } from '../../oci/manifest.ts';
import { isImageConfigType } from '../../oci/media-types.ts';
import { formatPlatform, isUnknownPlatform, type Platform, readPlatform } from '../../oci/platform.ts';
import { formatReference, type Reference } from '../../oci/reference.ts';
import { parseStrictJson } from '../../oci/strict-json.ts';
import { decodeUtf8 } from '../../oci/utf8.ts';
import type { Source } from '../ports/places.ts';
import { walkGraph } from './graph.ts';
import { readWhole } from './read-whole.ts';
import { RelatedImages } from './related.ts';

const maxConfigBytes = 8 * 1024 * 1024;

/** Describes an image: its manifests, platforms, layers and sizes, and where that is asked for what refers to it. */
export async function inspectImage(
  source: Source,
  reference: Reference,
  withReferrers: boolean,
  signal: AbortSignal,
): Promise<ImageDescription> {
  const name = reference.digest === undefined ? { tag: reference.tag ?? 'latest' } : { digest: reference.digest };
  const root = await source.manifest(name, signal);
  const { descriptor, document } = root;
  const graph = await walkGraph(source, root, signal);
  const entries = new Map<string, Descriptor>();
  for (const manifest of graph.manifests) {
    if (manifest.document.kind === 'index')
      for (const entry of manifest.document.manifests) entries.set(entry.digest, entry);
  }
  const manifests: ManifestDescription[] = [];
  for (const manifest of graph.manifests) {
    if (manifest.document.kind === 'index') continue;
    const entry = entries.get(manifest.descriptor.digest);
    const platform = entry === undefined ? await platformInConfig(source, manifest.document, signal) : entry.platform;
    manifests.push({
      digest: manifest.descriptor.digest,
      mediaType: manifest.descriptor.mediaType,
      isAttestation: entry !== undefined && isAttestation(entry),
      layers: manifest.document.layers.map(({ digest, mediaType, size }) => ({ digest, mediaType, size })),
      totalBytes: childrenOf(manifest.document).reduce((sum, child) => sum + child.size, 0),
      ...(platform === undefined || isUnknownPlatform(platform) ? {} : { platform: formatPlatform(platform) }),
    });
  }
  const related = withReferrers
    ? await new RelatedImages().of(source, descriptor.digest, signal)
    : { referrers: [], tags: [] };
  return {
    reference: formatReference(reference),
    digest: descriptor.digest,
    mediaType: descriptor.mediaType,
    size: descriptor.size,
    manifests,
    referrers: related.referrers.map(({ digest, artifactType, size }) => ({
      digest,
      artifactType: artifactType ?? '',
      size,
    })),
    cosignTags: related.tags,
    ...(document.artifactType === undefined ? {} : { artifactType: document.artifactType }),
  };
}

async function platformInConfig(
  source: Source,
  manifest: Manifest,
  signal: AbortSignal,
): Promise<Platform | undefined> {
  const { config } = manifest;
  if (config === undefined || !isImageConfigType(config.mediaType) || config.size > maxConfigBytes) return undefined;
  const bytes = await readWhole(source, config, signal);
  return readPlatform(asObject(parseStrictJson(decodeUtf8(bytes)), 'image config'));
}
