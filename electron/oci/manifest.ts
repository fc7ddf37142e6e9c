import { type Descriptor, readDescriptor } from './descriptor.ts';
import {
  asObject,
  field,
  type JsonObject,
  optionalObjects,
  optionalString,
  readAnnotations,
  refuseLookalikes,
} from './fields.ts';
import { bareMediaType, isGenericType, isIndexType, isManifestType, isSchema1Type, mediaTypes } from './media-types.ts';
import { OciError, quoted } from './oci-error.ts';
import { isUnknownPlatform } from './platform.ts';
import { parseStrictJson } from './strict-json.ts';
import { decodeUtf8 } from './utf8.ts';

interface Common {
  /** The bytes as they came; they are what is copied and hashed. */
  readonly raw: Uint8Array;
  readonly mediaType: string;
  readonly artifactType?: string;
  /** The manifest this one is about (image-spec v1.1.1, "subject"). */
  readonly subject?: Descriptor;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A manifest with its config and layers; an artifact manifest has blobs as layers and no config. */
export interface Manifest extends Common {
  readonly kind: 'manifest';
  readonly config?: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** An image index or a manifest list. */
export interface Index extends Common {
  readonly kind: 'index';
  readonly manifests: readonly Descriptor[];
}

/** What a manifest request can answer. */
export type ManifestDocument = Manifest | Index;

/** The most bytes a manifest may have; registries accept at least 4 MiB (distribution-spec v1.1.1, "Pushing Manifests"). */
export const maxManifestBytes: number = 8 * 1024 * 1024;
/** The most entries an index may have before it is refused. */
export const maxIndexEntries = 1000;

const known: ReadonlySet<string> = new Set([
  'schemaVersion',
  'mediaType',
  'artifactType',
  'config',
  'layers',
  'blobs',
  'manifests',
  'subject',
  'annotations',
  'fsLayers',
]);

/**
 * Reads a manifest or index for looking at, never for writing back.
 * `contentType` is the answer's header; a type in the body that contradicts it is refused (CVE-2021-41190).
 * Throws OciError: `unsupported` for schema 1 and for documents whose structure is none we know.
 */
export function parseManifest(raw: Uint8Array, contentType?: string): ManifestDocument {
  if (raw.byteLength > maxManifestBytes) throw new OciError(`manifest is larger than ${maxManifestBytes} bytes`);
  const object = asObject(parseStrictJson(decodeUtf8(raw)), 'manifest');
  refuseLookalikes(object, known, 'manifest');
  const mediaType = agreeOnMediaType(object, bareMediaType(contentType));
  const subjectValue = field(object, 'subject');
  const annotations = readAnnotations(object);
  const artifactType = optionalString(object, 'artifactType');
  const common = {
    raw,
    mediaType,
    ...(artifactType ? { artifactType } : {}),
    ...(subjectValue === undefined ? {} : { subject: readDescriptor(subjectValue, 'subject') }),
    ...(annotations ? { annotations } : {}),
  };
  const document: ManifestDocument = isIndexType(mediaType)
    ? { kind: 'index', ...common, manifests: readIndexEntries(object) }
    : { kind: 'manifest', ...common, ...readContents(object) };
  refuseTwoSizes(document);
  return document;
}

/** Every descriptor a manifest or index needs at its destination: config and layers, or child manifests; not the subject. */
export function childrenOf(document: ManifestDocument): readonly Descriptor[] {
  if (document.kind === 'index') return document.manifests;
  return document.config ? [document.config, ...document.layers] : document.layers;
}

/** True for an entry of an index that holds BuildKit's provenance or SBOM of another entry. */
export function isAttestation(entry: Descriptor): boolean {
  if (entry.artifactType === mediaTypes.dockerAttestation) return true;
  const marked = entry.annotations?.['vnd.docker.reference.type'] !== undefined;
  return marked && (entry.platform === undefined || isUnknownPlatform(entry.platform));
}

function agreeOnMediaType(object: JsonObject, header: string): string {
  const inBody = bareMediaType(optionalString(object, 'mediaType'));
  const shape = shapeOf(object);
  if (isSchema1Type(inBody) || isSchema1Type(header) || shape === 'schema1') {
    throw new OciError('manifest is of the old schema 1, which cannot be carried unchanged', 'schema1');
  }
  if (inBody && !isGenericType(header) && header !== inBody) {
    throw new OciError(`manifest says it is ${quoted(inBody)} and its header says ${quoted(header)}`);
  }
  const stated = inBody || (isGenericType(header) ? '' : header);
  const mediaType = stated || (shape === 'index' ? mediaTypes.ociIndex : mediaTypes.ociManifest);
  if ((isIndexType(mediaType) && shape !== 'index') || (isManifestType(mediaType) && shape !== 'manifest')) {
    throw new OciError(`document of type ${quoted(mediaType)} does not have that type's fields`);
  }
  if (!isIndexType(mediaType) && shape === 'index') {
    throw new OciError(`an index of the unknown type ${quoted(mediaType)} cannot be carried`, 'unsupported');
  }
  return mediaType;
}

function shapeOf(object: JsonObject): 'index' | 'manifest' | 'schema1' {
  const has = (name: string): boolean => field(object, name) !== undefined;
  const isManifest = has('config') || has('layers') || has('blobs');
  // Go writes an empty list as null.
  const isIndex = has('manifests') || (!isManifest && Object.hasOwn(object, 'manifests'));
  if (isIndex && isManifest) throw new OciError('document has the fields of an index and of a manifest');
  if (has('layers') && has('blobs')) throw new OciError('document has the fields of an image and of an artifact');
  if ((isIndex || isManifest) && has('fsLayers')) throw new OciError('document has the fields of two schemas');
  if (isIndex) return 'index';
  if (isManifest) return 'manifest';
  if (has('fsLayers')) return 'schema1';
  if (optionalString(object, 'mediaType') === mediaTypes.ociArtifactManifest) return 'manifest';
  throw new OciError('document is neither a manifest nor an index', 'unsupported');
}

function readIndexEntries(object: JsonObject): readonly Descriptor[] {
  const entries = optionalObjects(object, 'manifests') ?? [];
  if (entries.length > maxIndexEntries) throw new OciError(`index has more than ${maxIndexEntries} entries`);
  return entries.map((entry, at) => readDescriptor(entry, `entry ${at + 1} of the index`));
}

function readContents(object: JsonObject): Pick<Manifest, 'config' | 'layers'> {
  const config = field(object, 'config');
  const layers = optionalObjects(object, 'layers') ?? optionalObjects(object, 'blobs') ?? [];
  return {
    ...(config === undefined ? {} : { config: readDescriptor(config, 'config') }),
    layers: layers.map((layer, at) => readDescriptor(layer, `layer ${at + 1}`)),
  };
}

function refuseTwoSizes(document: ManifestDocument): void {
  const sizes = new Map<string, number>();
  for (const child of childrenOf(document)) {
    const size = sizes.get(child.digest);
    if (size !== undefined && size !== child.size) throw new OciError(`${child.digest} is given two sizes`);
    sizes.set(child.digest, child.size);
  }
}
