import type { Descriptor } from '../../oci/descriptor.ts';
import { algorithmOf, type Digest, isDigest } from '../../oci/digest.ts';
import { parseManifest, maxManifestBytes } from '../../oci/manifest.ts';
import { acceptedManifests, bareMediaType, isGenericType } from '../../oci/media-types.ts';
import { digestOf } from '../content/digest-of.ts';
import { asCopyError, CopyError } from '../kernel/errors.ts';
import { type ApiResponse, headerOf } from '../http/response.ts';
import type { ManifestName, Published, ResolvedManifest } from '../ports/places.ts';
import { apiPath, refuseHtml, registryError, type RepositoryContext, send } from './context.ts';

/** Answers to a HEAD that a GET explains: an error has no body there. */
const unexplained = [400, 401, 403, 404, 405, 409, 412, 501];

/** What a tag or digest stands for by HEAD; undefined when nothing is there. Asks by GET where HEAD does not say it all. */
export async function headManifest(
  context: RepositoryContext,
  name: ManifestName,
  signal: AbortSignal,
): Promise<Descriptor | undefined> {
  const response = await send(
    context,
    {
      method: 'HEAD',
      target: apiPath(context, `manifests/${nameText(name)}`),
      op: 'manifest.head',
      subject: subjectOf(context, name),
      headers: { accept: acceptedManifests },
      isIdempotent: true,
      accept: unexplained,
    },
    signal,
  );
  if (response.status === 404) return undefined;
  const digest = headerOf(response, 'docker-content-digest');
  const size = Number(headerOf(response, 'content-length') ?? Number.NaN);
  const mediaType = bareMediaType(headerOf(response, 'content-type'));
  const isTold =
    response.status === 200 && digest !== undefined && isDigest(digest) && Number.isSafeInteger(size) && size > 0;
  if (isTold && !isGenericType(mediaType)) {
    const asked = 'digest' in name ? name.digest : undefined;
    if (asked === undefined || asked === digest) return { mediaType, digest, size };
    if (algorithmOf(asked) !== algorithmOf(digest)) return { mediaType, digest: asked, size };
  }
  return (await getManifest(context, name, signal).catch(unlessNotFound))?.descriptor;
}

/** The manifest with its bytes hashed; throws `not-found`, and `integrity` when the bytes were twice others than asked for. */
export async function getManifest(
  context: RepositoryContext,
  name: ManifestName,
  signal: AbortSignal,
): Promise<ResolvedManifest> {
  try {
    return await fetchManifest(context, name, signal);
  } catch (thrown) {
    if (!(thrown instanceof CopyError)) throw thrown;
    if (thrown.kind === 'not-found' && 'tag' in name) throw noSuchTag(context, name.tag, thrown);
    if (thrown.kind !== 'integrity') throw thrown;
    // the line may have changed them (RELIABILITY F-09)
    return fetchManifest(context, name, signal);
  }
}

/** The error of a tag that is not there. */
export function noSuchTag(context: RepositoryContext, tag: string, cause?: CopyError): CopyError {
  const subject = `${context.path}:${tag}`;
  return registryError(context, 'not-found', `has no ${subject}`, {
    op: 'manifest.get',
    subject,
    ...(cause === undefined ? {} : { cause, codes: cause.codes }),
    ...(cause?.http === undefined ? {} : { http: cause.http }),
    ...(cause?.hint === undefined ? {} : { hint: cause.hint }),
  });
}

async function fetchManifest(
  context: RepositoryContext,
  name: ManifestName,
  signal: AbortSignal,
): Promise<ResolvedManifest> {
  const subject = subjectOf(context, name);
  const response = await send(
    context,
    {
      method: 'GET',
      target: apiPath(context, `manifests/${nameText(name)}`),
      op: 'manifest.get',
      subject,
      headers: { accept: acceptedManifests },
      isIdempotent: true,
      maxBytes: maxManifestBytes,
    },
    signal,
  );
  refuseHtml(context, response, { op: 'manifest.get', subject });
  const digest = checkedDigest(context, response, name, subject);
  try {
    const hinted = 'digest' in name ? name.mediaType : undefined;
    const header = bareMediaType(headerOf(response, 'content-type'));
    const document = parseManifest(response.body, isGenericType(header) ? hinted : header);
    return { descriptor: { mediaType: document.mediaType, digest, size: response.body.byteLength }, document };
  } catch (thrown) {
    throw asCopyError(thrown, { side: context.side, op: 'manifest.get', subject });
  }
}

/** Puts the manifest's own bytes under its digest, or under `tag`. Blobs and children must be there. */
export async function putManifest(
  context: RepositoryContext,
  manifest: ResolvedManifest,
  tag: string | undefined,
  signal: AbortSignal,
): Promise<Published> {
  const { descriptor, document } = manifest;
  const subject = tag === undefined ? `${context.path}@${descriptor.digest}` : `${context.path}:${tag}`;
  // distribution-spec v1.1.1, "Pushing Manifests"
  const sending = send(
    context,
    {
      method: 'PUT',
      target: apiPath(context, `manifests/${tag ?? descriptor.digest}`),
      op: 'manifest.put',
      subject,
      headers: { 'content-type': descriptor.mediaType },
      body: { kind: 'bytes', bytes: document.raw },
      isIdempotent: true,
    },
    signal,
  );
  const response = await sending.catch((thrown: unknown) => unlessStored(context, descriptor, tag, thrown, signal));
  if (response === undefined) return { listsSubject: false };
  const stored = headerOf(response, 'docker-content-digest');
  if (
    stored !== undefined &&
    isDigest(stored) &&
    algorithmOf(stored) === algorithmOf(descriptor.digest) &&
    stored !== descriptor.digest
  ) {
    throw registryError(context, 'integrity', `stored ${subject} as ${stored} instead of ${descriptor.digest}`, {
      op: 'manifest.put',
      subject,
    });
  }
  return { listsSubject: headerOf(response, 'oci-subject') !== undefined };
}

/**
 * A PUT whose acknowledgement was lost may have been done, and its repetition then meets its own tag: the registry is asked
 * before failure is reported (RELIABILITY F-33, INV-9).
 */
async function unlessStored(
  context: RepositoryContext,
  { digest, size, mediaType }: Descriptor,
  tag: string | undefined,
  thrown: unknown,
  signal: AbortSignal,
): Promise<undefined> {
  const isUnclear =
    thrown instanceof CopyError &&
    (thrown.kind === 'conflict' || thrown.kind === 'timeout' || thrown.hint === 'line-broken');
  if (!isUnclear || signal.aborted) throw thrown;
  const name = tag === undefined ? { digest, size, mediaType } : { tag };
  const found = await headManifest(context, name, signal).catch(() => undefined);
  if (found?.digest !== digest) throw thrown;
}

function nameText(name: ManifestName): string {
  return 'tag' in name ? name.tag : name.digest;
}

function subjectOf(context: RepositoryContext, name: ManifestName): string {
  return 'tag' in name ? `${context.path}:${name.tag}` : `${context.path}@${name.digest}`;
}

function unlessNotFound(thrown: unknown): undefined {
  if (thrown instanceof CopyError && thrown.kind === 'not-found') return undefined;
  throw thrown;
}

/** The digest of the bytes received: as asked, or as the header says, or plainly sha256 (RELIABILITY F-44). */
function checkedDigest(context: RepositoryContext, response: ApiResponse, name: ManifestName, subject: string): Digest {
  const stated = headerOf(response, 'docker-content-digest');
  const inHeader = stated !== undefined && isDigest(stated) ? stated : undefined;
  const expected = 'digest' in name ? name.digest : inHeader;
  const actual = digestOf(response.body, expected === undefined ? 'sha256' : algorithmOf(expected));
  const size = 'digest' in name ? name.size : undefined;
  if (expected !== undefined && expected !== actual) {
    throw registryError(context, 'integrity', `sent ${actual} for ${subject} instead of ${expected}`, {
      op: 'manifest.get',
      subject,
    });
  }
  if (size !== undefined && size !== response.body.byteLength) {
    const what = `sent ${response.body.byteLength} bytes for ${subject}, which is described as ${size} bytes`;
    throw registryError(context, 'integrity', what, { op: 'manifest.get', subject });
  }
  return actual;
}
