import type { RunningDigest } from './running-digest.ts';

/** Pieces that came one after the other. */
export interface Block {
  /** Offset of its first byte. */
  readonly from: number;
  readonly chunks: Uint8Array[];
  sizeBytes: number;
  /** The digest of everything before it. */
  readonly before: RunningDigest;
}

/** So many pieces end a block, however small they are. */
const mostChunks = 1024;

/** The latest bytes of a blob on its way in, in blocks. */
export class MemoryWindow {
  readonly #blockBytes: number;
  readonly #blocks: Block[] = [];
  #open: Block | undefined;
  #heldBytes = 0;

  constructor(blockBytes: number) {
    this.#blockBytes = blockBytes;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  get heldBlocks(): number {
    return this.#blocks.length;
  }

  /** The block that holds the byte at `at`; undefined when it is no longer, or not yet, in memory. */
  blockAt(at: number): Block | undefined {
    return this.#blocks.findLast((block) => block.from <= at && at < block.from + block.sizeBytes);
  }

  /** The block the next chunk belongs to; `digest` is that of everything so far. */
  next(digest: RunningDigest): Block {
    if (this.#open === undefined) {
      this.#open = { from: digest.sizeBytes, chunks: [], sizeBytes: 0, before: digest.fork() };
      this.#blocks.push(this.#open);
    }
    return this.#open;
  }

  /** Puts a chunk into the block that `next` gave; gives the block once it is full. */
  push(block: Block, chunk: Uint8Array): Block | undefined {
    block.chunks.push(chunk);
    block.sizeBytes += chunk.byteLength;
    this.#heldBytes += chunk.byteLength;
    return block.sizeBytes >= this.#blockBytes || block.chunks.length >= mostChunks ? this.end() : undefined;
  }

  /** Ends the block that is being filled; undefined when none is. */
  end(): Block | undefined {
    const block = this.#open;
    this.#open = undefined;
    return block;
  }

  /** The oldest block; undefined when there is none. */
  get oldest(): Block | undefined {
    return this.#blocks[0];
  }

  /** Forgets the oldest block. */
  dropOldest(): void {
    this.#heldBytes -= this.#blocks.shift()?.sizeBytes ?? 0;
  }
}
