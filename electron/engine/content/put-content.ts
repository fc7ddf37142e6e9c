import type { Descriptor } from '../../oci/descriptor.ts';
import { mediaTypes } from '../../oci/media-types.ts';
import { parseManifest } from '../../oci/manifest.ts';
import type { Library } from '../ports/library.ts';
import { digestOf } from './digest-of.ts';

/** Puts bytes that are in memory into a repository as a blob and gives their descriptor. */
export async function putBlob(
  library: Library,
  repository: string,
  bytes: Uint8Array,
  mediaType: string = mediaTypes.octetStream,
  signal: AbortSignal = new AbortController().signal,
): Promise<Descriptor> {
  const digest = digestOf(bytes);
  const upload = await library.beginUpload(repository, 'sha256', signal);
  try {
    await upload.append(bytes, signal);
    await upload.commit(digest, signal);
  } finally {
    await upload.abort();
  }
  return { mediaType, digest, size: bytes.byteLength };
}

/** Puts a manifest's original bytes into a repository, under `tag` if given, and gives its descriptor. */
export async function putManifest(
  library: Library,
  repository: string,
  raw: Uint8Array,
  tag?: string,
  signal: AbortSignal = new AbortController().signal,
): Promise<Descriptor> {
  const document = parseManifest(raw);
  const digest = digestOf(raw);
  await library.putManifest(repository, document, digest, tag, signal);
  return { mediaType: document.mediaType, digest, size: raw.byteLength };
}
