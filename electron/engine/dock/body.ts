import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Exchange } from './exchange.ts';
import { refusal } from './refusal.ts';

/** The request's body as it comes; leaving the loop early keeps the connection, so that an answer can still be sent. */
export function bodyOf(exchange: Exchange): AsyncIterable<Uint8Array> {
  const { request, response } = exchange;
  if (/100-continue/i.test(request.headers.expect ?? '')) response.writeContinue();
  return request.iterator({ destroyOnReturn: false });
}

/** The whole body, refused with 413 as soon as it is known to be larger than `mostBytes`. */
export async function readBody(exchange: Exchange, mostBytes: number): Promise<Uint8Array> {
  const tooLarge = (): Error => refusal(413, 'SIZE_INVALID', `the body is larger than ${mostBytes} bytes`);
  if ((declaredBytes(exchange.request) ?? 0) > mostBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of bodyOf(exchange)) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > mostBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The body's length as its header says; undefined when it comes in chunks. */
export function declaredBytes(request: IncomingMessage): number | undefined {
  const header = request.headers['content-length'];
  return header === undefined ? undefined : Number(header);
}

/**
 * Sends one piece of the answer's body and waits until the client keeps up; false when the client is gone. `sent` is told when
 * nobody needs the piece any more.
 */
export async function sendPiece(exchange: Exchange, piece: Uint8Array, sent: () => void): Promise<boolean> {
  const { response, signal, pace } = exchange;
  try {
    await pace.take(piece.byteLength, signal);
    if (response.destroyed) return false;
    if (!response.write(piece, sent)) await once(response, 'drain', { signal });
    return true;
  } catch {
    return false;
  }
}
