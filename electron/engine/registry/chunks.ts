import type { Descriptor } from '../../oci/descriptor.ts';
import { CopyError } from '../kernel/errors.ts';
import { type ApiResponse, headerOf } from '../http/response.ts';
import type { BlobReader } from '../ports/places.ts';
import { chunkBytesOf, halveChunks, obeyMinimum } from './chunk-size.ts';
import { registryError, type RepositoryContext, send } from './context.ts';
import { isThere, locationOf, withDigest } from './sessions.ts';

/** How often one piece is tried while none of its bytes arrive. */
const triesWithoutProgress = 3;

/**
 * Uploads a blob piece by piece. A piece is held until the registry has it, so one that was refused, cut or met an expired
 * token is sent again, smaller if need be, and the source is not asked twice.
 * `moved` is told every new place of the session.
 */
export async function sendChunks(
  context: RepositoryContext,
  blob: Descriptor,
  reader: BlobReader,
  start: URL,
  sent: (bytes: number) => void,
  signal: AbortSignal,
  moved: (location: URL) => void,
): Promise<void> {
  const subject = `${context.path}@${blob.digest}`;
  let location = start;
  let offset = 0;
  const move = (next: URL): void => {
    location = next;
    moved(next);
  };
  const wanted = (): number => Math.max(1, Math.min(chunkBytesOf(context), blob.size - offset));
  for await (const piece of piecesOf(reader, wanted)) {
    let done = 0;
    for (let tries = 0; done < piece.byteLength; ) {
      const size = Math.min(piece.byteLength - done, chunkBytesOf(context));
      const bytes = piece.subarray(done, done + size);
      try {
        const response = await patch(context, subject, location, bytes, offset, signal);
        move(locationOf(context, response, location, blob));
        obeyMinimum(context, response);
        done += size;
        offset += size;
        tries = 0;
        sent(size);
      } catch (thrown) {
        if (!(thrown instanceof CopyError) || ++tries > triesWithoutProgress) throw thrown;
        if (thrown.http?.status === 413) {
          halveChunks(context, thrown);
          continue;
        }
        const stored = await storedBytes(context, blob, thrown, subject, location, signal, move);
        // only a prefix of what we sent is ours to continue from
        if (stored < offset || stored > offset + size) throw asAgain(context, thrown, subject);
        if (stored > offset) tries = 0;
        else if (thrown.hint === 'line-broken' && tries > 1) halveChunks(context, thrown);
        sent(stored - offset);
        done += stored - offset;
        offset = stored;
      }
    }
  }
  await close(context, blob, subject, location, signal);
}

function patch(
  context: RepositoryContext,
  subject: string,
  location: URL,
  bytes: Uint8Array,
  offset: number,
  signal: AbortSignal,
): Promise<ApiResponse> {
  // distribution-spec v1.1.1, "Pushing a blob in chunks"; the range has no unit and no total
  const headers = {
    'content-type': 'application/octet-stream',
    'content-range': `${offset}-${offset + bytes.byteLength - 1}`,
  };
  const body = { kind: 'bytes', bytes } as const;
  const headersMs = context.limits.closingMs;
  return send(
    context,
    { method: 'PATCH', target: location, op: 'upload.chunk', subject, headers, body, headersMs, isIdempotent: false },
    signal,
  );
}

async function close(
  context: RepositoryContext,
  blob: Descriptor,
  subject: string,
  location: URL,
  signal: AbortSignal,
): Promise<void> {
  const response = await send(
    context,
    {
      method: 'PUT',
      target: withDigest(location, blob),
      op: 'upload.put',
      subject,
      headers: { 'content-length': '0', 'content-type': 'application/octet-stream' },
      headersMs: context.limits.closingMs,
      isIdempotent: false,
    },
    signal,
  );
  if (await isThere(context, response, blob, signal)) return;
  throw registryError(context, 'integrity', `accepted ${subject} and does not hold it`, {
    op: 'upload.put',
    subject,
    advice: { do: 'again' },
  });
}

/**
 * How many bytes the session holds after a piece went wrong; rethrows when the session is lost.
 * registry 2.x cancels a session when asked (distribution PR #3755), so the answer may be that there is none.
 */
async function storedBytes(
  context: RepositoryContext,
  blob: Descriptor,
  cause: CopyError,
  subject: string,
  location: URL,
  signal: AbortSignal,
  move: (next: URL) => void,
): Promise<number> {
  const isAmbiguous = cause.http?.status === 416 || cause.advice.do !== 'never';
  if (!isAmbiguous) throw cause;
  const request = { method: 'GET', target: location, op: 'upload.status', subject, isIdempotent: true } as const;
  const response = await send(context, request, signal).catch(() => undefined);
  // 0-0 may mean none or one byte
  const last = /^(?:bytes[= ])?0-(\d+)$/.exec((response && headerOf(response, 'range')) ?? '')?.[1];
  if (response === undefined || last === undefined || last === '0') throw asAgain(context, cause, subject);
  move(locationOf(context, response, location, blob));
  return Number(last) + 1;
}

function asAgain(context: RepositoryContext, cause: CopyError, subject: string): CopyError {
  const what = `lost the upload of ${subject}: ${cause.message}`;
  return registryError(context, cause.kind, what, { op: 'upload.chunk', subject, advice: { do: 'again' }, cause });
}

/** The stream in pieces of exactly the wanted size, the last one as long as it is. One piece is held at a time. */
async function* piecesOf(reader: BlobReader, wantedBytes: () => number): AsyncGenerator<Uint8Array, void, undefined> {
  let piece = Buffer.alloc(0);
  let filled = 0;
  for await (const chunk of reader) {
    for (let at = 0; at < chunk.byteLength; ) {
      if (filled === 0) piece = Buffer.allocUnsafe(wantedBytes());
      const part = chunk.subarray(at, at + piece.byteLength - filled);
      piece.set(part, filled);
      filled += part.byteLength;
      at += part.byteLength;
      if (filled < piece.byteLength) continue;
      yield piece;
      filled = 0;
    }
  }
  if (filled > 0) yield piece.subarray(0, filled);
}
