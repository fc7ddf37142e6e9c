import { type Disk, diskError, type DiskFile } from '../../electron/engine/kernel/disk.ts';

/** What befalls a call: the errno it fails with, or a write of which only the first half arrives. */
export type DiskFault = 'ENOSPC' | 'EIO' | 'EPERM' | 'EACCES' | 'EBUSY' | 'EMFILE' | 'EROFS' | 'short write';

/** A call to the disk, counted from 1. */
export interface DiskCall {
  readonly number: number;
  /** The name of the method; those of open files begin with `file.`. */
  readonly name: string;
  readonly path: string;
}

/** A Disk over another one that fails when told to. */
export class FaultyDisk implements Disk {
  readonly calls: DiskCall[] = [];
  /** Decides what befalls a call; may be replaced at any time. */
  strike: (call: DiskCall) => DiskFault | undefined;
  readonly #disk: Disk;

  constructor(disk: Disk, strike: (call: DiskCall) => DiskFault | undefined = () => undefined) {
    this.#disk = disk;
    this.strike = strike;
  }

  async open(path: string, how: 'read' | 'change' | 'create', signal: AbortSignal): Promise<DiskFile> {
    this.#call('open', path);
    return this.#faultyFile(await this.#disk.open(path, how, signal), path);
  }

  async rename(from: string, to: string, signal: AbortSignal): Promise<void> {
    this.#call('rename', from);
    await this.#disk.rename(from, to, signal);
  }

  async unlink(path: string, signal: AbortSignal): Promise<void> {
    this.#call('unlink', path);
    await this.#disk.unlink(path, signal);
  }

  async syncFolder(path: string, signal: AbortSignal): Promise<void> {
    this.#call('syncFolder', path);
    await this.#disk.syncFolder(path, signal);
  }

  async makeFolder(path: string): Promise<boolean> {
    this.#call('makeFolder', path);
    return this.#disk.makeFolder(path);
  }

  async list(path: string): Promise<readonly string[]> {
    this.#call('list', path);
    return this.#disk.list(path);
  }

  async stat(path: string): ReturnType<Disk['stat']> {
    this.#call('stat', path);
    return this.#disk.stat(path);
  }

  async room(path: string): ReturnType<Disk['room']> {
    this.#call('room', path);
    return this.#disk.room(path);
  }

  async setReadOnly(path: string): Promise<void> {
    this.#call('setReadOnly', path);
    await this.#disk.setReadOnly(path);
  }

  async touch(path: string, wallMs: number): Promise<void> {
    this.#call('touch', path);
    await this.#disk.touch(path, wallMs);
  }

  #faultyFile(file: DiskFile, path: string): DiskFile {
    return {
      read: async (into, at) => {
        this.#call('file.read', path);
        return file.read(into, at);
      },
      write: async (pieces, at) => {
        if (this.#fault('file.write', path) === 'short write') {
          const bytes = Buffer.concat(pieces);
          await file.write([bytes.subarray(0, bytes.length / 2)], at);
          throw failure('EIO', 'file.write', path);
        }
        await file.write(pieces, at);
      },
      sync: async () => {
        this.#call('file.sync', path);
        await file.sync();
      },
      close: async () => {
        // a close that fails has closed all the same
        await file.close();
        this.#call('file.close', path);
      },
    };
  }

  #call(name: string, path: string): void {
    if (this.#fault(name, path) === 'short write') throw failure('EIO', name, path);
  }

  #fault(name: string, path: string): DiskFault | undefined {
    const call = { number: this.calls.length + 1, name, path };
    this.calls.push(call);
    const fault = this.strike(call);
    if (fault !== undefined && fault !== 'short write') throw failure(fault, name, path);
    return fault;
  }
}

function failure(errno: string, name: string, path: string): Error {
  return diskError(name, path, Object.assign(new Error(errno), { code: errno }));
}
