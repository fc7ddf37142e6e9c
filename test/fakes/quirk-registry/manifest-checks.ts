import { types } from '../images.ts';
import type { Quirks } from './quirks.ts';
import type { RegistryState } from './state.ts';

/** A descriptor as far as the registry looks at it. */
export interface DescriptorDocument {
  readonly mediaType?: string;
  readonly digest?: string;
  readonly size?: number;
  readonly urls?: readonly string[];
  readonly platform?: { readonly os?: string };
}

/** A manifest or an index as far as the registry looks at it. */
export interface ManifestDocument {
  readonly schemaVersion?: number;
  readonly mediaType?: string;
  readonly artifactType?: string;
  readonly config?: DescriptorDocument;
  readonly layers?: readonly DescriptorDocument[];
  readonly manifests?: readonly DescriptorDocument[];
  readonly subject?: DescriptorDocument;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Why a manifest is not taken. */
export interface ManifestRefusal {
  readonly status: number;
  readonly errors: readonly object[];
}

const WELL_KNOWN_CONFIGS: readonly string[] = [types.ociConfig, types.dockerConfig];

/** Looks for a reason not to take a manifest; undefined if there is none. */
export function checkManifest(
  quirks: Quirks,
  state: RegistryState,
  repository: string,
  document: ManifestDocument,
  mediaType: string,
): ManifestRefusal | undefined {
  const refuse = (status: number, code: string, message: string): ManifestRefusal => ({
    status,
    errors: [{ code, message }],
  });
  const isDocker = mediaType.startsWith('application/vnd.docker.');
  if (quirks.dockerTypesRefused === true && isDocker) return refuse(415, 'MANIFEST_INVALID', 'unsupported media type');
  if (quirks.ociTypesRefused === true && !isDocker) return refuse(400, 'MANIFEST_INVALID', 'manifest invalid');
  if (document.mediaType !== undefined && document.mediaType !== mediaType) {
    return refuse(400, 'MANIFEST_INVALID', 'mediaType and Content-Type differ');
  }
  const configType = document.config?.mediaType;
  if (quirks.emptyConfigRefused === true && configType === types.empty) {
    return refuse(403, 'DENIED', `unknown manifest class for ${types.empty}`);
  }
  if (quirks.unknownConfigRefused === true && configType !== undefined && !WELL_KNOWN_CONFIGS.includes(configType)) {
    return refuse(400, 'MANIFEST_INVALID', `unknown media type: ${configType}`);
  }
  const children = document.manifests ?? [];
  if (quirks.unknownPlatformRefused === true && children.some((child) => child.platform?.os === 'unknown')) {
    return refuse(403, 'DENIED', 'unknown manifest class for platform unknown/unknown');
  }
  const stored = state.repository(repository);
  const subject = document.subject?.digest;
  if (quirks.absentSubjectRefused === true && subject !== undefined && !stored.manifests.has(subject)) {
    return refuse(404, 'MANIFEST_UNKNOWN', `subject ${subject} is unknown`);
  }
  if (quirks.incompleteAccepted === true) return undefined;
  const blobs = [...(document.config === undefined ? [] : [document.config]), ...(document.layers ?? [])];
  const absent = [
    ...blobs.filter((blob) => blob.urls === undefined && !stored.blobs.has(blob.digest ?? '')),
    ...(quirks.sparseAccepted === true ? [] : children.filter((child) => !isThere(stored, child.digest))),
  ];
  if (absent.length === 0) return undefined;
  const errors = absent.map(({ digest }) => ({
    code: 'MANIFEST_BLOB_UNKNOWN',
    message: 'blob unknown to registry',
    detail: { Digest: digest },
  }));
  return { status: 404, errors };
}

// An index may also point at a blob (image-spec: "descriptors of any content").
function isThere(stored: { manifests: Map<string, unknown>; blobs: Set<string> }, digest = ''): boolean {
  return stored.manifests.has(digest) || stored.blobs.has(digest);
}
