import { dirname } from 'node:path';
import { constants, createZstdCompress } from 'node:zlib';
import { type Disk, type DiskFile, errnoOf } from '../kernel/disk.ts';

/** What a file is called until it is whole (RELIABILITY F-72). */
export const unfinishedEnding = '.unfinished';
/** Cleaning up is not called off. */
const uncalledOff: AbortSignal = new AbortController().signal;

/** A file that is being written under another name. */
export interface FileOutput {
  /** Takes the next bytes and is done with them when it resolves. */
  write(bytes: Uint8Array): Promise<void>;
  /** Makes what was written durable, still under the other name. */
  finish(): Promise<void>;
  /** Gives a finished file its name. */
  publish(signal: AbortSignal): Promise<void>;
  /** Gives the file up; harmless when repeated and after `publish`, and never fails. */
  discard(): Promise<void>;
}

/** Begins a file; with `zstd` everything is compressed on its way. Every method but `discard` rejects `disk` of side `local`. */
export async function createOutput(
  disk: Disk,
  path: string,
  compression: 'none' | 'zstd',
  signal: AbortSignal,
): Promise<FileOutput> {
  const file = await disk.open(`${path}${unfinishedEnding}`, 'create', signal);
  const plain = new PlainOutput(disk, path, file);
  return compression === 'zstd' ? new ZstdOutput(plain) : plain;
}

/** Makes the names in a folder durable, where the file system can. */
export async function syncFolder(disk: Disk, path: string, signal: AbortSignal): Promise<void> {
  try {
    await disk.syncFolder(path, signal);
  } catch (thrown) {
    // network and removable file systems may not know how
    if (!['EINVAL', 'ENOTSUP', 'EACCES', 'EPERM'].includes(errnoOf(thrown) ?? '')) throw thrown;
  }
}

class PlainOutput implements FileOutput {
  readonly #disk: Disk;
  readonly #path: string;
  #file: DiskFile | undefined;
  #writtenBytes = 0;
  #isPublished = false;

  constructor(disk: Disk, path: string, file: DiskFile) {
    this.#disk = disk;
    this.#path = path;
    this.#file = file;
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#file?.write([bytes], this.#writtenBytes);
    this.#writtenBytes += bytes.byteLength;
  }

  async finish(): Promise<void> {
    await this.#file?.sync();
    await this.#close();
  }

  async publish(signal: AbortSignal): Promise<void> {
    await this.#disk.rename(`${this.#path}${unfinishedEnding}`, this.#path, signal);
    this.#isPublished = true;
    await syncFolder(this.#disk, dirname(this.#path), signal);
  }

  async discard(): Promise<void> {
    if (this.#isPublished) return;
    await this.#close().catch(() => undefined);
    await this.#disk.unlink(`${this.#path}${unfinishedEnding}`, uncalledOff).catch(() => undefined);
  }

  async #close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }
}

class ZstdOutput implements FileOutput {
  readonly #plain: FileOutput;
  readonly #compressor = createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: 3 } });
  readonly #written: Promise<void>;

  constructor(plain: FileOutput) {
    this.#plain = plain;
    this.#written = this.#drain();
    // it is awaited by whoever writes next
    this.#written.catch(() => undefined);
  }

  async #drain(): Promise<void> {
    for await (const chunk of this.#compressor) await this.#plain.write(chunk);
  }

  async write(bytes: Uint8Array): Promise<void> {
    const taken = new Promise<void>((resolve, reject) => {
      this.#compressor.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
    taken.catch(() => undefined);
    await Promise.race([taken, this.#written.then(() => taken)]);
  }

  async finish(): Promise<void> {
    this.#compressor.end();
    await this.#written;
    await this.#plain.finish();
  }

  publish(signal: AbortSignal): Promise<void> {
    return this.#plain.publish(signal);
  }

  async discard(): Promise<void> {
    this.#compressor.destroy();
    await this.#written.catch(() => undefined);
    await this.#plain.discard();
  }
}
