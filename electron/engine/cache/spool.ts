import { errnoOf } from '../kernel/disk.ts';
import type { Block } from './memory-window.ts';
import type { SharedFile } from './shared-file.ts';

/** What a spool asks of whoever has it. */
export interface SpoolOwner {
  /** Lets go of what nobody needs on a full disk; false when there was nothing. */
  makeRoom(neededBytes: number): Promise<boolean>;
  /** A block was written. */
  wrote(): void;
  /** Nothing more can be written. */
  failed(error: unknown): void;
}

/** How much is written with one call. */
const batchBytes = 1024 * 1024;

/** Writes blocks to a file, in order, behind whoever brings them. */
export class Spool {
  readonly #file: SharedFile;
  readonly #owner: SpoolOwner;
  readonly #syncStepBytes: number;
  readonly #waiting: Block[] = [];
  #waitingBytes = 0;
  #writtenBytes: number;
  #unsyncedBytes = 0;
  #running: Promise<void> | undefined;
  #syncing: Promise<void> | undefined;
  #isStopped = false;

  constructor(file: SharedFile, fromBytes: number, syncStepBytes: number, owner: SpoolOwner) {
    this.#file = file;
    this.#writtenBytes = fromBytes;
    this.#syncStepBytes = syncStepBytes;
    this.#owner = owner;
  }

  /** The file holds everything before this offset. */
  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  /** What was added and is not written yet. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** Has a block written behind those before it. */
  add(block: Block): void {
    this.#waiting.push(block);
    this.#waitingBytes += block.sizeBytes;
    this.#running ??= this.#run();
  }

  /** Resolves when nothing is under way any more, written or failed. */
  async settled(): Promise<void> {
    await this.#running;
    await this.#syncing;
  }

  /** Writes no more; what is under way goes on. */
  stop(): void {
    this.#isStopped = true;
    this.#waiting.length = 0;
  }

  async #run(): Promise<void> {
    try {
      while (this.#waiting.length > 0) await this.#writeSome();
    } catch (thrown) {
      this.#fail(thrown);
    }
    this.#running = undefined;
  }

  async #writeSome(): Promise<void> {
    const blocks: Block[] = [];
    let sizeBytes = 0;
    while (
      this.#waiting[0] !== undefined &&
      (blocks.length === 0 || sizeBytes + this.#waiting[0].sizeBytes <= batchBytes)
    ) {
      sizeBytes += this.#waiting[0].sizeBytes;
      blocks.push(this.#waiting[0]);
      this.#waiting.shift();
    }
    const chunks = blocks.flatMap((block) => block.chunks);
    try {
      await this.#file.write(chunks, this.#writtenBytes);
    } catch (thrown) {
      const isFull = errnoOf(thrown) === 'ENOSPC' || errnoOf(thrown) === 'EDQUOT';
      if (!isFull || this.#isStopped || !(await this.#owner.makeRoom(sizeBytes))) throw thrown;
      await this.#file.write(chunks, this.#writtenBytes);
    }
    this.#writtenBytes += sizeBytes;
    this.#waitingBytes -= sizeBytes;
    this.#unsyncedBytes += sizeBytes;
    this.#owner.wrote();
    if (this.#unsyncedBytes >= this.#syncStepBytes) this.#sync();
  }

  /** In steps and beside the writing, so that neither a commit waits for all of it nor a loss of power costs much. */
  #sync(): void {
    if (this.#syncing !== undefined) return;
    this.#unsyncedBytes = 0;
    this.#syncing = this.#file
      .sync()
      .catch((thrown: unknown) => this.#fail(thrown))
      .finally(() => {
        this.#syncing = undefined;
      });
  }

  #fail(thrown: unknown): void {
    this.stop();
    this.#owner.failed(thrown);
  }
}
