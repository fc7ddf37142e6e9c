/** How long each kind of waiting may last, in milliseconds. A body that flows has no limit in all (RELIABILITY INV-5). */
export interface HttpLimits {
  readonly connectMs: number;
  readonly tlsMs: number;
  /** From the end of the request to the head of the answer. */
  readonly headersMs: number;
  /** The same for the request that closes an upload: object stores copy the blob there. */
  readonly closingMs: number;
  /** Between two pieces of a body, in either direction. */
  readonly idleMs: number;
  /** A whole token request. */
  readonly tokenMs: number;
}

/** The limits unless told otherwise. */
export const defaultLimits: HttpLimits = {
  connectMs: 10_000,
  tlsMs: 15_000,
  headersMs: 60_000,
  closingMs: 600_000,
  idleMs: 60_000,
  tokenMs: 30_000,
};
