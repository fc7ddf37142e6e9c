import type { Socket } from 'node:net';
import type { Dispatcher } from 'undici';
import { type AnswerEvents, AnswerReader } from './answer-reader.ts';
import { requestHead } from './request-head.ts';

/** The other side closed the connection before it had answered. */
export class LineClosedError extends Error {
  override readonly name = 'LineClosedError';
  readonly code = 'ERR_LINE_CLOSED';
}

/** The body of a request was not as long as its head said. */
class BodyLengthError extends Error {
  override readonly name = 'BodyLengthError';
  readonly code = 'ERR_BODY_LENGTH';
}

/** What a body may be: bytes, or pieces that come in time. */
type Body = Uint8Array | AsyncIterable<Uint8Array>;

/** One request, as its handler controls it. */
export class Call implements Dispatcher.DispatchController {
  readonly options: Dispatcher.DispatchOptions;
  readonly handler: Dispatcher.DispatchHandler;
  aborted = false;
  paused = false;
  reason: Error | null = null;
  isOver = false;
  /** The connection that it is on. */
  line: Line | undefined;

  constructor(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler) {
    this.options = options;
    this.handler = handler;
  }

  abort(reason: Error): void {
    if (this.aborted || this.isOver) return;
    this.aborted = true;
    this.reason = reason;
    if (this.line === undefined) this.fail(reason);
    else this.line.destroy(reason);
  }

  pause(): void {
    // the connection may be another one's by now
    if (this.isOver) return;
    this.paused = true;
    this.line?.socket.pause();
  }

  resume(): void {
    if (!this.paused || this.isOver) return;
    this.paused = false;
    this.line?.resume();
  }

  /** Tells the handler, once, that nothing will come of it. */
  fail(error: Error): void {
    if (this.isOver) return;
    this.isOver = true;
    this.handler.onResponseError?.(this, error);
  }
}

/** What a line does with itself after an answer, and when it has ended. */
export interface LineOwner {
  readonly host: string;
  readonly mostHeadBytes: number;
  free(line: Line): void;
  gone(line: Line): void;
  /** A connection that had rested was closed before it answered anything: others may have been, too. */
  foundStale(): void;
}

/** One connection: one request at a time, its answer read as it comes, and both given up together. */
export class Line {
  readonly socket: Socket;
  /** Until when it may be used again, by the other side's word; forever unless it said something. */
  keptMs = Number.POSITIVE_INFINITY;
  readonly #owner: LineOwner;
  #call: Call | undefined;
  #reader: AnswerReader | undefined;
  #isKept = true;
  #requests = 0;
  /** True once a byte of the answer came. */
  #isAnswered = false;
  #isSent = true;
  #hasEnded = false;
  #drained: (() => void) | undefined;
  /** What becomes of the answer to the request under way. */
  readonly #events: AnswerEvents = {
    head: ({ status, headers, isKept }) => {
      const call = this.#call;
      if (call === undefined) return;
      if (status >= 200) {
        this.#isKept = isKept;
        this.keptMs = keptMsOf(headers['keep-alive']);
      }
      call.handler.onResponseStart?.(call, status, headers);
    },
    // the memory is used again for the next read, and sinks keep what they get
    data: (piece) => {
      const call = this.#call;
      call?.handler.onResponseData?.(call, Buffer.from(piece));
    },
    end: () => this.#over(),
    isPaused: () => this.#call === undefined || this.#call.paused || this.#call.isOver,
  };

  constructor(socket: Socket, owner: LineOwner) {
    this.socket = socket;
    this.#owner = owner;
    socket.on('error', (error: Error) => this.destroy(error));
    socket.on('end', () => this.#ended());
    socket.on('close', () => this.destroy(new LineClosedError('the other side closed the connection')));
    socket.on('drain', () => this.#drained?.());
  }

  /** Sends a request; its handler hears of the answer. */
  begin(call: Call): void {
    call.handler.onRequestStart?.(call, undefined);
    // its handler may have given it up while a connection was waited for
    if (call.isOver) return this.#owner.free(this);
    this.#call = call;
    this.#requests++;
    this.#isAnswered = false;
    call.line = this;
    const { method, path, headers, body } = call.options;
    try {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what exchange gives, of all that undici takes
      const head = requestHead(method, this.#owner.host, path, headers as Readonly<Record<string, string>>);
      this.#reader = new AnswerReader(method, this.#owner.mostHeadBytes, this.#events);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
      this.#send(head, body as Body | null, headers as Readonly<Record<string, string>>);
    } catch (error) {
      this.destroy(asError(error));
    }
  }

  /** Takes what the socket read; the memory is the socket's. */
  read(bytes: Buffer): void {
    const reader = this.#reader;
    // what nobody asked for would be taken for the next answer
    if (reader === undefined) return this.destroy(new LineClosedError('bytes that nobody asked for'));
    this.#isAnswered = true;
    try {
      this.#mustBeAll(reader.take(bytes));
    } catch (error) {
      this.destroy(asError(error));
    }
  }

  /** Goes on reading after a pause. */
  resume(): void {
    const reader = this.#reader;
    try {
      if (reader?.isHolding === true) this.#mustBeAll(reader.resume());
    } catch (error) {
      this.destroy(asError(error));
    }
    if (this.#call?.paused === true) return;
    if (this.#hasEnded) this.#ended();
    else if (!this.socket.destroyed) this.socket.resume();
  }

  /** Ends the connection, and what is on it. */
  destroy(error: Error): void {
    const call = this.#call;
    this.#call = undefined;
    this.#reader = undefined;
    this.#isKept = false;
    this.#drained?.();
    if (!this.socket.destroyed) this.socket.destroy();
    this.#owner.gone(this);
    if (call === undefined) return;
    if (this.#requests > 1 && !this.#isAnswered && !call.aborted) this.#owner.foundStale();
    call.fail(error);
  }

  /** What follows an answer would be taken for the next one. */
  #mustBeAll(bytesLeft: number): void {
    if (bytesLeft > 0) this.destroy(new LineClosedError('bytes that nobody asked for'));
  }

  #ended(): void {
    this.#hasEnded = true;
    const reader = this.#reader;
    if (this.#call?.paused === true) return;
    try {
      reader?.closed();
      this.destroy(new LineClosedError('the other side closed the connection'));
    } catch (error) {
      this.destroy(asError(error));
    }
  }

  #over(): void {
    const call = this.#call;
    if (call === undefined || call.isOver) return;
    call.isOver = true;
    this.#call = undefined;
    this.#reader = undefined;
    // the rest of a body that was answered early would be taken for the next request
    if (!this.#isSent || !this.#isKept || this.#hasEnded) this.destroy(new LineClosedError('it served its last'));
    else {
      // its handler may have asked for a pause with the last piece, and whoever comes next did not
      if (call.paused) this.socket.resume();
      this.#owner.free(this);
    }
    call.handler.onResponseEnd?.(call, {});
  }

  #send(head: string, body: Body | null, headers: Readonly<Record<string, string>>): void {
    const { socket } = this;
    if (body === null || body === undefined) {
      this.#isSent = true;
      socket.write(head, 'latin1');
      return;
    }
    if (body instanceof Uint8Array) {
      this.#isSent = true;
      socket.cork();
      socket.write(head, 'latin1');
      if (body.byteLength > 0) socket.write(body);
      socket.uncork();
      return;
    }
    this.#isSent = false;
    const call = this.#call;
    void this.#sendPieces(head, body, Number(headers['content-length'])).catch((error: unknown) => {
      // the answer may have come, and the connection be gone, while the origin of the bytes was waited for
      if (this.#call === call) this.destroy(asError(error));
    });
  }

  async #sendPieces(head: string, body: AsyncIterable<Uint8Array>, sizeBytes: number): Promise<void> {
    const { socket } = this;
    const call = this.#call;
    let sentBytes = 0;
    // the first bytes go in one piece with the head when they are there at once; the head goes now in any case
    socket.cork();
    socket.write(head, 'latin1');
    process.nextTick(() => socket.uncork());
    for await (const piece of body) {
      // leaving the loop ends the origin of the bytes as well
      if (this.#call !== call || call === undefined) return;
      sentBytes += piece.byteLength;
      if (sentBytes > sizeBytes) throw new BodyLengthError(`more than ${sizeBytes} bytes`);
      if (!socket.write(piece)) await this.#drain();
      if (this.#call !== call) return;
    }
    if (this.#call !== call) return;
    if (sentBytes !== sizeBytes) throw new BodyLengthError(`${sentBytes} bytes of ${sizeBytes}`);
    this.#isSent = true;
  }

  #drain(): Promise<void> {
    if (this.socket.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      this.#drained = () => {
        this.#drained = undefined;
        resolve();
      };
    });
  }
}

/** `Keep-Alive: timeout=N`, less a second for the way. */
function keptMsOf(header: string | readonly string[] | undefined): number {
  if (header === undefined) return Number.POSITIVE_INFINITY;
  const [, seconds] = /timeout=(\d{1,6})/.exec(String(header)) ?? [];
  return seconds === undefined ? Number.POSITIVE_INFINITY : Number(seconds) * 1000 - 1000;
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
