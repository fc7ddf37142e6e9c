import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { Clock } from '../kernel/clock.ts';
import { keepMemoryFlat } from '../kernel/flat-memory.ts';
import { whenAborted } from '../kernel/when-aborted.ts';
import type { ByteSink } from '../ports/byte-sink.ts';
import type { RateLimits } from './rate-limit.ts';
import { flows, headersOf, type RequestBody, sizeOf, wireBody } from './request-body.ts';
import type { RequestUrl } from './request-url.ts';
import { IdleWatch } from './watch.ts';

/** One request on the wire, without redirects, credentials or retries. */
export interface WireRequest {
  readonly method: string;
  readonly place: RequestUrl;
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

/** Bodies from this size on fill the memory with dead pieces while they flow. */
const largeBytes = 2 * 1024 * 1024;

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
    new Exchange(request, receive, clock, signal, { resolve, reject }).begin(sender);
  });
}

type Outcome = Pick<PromiseWithResolvers<ResponseHead>, 'resolve' | 'reject'>;

/** One request and its answer, while they go on. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #request: WireRequest;
  readonly #receive: (head: ResponseHead) => ByteSink;
  readonly #signal: AbortSignal;
  readonly #outcome: Outcome;
  readonly #watch: IdleWatch;
  readonly #unlisten: () => void;
  #controller: Dispatcher.DispatchController | undefined;
  #isSettled = false;
  #failure: Error | undefined;
  #head: ResponseHead | undefined;
  #sink: ByteSink | undefined;
  #isFull = false;
  #paying: { cancel(): void } | undefined;
  #relax: (() => void) | undefined;
  /** What may still come of an answer that refuses a body that flows. */
  #leftBytes = Number.NaN;

  constructor(
    request: WireRequest,
    receive: (head: ResponseHead) => ByteSink,
    clock: Clock,
    signal: AbortSignal,
    outcome: Outcome,
  ) {
    this.#request = request;
    this.#receive = receive;
    this.#signal = signal;
    this.#outcome = outcome;
    this.#watch = new IdleWatch(clock, (what) =>
      this.#fail(this.#controller === undefined ? new NoConnectionError(what) : new IdleError(what)),
    );
    this.#unlisten = whenAborted(signal, () => this.#fail(asError(signal.reason)));
  }

  begin(sender: Sender): void {
    const { method, place, headers, body, connectMs, rates } = this.#request;
    if (sizeOf(body) >= largeBytes) this.#relax = keepMemoryFlat();
    this.#watch.expect('no connection', connectMs);
    try {
      sender.dispatch(
        {
          origin: place.origin,
          path: place.path,
          method,
          headers: headersOf(headers, body),
          // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- undici's types leave out the iterables it accepts
          body: wireBody(body, this.#request, rates, this.#watch, this.#signal) as Uint8Array | null,
          // undici closes the connection after every HEAD and DELETE unless told not to
          reset: false,
          // these two measure other things than we promise; the watch does it
          headersTimeout: 0,
          bodyTimeout: 0,
        },
        this,
      );
    } catch (error) {
      this.#fail(asError(error));
    }
  }

  onRequestStart(started: Dispatcher.DispatchController): void {
    this.#controller = started;
    if (this.#failure !== undefined) started.abort(this.#failure);
    else if (flows(this.#request.body)) this.#watch.rest();
    else this.#watch.expect('no answer', this.#request.headersMs);
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return;
    const { method, body, idleMs } = this.#request;
    const head = { status, headers };
    this.#head = head;
    const sizeBytes = Number(headers['content-length']);
    if (this.#relax === undefined && sizeBytes >= largeBytes && method !== 'HEAD' && !this.#isSettled)
      this.#relax = keepMemoryFlat();
    if (status >= 300 && flows(body)) this.#leftBytes = sizeBytes;
    this.#watch.expect('the answer stopped flowing', idleMs);
    try {
      this.#sink = this.#receive(head);
      this.#sink.onRoom?.(() => {
        this.#isFull = false;
        this.#goOn();
      });
    } catch (error) {
      this.#fail(asError(error));
    }
    this.#leaveWhenRefused();
  }

  onResponseData(current: Dispatcher.DispatchController, chunk: Uint8Array): void {
    if (this.#isSettled || this.#sink === undefined) return;
    this.#watch.bump(chunk.byteLength);
    this.#leftBytes -= chunk.byteLength;
    try {
      this.#isFull = !this.#sink.write(chunk);
      this.#leaveWhenRefused();
      this.#pay(chunk.byteLength);
      if ((!this.#isFull && this.#paying === undefined) || this.#isSettled) return;
      this.#watch.rest();
      current.pause();
    } catch (error) {
      this.#fail(asError(error));
    }
  }

  onResponseEnd(): void {
    if (this.#isSettled || this.#head === undefined) return;
    this.#settle();
    this.#outcome.resolve(this.#head);
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#fail(error);
  }

  #settle(): void {
    this.#isSettled = true;
    this.#relax?.();
    this.#paying?.cancel();
    this.#watch.close();
    this.#unlisten();
  }

  #fail(error: Error): void {
    if (this.#isSettled) return;
    this.#failure = error;
    this.#settle();
    this.#controller?.abort(error);
    this.#outcome.reject(error);
  }

  /**
   * A refusal may come while the body still lies in the socket, and whoever refused need not read it: the next request on this
   * connection would wait behind it for ever (docker-registry on a full disk).
   */
  #leaveWhenRefused(): void {
    if (this.#isSettled || this.#head === undefined || !(this.#leftBytes <= 0)) return;
    this.#settle();
    this.#outcome.resolve(this.#head);
    this.#controller?.abort(new Error('the request was refused while it was sent'));
  }

  /** A line that has no room or is in debt is paused, so that the other side waits and nothing is gathered here. */
  #goOn(): void {
    const controller = this.#controller;
    if (this.#isSettled || this.#isFull || this.#paying !== undefined || controller?.paused !== true) return;
    this.#watch.expect('the answer stopped flowing', this.#request.idleMs);
    controller.resume();
  }

  #pay(sizeBytes: number): void {
    const received = this.#request.rates?.received;
    received?.spend(sizeBytes);
    if (this.#isSettled || this.#paying !== undefined || received === undefined || received.pausedForMs() === 0) return;
    this.#paying = received.whenFree(() => {
      this.#paying = undefined;
      this.#goOn();
    });
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
