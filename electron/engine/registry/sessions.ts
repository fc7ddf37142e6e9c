import type { Descriptor } from '../../oci/descriptor.ts';
import { algorithmOf, isDigest } from '../../oci/digest.ts';
import { CopyError } from '../kernel/errors.ts';
import { lingering } from '../kernel/linger.ts';
import { namedPlace } from '../http/redirects.ts';
import { type ApiResponse, headerOf } from '../http/response.ts';
import type { UploadSession } from '../ports/places.ts';
import { deleteScope, mountScopes, pushScope } from '../rules/scopes.ts';
import { headBlob } from './blobs.ts';
import { obeyMinimum } from './chunk-size.ts';
import { apiPath, registryError, type RepositoryContext, type RepositoryRequest, send } from './context.ts';

/** How long a host may take to end a session; whoever was cancelled waits for it. */
const dropMs = 1200;
/** How long the answer to an opened session is waited for after a cancel, so that the session can be ended. */
const lingerMs = 600;

/** Opens an upload session. */
export async function openSession(
  context: RepositoryContext,
  blob: Descriptor,
  signal: AbortSignal,
): Promise<UploadSession> {
  // distribution-spec v1.1.1, "Pushing a blob monolithically": POST then PUT
  const response = await sendOpening(
    context,
    {
      method: 'POST',
      target: apiPath(context, 'blobs/uploads/'),
      op: 'upload.start',
      subject: `${context.path}@${blob.digest}`,
      headers: { 'content-length': '0' },
      // a session opened twice does no harm; the registry drops what is not used
      isIdempotent: true,
    },
    signal,
  );
  obeyMinimum(context, response);
  return { location: locationOf(context, response, undefined, blob) };
}

/** Asks the registry to take the blob over from `fromPath`. A refusal is no error: the session it opened, or false. */
export async function mountBlob(
  context: RepositoryContext,
  blob: Descriptor,
  fromPath: string,
  signal: AbortSignal,
): Promise<boolean | UploadSession> {
  const query = `mount=${encodeURIComponent(blob.digest)}&from=${encodeURIComponent(fromPath)}`;
  try {
    const response = await sendOpening(
      context,
      {
        method: 'POST',
        target: apiPath(context, `blobs/uploads/?${query}`),
        op: 'blob.mount',
        subject: `${context.path}@${blob.digest}`,
        headers: { 'content-length': '0' },
        scopes: mountScopes(context.path, fromPath),
        isIdempotent: true,
      },
      signal,
    );
    if (response.status === 201) return await isThere(context, response, blob, signal);
    return response.status === 202 && headerOf(response, 'location') !== undefined
      ? { location: locationOf(context, response, undefined, blob) }
      : false;
  } catch (thrown) {
    // Harbor answers 401 for a missing project (google/go-containerregistry#1393), Hub 400 for names it dislikes (#1679)
    const isRefusal = thrown instanceof CopyError && thrown.kind !== 'cancelled' && thrown.advice.do === 'never';
    if (isRefusal) return false;
    throw thrown;
  }
}

/** Sends what may open a session; a cancel does not cut off the answer that says where it is. */
async function sendOpening(
  context: RepositoryContext,
  request: RepositoryRequest,
  signal: AbortSignal,
): Promise<ApiResponse> {
  const patient = lingering(signal, lingerMs);
  try {
    return await send(context, request, patient.signal);
  } finally {
    patient.end();
  }
}

/**
 * Ends a session that is not needed any more, so that it costs no storage or quota (goharbor/harbor#17651); never fails.
 * Takes no signal: the session has to go also when the one for its upload has fired.
 */
export async function dropSession(context: RepositoryContext, session: UploadSession, blob: Descriptor): Promise<void> {
  const request = {
    method: 'DELETE',
    target: session.location,
    op: 'upload.cancel',
    subject: `${context.path}@${blob.digest}`,
    // distribution wants the right to delete for this
    scopes: [pushScope(context.path), deleteScope(context.path)],
    isIdempotent: false,
    withinMs: dropMs,
  } as const;
  await send(context, request, new AbortController().signal).catch(() => undefined);
}

/** The blob after a 201: believed when the answer repeats its digest, else looked at (RELIABILITY F-30, F-34). */
export async function isThere(
  context: RepositoryContext,
  response: ApiResponse,
  blob: Descriptor,
  signal: AbortSignal,
): Promise<boolean> {
  const stated = headerOf(response, 'docker-content-digest');
  if (stated === blob.digest) return true;
  // docker-registry answers sha256 to a push by sha512
  const isOther = stated !== undefined && isDigest(stated) && algorithmOf(stated) === algorithmOf(blob.digest);
  return !isOther && (await headBlob(context, blob, signal)) !== false;
}

/** The next place of an upload: the answer's Location, or the last one where an answer may leave it out (Azure ACR's PATCH). */
export function locationOf(
  context: RepositoryContext,
  response: ApiResponse,
  last: URL | undefined,
  blob: Descriptor,
): URL {
  const text = headerOf(response, 'location');
  const subject = `${context.path}@${blob.digest}`;
  if (text === undefined) {
    if (last !== undefined) return last;
    throw registryError(context, 'protocol', `opened an upload of ${subject} without saying where`, {
      op: 'upload.start',
      subject,
      advice: { do: 'again' },
    });
  }
  return namedPlace(text, response.url, {
    side: context.side,
    op: 'upload.start',
    subject,
    method: 'POST',
    host: context.host.name,
  });
}

/** The place with the digest added to whatever query it has; the query is signed, so it is not written anew (oras-dotnet#132). */
export function withDigest(location: URL, blob: Descriptor): URL {
  const joint = location.href.includes('?') ? (/[?&]$/.test(location.href) ? '' : '&') : '?';
  return new URL(`${location.href}${joint}digest=${encodeURIComponent(blob.digest)}`);
}
