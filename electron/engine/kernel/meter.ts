/** What left and entered this process for one job. Counters only: bumped per request and per chunk, sampled by whoever shows them. */
export class Meter {
  readonly requests: { source: number; destination: number; token: number } = { source: 0, destination: 0, token: 0 };
  /** Blob bodies on the wire, in bytes; `reused` was found or mounted at a destination. */
  readonly bytes: { received: number; sent: number; reused: number } = { received: 0, sent: 0, reused: 0 };
}
