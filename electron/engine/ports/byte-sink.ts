/** Takes the bytes of a body as they arrive. Throwing stops the body and is what its receiver then sees. */
export interface ByteSink {
  /** Takes a chunk, which must not be changed afterwards; false asks to pause until the function given to `onRoom` is called. */
  write(chunk: Uint8Array): boolean;
  /** Memory for the next chunk, of that many bytes; a source that reads into it spares the sink what fresh memory costs. */
  lend?(sizeBytes: number): Buffer;
  /** Told once, before the first byte, how to ask for more after a pause. */
  onRoom?(resume: () => void): void;
}
