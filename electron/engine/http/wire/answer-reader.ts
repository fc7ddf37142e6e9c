import { type AnswerHead, type Framing, NotHttpError, readHead } from './answer-head.ts';

/** A head, or the trailers after a body, went on past what they may have. */
export class HeadTooLargeError extends Error {
  override readonly name = 'HeadTooLargeError';
  readonly code = 'ERR_HEAD_TOO_LARGE';
}

/** The connection was closed in the middle of an answer. */
export class CutAnswerError extends Error {
  override readonly name = 'CutAnswerError';
  readonly code = 'ERR_ANSWER_CUT';
}

/** What is told of an answer while its bytes arrive. */
export interface AnswerEvents {
  /** Each head; those of 1xx come before the answer's own. */
  head(head: AnswerHead): void;
  /** The next bytes of the body; they lie in memory that is used again. */
  data(piece: Buffer): void;
  end(): void;
  /** True while no more of the body is wanted. */
  isPaused(): boolean;
}

const headEnd = Buffer.from('\r\n\r\n');
const lineEnd = Buffer.from('\r\n');
const begins = 'HTTP/1.';
// oxlint-disable-next-line no-control-regex -- these are the characters that an extension may not have
const chunkLine = /^([0-9a-f]{1,12})[ \t]*(?:;[^\0-\x08\x0a-\x1f\x7f]*)?$/i;
const longestChunkLine = 4096;
const nothing: Buffer = Buffer.alloc(0);

type State = 'head' | 'body' | 'chunk size' | 'chunk' | 'chunk end' | 'trailers' | 'to the end' | 'over';

/** Reads the bytes of one answer (RFC 9112), strictly: what two readers could understand in two ways is refused. */
export class AnswerReader {
  readonly #method: string;
  readonly #mostHeadBytes: number;
  readonly #events: AnswerEvents;
  #state: State = 'head';
  #leftBytes = 0;
  #trailerBytes = 0;
  /** Bytes that wait for more to mean something. */
  #held: Buffer = nothing;

  constructor(method: string, mostHeadBytes: number, events: AnswerEvents) {
    this.#method = method;
    this.#mostHeadBytes = mostHeadBytes;
    this.#events = events;
  }

  /** True once the whole answer was read. */
  get isOver(): boolean {
    return this.#state === 'over';
  }

  /** True when bytes came that no event told of yet: they wait for their rest, or for the end of a pause. */
  get isHolding(): boolean {
    return this.#held.byteLength > 0;
  }

  /** Takes the next bytes, which may be used again afterwards; gives how many follow the answer. Throws when they are no answer. */
  take(bytes: Buffer): number {
    const all = this.#held.byteLength === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    this.#held = nothing;
    let at = 0;
    while (at < all.byteLength && this.#state !== 'over' && !this.#isWaiting()) {
      const used = this.#step(all.subarray(at));
      if (used === 0) break;
      at += used;
    }
    const left = all.byteLength - at;
    if (this.#state === 'over') return left;
    if (left > 0) this.#held = Buffer.from(all.subarray(at));
    return 0;
  }

  /** Goes on after a pause. */
  resume(): number {
    return this.take(nothing);
  }

  /** The other side sent its last byte. Throws CutAnswerError when the answer was not whole. */
  closed(): void {
    if (this.#state === 'over') return;
    if (this.#state !== 'to the end') throw new CutAnswerError(`closed in the ${this.#state}`);
    this.#end();
  }

  #isWaiting(): boolean {
    return this.#state !== 'head' && this.#events.isPaused();
  }

  /** Reads what it can of `bytes` and gives how many that were; none when more are needed. */
  #step(bytes: Buffer): number {
    switch (this.#state) {
      case 'head':
        return this.#head(bytes);
      case 'body':
      case 'chunk':
        return this.#body(bytes);
      case 'to the end':
        this.#events.data(bytes);
        return bytes.byteLength;
      case 'chunk size':
        return this.#chunkSize(bytes);
      case 'chunk end':
        return this.#chunkEnd(bytes);
      case 'trailers':
        return this.#trailers(bytes);
      case 'over':
        break;
    }
    return 0;
  }

  #head(bytes: Buffer): number {
    const end = bytes.indexOf(headEnd);
    if (end > this.#mostHeadBytes || (end < 0 && bytes.byteLength > this.#mostHeadBytes))
      throw new HeadTooLargeError(`a head of more than ${this.#mostHeadBytes} bytes`);
    if (end < 0) {
      refuseOther(bytes);
      return 0;
    }
    const head = readHead(bytes.toString('latin1', 0, end), this.#method);
    if (head.status === 101) throw new NotHttpError('another protocol, unasked');
    this.#events.head(head);
    if (head.status >= 200) this.#begin(head.framing);
    return end + headEnd.byteLength;
  }

  #begin(framing: Framing): void {
    if (framing.by === 'chunks') this.#state = 'chunk size';
    else if (framing.by === 'close') this.#state = 'to the end';
    else if (framing.by === 'nothing' || framing.sizeBytes === 0) this.#end();
    else {
      this.#state = 'body';
      this.#leftBytes = framing.sizeBytes;
    }
  }

  #body(bytes: Buffer): number {
    const piece = bytes.byteLength > this.#leftBytes ? bytes.subarray(0, this.#leftBytes) : bytes;
    this.#leftBytes -= piece.byteLength;
    this.#events.data(piece);
    if (this.#leftBytes > 0) return piece.byteLength;
    if (this.#state === 'chunk') this.#state = 'chunk end';
    else this.#end();
    return piece.byteLength;
  }

  #chunkSize(bytes: Buffer): number {
    const end = bytes.indexOf(lineEnd);
    if (end > longestChunkLine || (end < 0 && bytes.byteLength > longestChunkLine))
      throw new NotHttpError('a chunk without a size');
    if (end < 0) return 0;
    const [, digits] = chunkLine.exec(bytes.toString('latin1', 0, end)) ?? [];
    if (digits === undefined) throw new NotHttpError('a chunk without a size');
    this.#leftBytes = Number.parseInt(digits, 16);
    this.#state = this.#leftBytes === 0 ? 'trailers' : 'chunk';
    return end + lineEnd.byteLength;
  }

  #chunkEnd(bytes: Buffer): number {
    if (bytes[0] !== 0x0d || (bytes.byteLength > 1 && bytes[1] !== 0x0a))
      throw new NotHttpError('a chunk of another size');
    if (bytes.byteLength === 1) return 0;
    this.#state = 'chunk size';
    return lineEnd.byteLength;
  }

  /** Trailers mean nothing here: they are read to find the end. */
  #trailers(bytes: Buffer): number {
    const end = bytes.indexOf(lineEnd);
    this.#trailerBytes += Math.max(0, end);
    if (this.#trailerBytes > this.#mostHeadBytes || (end < 0 && bytes.byteLength > this.#mostHeadBytes))
      throw new HeadTooLargeError(`trailers of more than ${this.#mostHeadBytes} bytes`);
    if (end < 0) return 0;
    if (end === 0) this.#end();
    return end + lineEnd.byteLength;
  }

  #end(): void {
    this.#state = 'over';
    this.#events.end();
  }
}

/** A greeting of another protocol is known by its first bytes: nobody has to wait for an end that it will not have. */
function refuseOther(bytes: Buffer): void {
  const start = bytes.toString('latin1', 0, Math.min(begins.length, bytes.byteLength));
  if (!begins.startsWith(start)) throw new NotHttpError('the answer begins otherwise');
  if (/(?<!\r)\n/.test(bytes.toString('latin1', 0, Math.min(bytes.byteLength, 1024))))
    throw new NotHttpError('lines without their whole end');
}
