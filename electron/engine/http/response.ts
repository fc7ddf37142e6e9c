import type { IncomingHttpHeaders } from 'node:http';
import type { ByteSink } from '../ports/byte-sink.ts';
import type { RequestUrl } from './request-url.ts';

/** An answer whose body was collected, or given to a sink and then empty. Header names are lower case. */
export interface ApiResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Where it came from after redirects; relative Locations and Links are relative to this. */
  readonly url: URL;
  readonly body: Uint8Array;
}

/** An answer, as it came from `place`. */
export class Answer implements ApiResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
  readonly #place: RequestUrl;

  constructor({ status, headers }: Pick<ApiResponse, 'status' | 'headers'>, place: RequestUrl, body: Uint8Array) {
    this.status = status;
    this.headers = headers;
    this.body = body;
    this.#place = place;
  }

  get url(): URL {
    return this.#place.url;
  }
}

/** The first value of a header, trimmed; undefined when absent or empty. */
export function headerOf(response: Pick<ApiResponse, 'headers'>, name: string): string | undefined {
  const value = response.headers[name];
  return (Array.isArray(value) ? value[0] : value)?.trim() || undefined;
}

/** Every value of a header as it came. */
export function headerValuesOf(response: Pick<ApiResponse, 'headers'>, name: string): readonly string[] {
  const value = response.headers[name];
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

/** An answer went on past what may be collected of it. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
}

const nothing = new Uint8Array(0);

/** Collects at most `maxBytes` of a body and throws BodyTooLargeError at the next one; what came before stays. */
export class BodyCollector implements ByteSink {
  readonly #chunks: Uint8Array[] = [];
  readonly #maxBytes: number;
  #sizeBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  write(chunk: Uint8Array): boolean {
    const room = this.#maxBytes - this.#sizeBytes;
    const part = chunk.byteLength > room ? chunk.subarray(0, room) : chunk;
    this.#chunks.push(part);
    this.#sizeBytes += part.byteLength;
    if (part !== chunk) throw new BodyTooLargeError(`more than ${this.#maxBytes} bytes`);
    return true;
  }

  bytes(): Uint8Array {
    if (this.#chunks.length === 0) return nothing;
    return this.#chunks.length === 1 && this.#chunks[0] !== undefined ? this.#chunks[0] : Buffer.concat(this.#chunks);
  }
}
