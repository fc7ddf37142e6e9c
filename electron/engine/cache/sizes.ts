/** How much is moved, held and synced at a time, in bytes; none of it depends on the size of a blob. */
export interface CacheSizes {
  /** What a blob on its way in may hold in memory. */
  readonly windowBytes: number;
  /** What is written, dropped from memory and remembered as one. */
  readonly blockBytes: number;
  /** What a reader takes from a file at a time. */
  readonly readBytes: number;
  /** How much may be written before the disk is asked to make it durable. */
  readonly syncStepBytes: number;
}

/** Measured: smaller blocks cost a call each, larger ones memory. */
export const usualSizes: CacheSizes = {
  windowBytes: 4 * 1024 * 1024,
  blockBytes: 512 * 1024,
  readBytes: 256 * 1024,
  syncStepBytes: 64 * 1024 * 1024,
};
