import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { Clock } from '../kernel/clock.ts';
import { keepMemoryFlat } from '../kernel/flat-memory.ts';
import type { ByteSink } from '../ports/byte-sink.ts';
import type { RateLimits } from './rate-limit.ts';
import { IdleWatch } from './watch.ts';

/** A request body: bytes that can be sent again, or a stream that flows once. */
export type RequestBody =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'stream'; readonly sizeBytes: number; readonly chunks: AsyncIterable<Uint8Array> };

/** One request on the wire, without redirects, credentials or retries. */
export interface WireRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: RequestBody;
  /** Until the request can begin: name, connection, tunnel and TLS together. */
  readonly connectMs: number;
  readonly headersMs: number;
  readonly idleMs: number;
  /** What bodies may flow by, in each direction; no limit unless given. */
  readonly rates?: RateLimits;
}

/** What sends a request and tells its handler of everything that becomes of it. */
export interface Sender {
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean;
}

/** The head of an answer; header names are lower case. */
export interface ResponseHead {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

/** Nothing moved for longer than allowed. */
export class IdleError extends Error {
  override readonly name = 'IdleError';
  readonly what: string;

  constructor(what: string) {
    super(what);
    this.what = what;
  }
}

/** No connection came about; undici has limits of its own, and this one holds when they do not. */
class NoConnectionError extends Error {
  override readonly name = 'NoConnectionError';
  readonly code = 'ETIMEDOUT';
}

/**
 * Sends one request and gives the answer's body to the sink that `receive` chooses by its head.
 * Resolves when the body has ended; rejects with the transport's error, an IdleError, what the sink threw, or the signal's
 * reason. Nothing of it is left open either way.
 */
export function exchange(
  sender: Sender,
  request: WireRequest,
  receive: (head: ResponseHead) => ByteSink,
  clock: Clock,
  signal: AbortSignal,
): Promise<ResponseHead> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    let controller: Dispatcher.DispatchController | undefined;
    let isSettled = false;
    let failure: Error | undefined;
    let head: ResponseHead | undefined;
    let sink: ByteSink | undefined;
    let isFull = false;
    let paying: { cancel(): void } | undefined;
    const received = request.rates?.received;
    let relax = isLarge(sizeOf(request.body)) ? keepMemoryFlat() : undefined;

    const stop = (): void => fail(asError(signal.reason));
    const watch = new IdleWatch(clock, (what) =>
      fail(controller === undefined ? new NoConnectionError(what) : new IdleError(what)),
    );
    const settle = (): void => {
      isSettled = true;
      relax?.();
      paying?.cancel();
      watch.close();
      signal.removeEventListener('abort', stop);
    };
    const fail = (error: Error): void => {
      if (isSettled) return;
      failure = error;
      settle();
      controller?.abort(error);
      reject(error);
    };
    // A refusal may come while the body still lies in the socket, and whoever refused need not read it: the next request on this
    // connection would wait behind it for ever (docker-registry on a full disk).
    let leftBytes = Number.NaN;
    const leaveWhenRefused = (): void => {
      if (isSettled || head === undefined || !(leftBytes <= 0)) return;
      settle();
      resolve(head);
      controller?.abort(new Error('the request was refused while it was sent'));
    };
    // a line that has no room or is in debt is paused, so that the other side waits and nothing is gathered here
    const goOn = (): void => {
      if (isSettled || isFull || paying !== undefined || controller === undefined || !controller.paused) return;
      watch.expect('the answer stopped flowing', request.idleMs);
      controller.resume();
    };
    const pay = (sizeBytes: number): void => {
      received?.spend(sizeBytes);
      if (isSettled || paying !== undefined || received === undefined || received.pausedForMs() === 0) return;
      paying = received.whenFree(() => {
        paying = undefined;
        goOn();
      });
    };
    signal.addEventListener('abort', stop, { once: true });

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(started) {
        controller = started;
        if (failure !== undefined) started.abort(failure);
        else if (flows(request.body)) watch.rest();
        else watch.expect('no answer', request.headersMs);
      },
      onResponseStart(_, status, headers) {
        if (status < 200) return;
        head = { status, headers };
        if (
          relax === undefined &&
          isLarge(Number(headers['content-length'])) &&
          request.method !== 'HEAD' &&
          !isSettled
        )
          relax = keepMemoryFlat();
        if (status >= 300 && flows(request.body)) leftBytes = Number(headers['content-length'] ?? Number.NaN);
        watch.expect('the answer stopped flowing', request.idleMs);
        try {
          sink = receive(head);
          sink.onRoom?.(() => {
            isFull = false;
            goOn();
          });
        } catch (error) {
          fail(asError(error));
        }
        leaveWhenRefused();
      },
      onResponseData(current, chunk) {
        if (isSettled || sink === undefined) return;
        watch.bump(chunk.byteLength);
        leftBytes -= chunk.byteLength;
        try {
          isFull = !sink.write(chunk);
          leaveWhenRefused();
          pay(chunk.byteLength);
          if ((!isFull && paying === undefined) || isSettled) return;
          watch.rest();
          current.pause();
        } catch (error) {
          fail(asError(error));
        }
      },
      onResponseEnd() {
        if (isSettled || head === undefined) return;
        settle();
        resolve(head);
      },
      onResponseError(_, error) {
        fail(error);
      },
    };

    watch.expect('no connection', request.connectMs);
    try {
      sender.dispatch(
        {
          origin: request.url.origin,
          path: `${request.url.pathname}${request.url.search}`,
          method: request.method,
          headers: { ...request.headers, ...lengthOf(request.body) },
          // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- undici's types leave out the iterables it accepts
          body: wireBody(request, watch, signal) as Uint8Array | null,
          // undici closes the connection after every HEAD and DELETE unless told not to
          reset: false,
          // these two measure other things than we promise; the watch does it
          headersTimeout: 0,
          bodyTimeout: 0,
        },
        handler,
      );
    } catch (error) {
      fail(asError(error));
    }
  });
}

/** Bodies from this size on fill the memory with dead pieces while they flow. */
const largeBytes = 2 * 1024 * 1024;

function isLarge(sizeBytes: number): boolean {
  return sizeBytes >= largeBytes;
}

function sizeOf(body: RequestBody | undefined): number {
  if (body === undefined) return 0;
  return body.kind === 'bytes' ? body.bytes.byteLength : body.sizeBytes;
}

function lengthOf(body: RequestBody | undefined): Record<string, string> {
  return body === undefined ? {} : { 'content-length': String(sizeOf(body)) };
}

/** In pieces of this size bodies are handed to the line, so that a line that takes nothing is noticed. */
const pieceBytes = 64 * 1024;

function flows(body: RequestBody | undefined): boolean {
  return body?.kind === 'stream' || (body?.bytes.byteLength ?? 0) > pieceBytes;
}

function wireBody(
  request: WireRequest,
  watch: IdleWatch,
  signal: AbortSignal,
): Uint8Array | AsyncIterable<Uint8Array> | null {
  const { body } = request;
  if (body === undefined) return null;
  if (body.kind === 'stream') return watched(body.chunks, request, watch, signal);
  if (flows(body)) return watched(piecesOf(body.bytes), request, watch, signal);
  request.rates?.sent.spend(body.bytes.byteLength);
  return body.bytes;
}

function* piecesOf(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.byteLength; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

/** Expects the line to take each piece in time, and the answer after the last one; a slow origin of the bytes is not the line's fault. */
async function* watched(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  request: WireRequest,
  watch: IdleWatch,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) {
    watch.expect('the request stopped flowing', request.idleMs);
    yield chunk;
    watch.rest();
    const sent = request.rates?.sent;
    sent?.spend(chunk.byteLength);
    await sent?.free(signal);
  }
  watch.expect('no answer', request.headersMs);
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
