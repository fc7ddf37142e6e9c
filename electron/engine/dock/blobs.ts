import { algorithmOf, type Digest, isDigest } from '../../oci/digest.ts';
import { Digester } from '../content/digester.ts';
import type { ByteRange, StoredBlob } from '../ports/library.ts';
import { answerEmpty } from './answers.ts';
import { sendPiece } from './body.ts';
import { breakConnection } from './connection-end.ts';
import { entityTag, isUnchanged } from './conditions.ts';
import type { Exchange } from './exchange.ts';
import { parseRange } from './ranges.ts';
import { refusal } from './refusal.ts';

/** GET and HEAD of a blob, whole or one range of it (distribution-spec v1.1.1, "Pulling blobs"; RFC 9110, 14). */
export async function answerBlob(exchange: Exchange, repository: string, text: string): Promise<void> {
  const { request, response } = exchange;
  const blob = await exchange.library.blob(repository, blobDigest(text), exchange.signal);
  if (blob === undefined) throw blobUnknown();
  response.setHeader('Docker-Content-Digest', blob.digest);
  response.setHeader('ETag', entityTag(blob.digest));
  response.setHeader('Accept-Ranges', 'bytes');
  if (isUnchanged(request.headers['if-none-match'], blob.digest)) return answerEmpty(exchange, 304);
  // Always this type: a layer or a config may be something a browser would run (SECURITY S-REG-6).
  response.setHeader('Content-Type', 'application/octet-stream');
  if (request.method === 'HEAD') return answerEmpty(exchange, 200, { 'Content-Length': blob.sizeBytes });
  const range = parseRange(rangeHeader(exchange, blob.digest), blob.sizeBytes);
  if (range.kind === 'unsatisfiable') {
    throw refusal(416, 'SIZE_INVALID', 'the blob has no such bytes', { 'Content-Range': `bytes */${blob.sizeBytes}` });
  }
  if (range.kind === 'whole') return sendWhole(exchange, blob);
  await sendPart(exchange, blob, range.part);
}

/** DELETE of a blob. */
export async function deleteBlob(exchange: Exchange, repository: string, text: string): Promise<void> {
  const isDeleted = await exchange.library.deleteBlob(repository, blobDigest(text), exchange.signal);
  if (!isDeleted) throw blobUnknown();
  answerEmpty(exchange, 202);
}

function blobDigest(text: string): Digest {
  if (isDigest(text)) return text;
  throw refusal(400, 'DIGEST_INVALID', 'this is not a digest of sha256 or sha512');
}

function blobUnknown(): Error {
  return refusal(404, 'BLOB_UNKNOWN', 'the repository does not hold this blob');
}

/** A range that depends on another state of the blob is none (RFC 9110, 13.1.5). */
function rangeHeader({ request }: Exchange, digest: Digest): string | undefined {
  const condition = request.headers['if-range'];
  return condition === undefined || condition === entityTag(digest) ? request.headers.range : undefined;
}

/** Sends all of it, the last piece only once size and digest are right, so that rotten bytes never make a whole answer (S-REG-10). */
async function sendWhole(exchange: Exchange, blob: StoredBlob): Promise<void> {
  const { response, signal } = exchange;
  response.writeHead(200, { 'Content-Length': blob.sizeBytes });
  const digester = new Digester(algorithmOf(blob.digest));
  const pieces = blob.open(undefined, signal);
  let held: Uint8Array | undefined;
  for await (const piece of pieces) {
    digester.update(piece);
    if (digester.sizeBytes > blob.sizeBytes) break;
    const last = held;
    if (last !== undefined && !(await sendPiece(exchange, last, () => pieces.giveBack?.(last)))) return;
    held = piece;
  }
  if (digester.sizeBytes !== blob.sizeBytes || digester.digest() !== blob.digest)
    return breakOff(exchange, blob.digest);
  response.end(held);
}

async function sendPart(exchange: Exchange, blob: StoredBlob, part: ByteRange): Promise<void> {
  const { response, signal } = exchange;
  const sizeBytes = part.end - part.start;
  response.writeHead(206, {
    'Content-Length': sizeBytes,
    'Content-Range': `bytes ${part.start}-${part.end - 1}/${blob.sizeBytes}`,
  });
  let sentBytes = 0;
  const pieces = blob.open(part, signal);
  for await (const piece of pieces) {
    sentBytes += piece.byteLength;
    if (sentBytes > sizeBytes) break;
    if (!(await sendPiece(exchange, piece, () => pieces.giveBack?.(piece)))) return;
  }
  if (sentBytes !== sizeBytes) return breakOff(exchange, blob.digest);
  response.end();
}

/** Resets the connection, since a clean end would look like a whole blob, and has the content taken out of service. */
async function breakOff(exchange: Exchange, digest: Digest): Promise<void> {
  breakConnection(exchange.request.socket);
  await exchange.library.quarantine?.(digest);
}
