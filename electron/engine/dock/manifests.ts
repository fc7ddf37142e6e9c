import { algorithmOf, type Digest, isDigest } from '../../oci/digest.ts';
import { type ManifestDocument, parseManifest } from '../../oci/manifest.ts';
import { isIndexType, isManifestType, mediaTypes } from '../../oci/media-types.ts';
import { OciError } from '../../oci/oci-error.ts';
import { isTag } from '../../oci/reference.ts';
import { digestOf } from '../content/digest-of.ts';
import { answerBytes, answerEmpty } from './answers.ts';
import { readBody } from './body.ts';
import { assertClosure } from './closure.ts';
import { breakConnection } from './connection-end.ts';
import { entityTag, isUnchanged } from './conditions.ts';
import type { Exchange } from './exchange.ts';
import { refusal } from './refusal.ts';

// Types of other tools' manifests are served as they came as long as they are JSON; nothing else is (SECURITY S-REG-6).
const otherManifestType = /^application\/[a-z0-9][a-z0-9.+_-]*\+json$/;

/** GET and HEAD of a manifest: the bytes and the type it was pushed with (distribution-spec v1.1.1, "Pulling manifests"). */
export async function answerManifest(exchange: Exchange, repository: string, reference: string): Promise<void> {
  const { request, response, library, signal } = exchange;
  if (reference.includes(':')) checkDigest(reference);
  const isWellFormed = isDigest(reference) || isTag(reference);
  const manifest = isWellFormed ? await library.manifest(repository, reference, signal) : undefined;
  if (manifest === undefined) throw manifestUnknown();
  const { digest, bytes } = manifest;
  if (digestOf(bytes, algorithmOf(digest)) !== digest) {
    await library.quarantine?.(digest);
    breakConnection(request.socket);
    return;
  }
  response.setHeader('Docker-Content-Digest', digest);
  response.setHeader('ETag', entityTag(digest));
  if (isUnchanged(request.headers['if-none-match'], digest)) return answerEmpty(exchange, 304);
  const mediaType = isServedType(manifest.mediaType) ? manifest.mediaType : mediaTypes.octetStream;
  answerBytes(response, 200, bytes, { 'Content-Type': mediaType });
}

/** PUT of a manifest whose closure the repository holds (distribution-spec v1.1.1, "Pushing Manifests"). */
export async function putManifest(exchange: Exchange, repository: string, reference: string): Promise<void> {
  const { request, library, limits, signal } = exchange;
  const named = reference.includes(':') ? checkDigest(reference) : undefined;
  if (named === undefined && !isTag(reference)) throw refusal(400, 'MANIFEST_INVALID', 'this is not a tag');
  const raw = await readBody(exchange, limits.manifestBytes);
  const digest = digestOf(raw, named === undefined ? 'sha256' : algorithmOf(named));
  if (named !== undefined && named !== digest) {
    throw refusal(400, 'DIGEST_INVALID', 'the manifest does not have the digest it is pushed under');
  }
  const document = readManifest(raw, request.headers['content-type']);
  await assertClosure(exchange, repository, document);
  await library.putManifest(repository, document, digest, named === undefined ? reference : undefined, signal);
  answerEmpty(exchange, 201, {
    Location: `/v2/${repository}/manifests/${digest}`,
    'Docker-Content-Digest': digest,
    ...(document.subject === undefined ? {} : { 'OCI-Subject': document.subject.digest }),
  });
}

/** DELETE of a tag, or of a manifest with all its tags. */
export async function deleteManifest(exchange: Exchange, repository: string, reference: string): Promise<void> {
  const { library, signal } = exchange;
  if (reference.includes(':')) checkDigest(reference);
  const isDeleted = isDigest(reference)
    ? await library.deleteManifest(repository, reference, signal)
    : isTag(reference) && (await library.deleteTag(repository, reference, signal));
  if (!isDeleted) throw manifestUnknown();
  answerEmpty(exchange, 202);
}

function readManifest(raw: Uint8Array, contentType: string | undefined): ManifestDocument {
  try {
    const document = parseManifest(raw, contentType);
    if (isServedType(document.mediaType)) return document;
    throw new OciError('manifests of this type are not taken', 'unsupported');
  } catch (error) {
    if (!(error instanceof OciError)) throw error;
    throw refusal(400, 'MANIFEST_INVALID', error.message);
  }
}

function isServedType(mediaType: string): boolean {
  return isIndexType(mediaType) || isManifestType(mediaType) || otherManifestType.test(mediaType);
}

function checkDigest(text: string): Digest {
  if (isDigest(text)) return text;
  throw refusal(400, 'DIGEST_INVALID', 'this is not a digest of sha256 or sha512');
}

function manifestUnknown(): Error {
  return refusal(404, 'MANIFEST_UNKNOWN', 'the repository does not hold this manifest');
}
