import { constants } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';

/** UV_FS_O_EXLOCK of libuv, which Node hands on: nobody else can open the file meanwhile, and the system ends that with the process. */
const exclusive = 0x1000_0000;

/** Whether owners hold a file on this system: on Windows, where nothing tells a process from a later one of the same number. */
export const hasOwnerLocks: boolean = process.platform === 'win32';

/** A file that this process holds as long as it lives. */
export class OwnerLock {
  readonly #path: string;
  readonly #handle: FileHandle;

  private constructor(path: string, handle: FileHandle) {
    this.#path = path;
    this.#handle = handle;
  }

  /** Makes the file and holds it. */
  static async hold(path: string): Promise<OwnerLock> {
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | exclusive;
    return new OwnerLock(path, await open(path, flags, 0o600));
  }

  /** True while some process holds the file. */
  static async isHeld(path: string): Promise<boolean> {
    try {
      await (await open(path, 'r')).close();
      return false;
    } catch (thrown) {
      return !(thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT');
    }
  }

  /** Lets the file go and removes it. */
  async release(): Promise<void> {
    await this.#handle.close();
    await rm(this.#path, { force: true });
  }
}
