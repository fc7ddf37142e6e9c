import type { RateLimits } from './rate-limit.ts';
import type { IdleWatch } from './watch.ts';

/** A request body: bytes that can be sent again, or a stream that flows once. */
export type RequestBody =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'stream'; readonly sizeBytes: number; readonly chunks: AsyncIterable<Uint8Array> };

/** How long the line may take for a piece, and for the answer once all has been sent. */
interface Pace {
  readonly headersMs: number;
  readonly idleMs: number;
}

/** In pieces of this size bodies are handed to the line, so that a line that takes nothing is noticed. */
const pieceBytes = 64 * 1024;

/** How many bytes a body has. */
export function sizeOf(body: RequestBody | undefined): number {
  if (body === undefined) return 0;
  return body.kind === 'bytes' ? body.bytes.byteLength : body.sizeBytes;
}

/** True for bodies that are sent piece by piece. */
export function flows(body: RequestBody | undefined): boolean {
  return body?.kind === 'stream' || (body?.bytes.byteLength ?? 0) > pieceBytes;
}

/** The headers of a request with that body. */
export function headersOf(
  headers: Readonly<Record<string, string>>,
  body: RequestBody | undefined,
): Readonly<Record<string, string>> {
  return body === undefined ? headers : { ...headers, 'content-length': String(sizeOf(body)) };
}

/** The body as the line takes it: bytes, or pieces that `watch` is told of and that pay what `rates` asks. */
export function wireBody(
  body: RequestBody | undefined,
  pace: Pace,
  rates: RateLimits | undefined,
  watch: IdleWatch,
  signal: AbortSignal,
): Uint8Array | AsyncIterable<Uint8Array> | null {
  if (body === undefined) return null;
  if (body.kind === 'stream') return watched(body.chunks, pace, rates, watch, signal);
  if (flows(body)) return watched(piecesOf(body.bytes), pace, rates, watch, signal);
  rates?.sent.spend(body.bytes.byteLength);
  return body.bytes;
}

function* piecesOf(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.byteLength; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

/** Expects the line to take each piece in time, and the answer after the last one; a slow origin of the bytes is not the line's fault. */
async function* watched(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  pace: Pace,
  rates: RateLimits | undefined,
  watch: IdleWatch,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) {
    watch.expect('the request stopped flowing', pace.idleMs);
    yield chunk;
    watch.rest();
    rates?.sent.spend(chunk.byteLength);
    await rates?.sent.free(signal);
  }
  watch.expect('no answer', pace.headersMs);
}
