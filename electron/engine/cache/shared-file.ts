import type { Disk, DiskFile, OpenFor } from '../kernel/disk.ts';

/** For what nobody can call off: the end of something that was begun. */
export const uncalledOff: AbortSignal = new AbortController().signal;

/** One file, read by many through one handle that is open only while it is needed. */
export class SharedFile {
  readonly #disk: Disk;
  #path: string;
  #how: OpenFor;
  #handle: Promise<DiskFile> | undefined;
  #underWay = 0;
  #whenIdle: (() => void)[] = [];
  /** While the file is on its way to another name. */
  #moving: Promise<void> | undefined;

  constructor(disk: Disk, path: string, how: OpenFor) {
    this.#disk = disk;
    this.#path = path;
    this.#how = how;
  }

  /** Opens it now, so that what is wrong with it is said now. */
  async open(signal: AbortSignal): Promise<void> {
    await this.#opened(signal);
  }

  /** Up to `lengthBytes` from the offset `at`; empty at the end of the file. */
  read(at: number, lengthBytes: number): Promise<Uint8Array> {
    return this.#use(async (handle) => {
      // not from the shared pool: a small piece would keep a large buffer alive
      const into = Buffer.allocUnsafeSlow(lengthBytes);
      return into.subarray(0, await handle.read(into, at));
    });
  }

  /** Writes all pieces from the offset `at` on. */
  write(pieces: readonly Uint8Array[], at: number): Promise<void> {
    return this.#use((handle) => handle.write(pieces, at));
  }

  /** Makes everything written durable. */
  sync(): Promise<void> {
    return this.#use((handle) => handle.sync());
  }

  /** Closes the file, has it renamed, and reads on under the new name; what is asked meanwhile waits. */
  async move(to: string, rename: () => Promise<void>): Promise<void> {
    const moving = this.#moveTo(to, rename);
    this.#moving = moving
      .catch(() => {})
      .then(() => {
        this.#moving = undefined;
      });
    await moving;
  }

  /** Closes the handle once nothing is under way; whoever needs it next opens it again. */
  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    if (this.#underWay > 0) {
      await new Promise<void>((resolve) => {
        this.#whenIdle.push(resolve);
      });
    }
    await (await handle?.catch(() => undefined))?.close();
  }

  async #moveTo(to: string, rename: () => Promise<void>): Promise<void> {
    await this.close();
    await rename();
    this.#path = to;
    this.#how = 'read';
  }

  async #use<Value>(act: (handle: DiskFile) => Promise<Value>): Promise<Value> {
    while (this.#moving !== undefined) await this.#moving;
    this.#underWay++;
    try {
      return await act(await this.#opened(uncalledOff));
    } finally {
      this.#underWay--;
      if (this.#underWay === 0) for (const tell of this.#whenIdle.splice(0)) tell();
    }
  }

  #opened(signal: AbortSignal): Promise<DiskFile> {
    if (this.#handle !== undefined) return this.#handle;
    const opening = this.#disk.open(this.#path, this.#how, signal);
    this.#handle = opening;
    opening.then(
      () => {
        // a second opening must not empty it
        if (this.#how === 'create') this.#how = 'change';
      },
      () => {
        if (this.#handle === opening) this.#handle = undefined;
      },
    );
    return opening;
  }
}
