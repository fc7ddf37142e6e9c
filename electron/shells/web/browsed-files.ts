import { randomUUID } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { basename, isAbsolute, join, relative } from 'node:path';
import type { OutputOf } from '../../contract/commands.ts';
import { copyError, type CopyError } from '../../app/errors.ts';
import type { ChosenFile, FileDesk } from '../../app/window/parts.ts';

type Listing = OutputOf<'files.list'>;

const mostEntries = 5000;
const mostHandles = 100_000;
/** Shares and devices are opened by being looked at, which gives the account of this machine away (S-WEB-10). */
const foreignPath = /^(?:[\\/]{2}|[a-z]+:\/\/|file:)/i;

/** Files below some folders, chosen by browsing. Paths never cross: what was listed is known by a handle. */
export class BrowsedFiles implements FileDesk {
  readonly #roots: readonly string[];
  readonly #paths = new Map<string, string>();
  readonly #handles = new Map<string, string>();

  private constructor(roots: readonly string[]) {
    this.#roots = roots;
  }

  /** Throws CopyError of kind `invalid` for a root that is no folder of this machine. */
  static async open(roots: readonly string[]): Promise<BrowsedFiles> {
    return new BrowsedFiles([...new Set(await Promise.all(roots.map(realFolder)))]);
  }

  /** This shell has no dialog of its own. */
  pick(): Promise<OutputOf<'files.pick'>> {
    return Promise.resolve({ files: [] });
  }

  async list({ folder }: { readonly folder?: string }): Promise<Listing> {
    if (folder === undefined) {
      const entries = this.#roots.map((path) => ({
        name: path.slice(-255),
        isFolder: true,
        handle: this.#handleOf(path),
      }));
      return { folder: '', entries, isCut: false };
    }
    const path = await this.#realPath(folder);
    const found = await readdir(path, { withFileTypes: true }).catch((cause: unknown) => {
      throw notThere(basename(path), cause);
    });
    const shown = found.filter(({ name }) => name.length <= 255 && !name.startsWith('.')).sort(byKindAndName);
    const parent = join(path, '..');
    const listed = await Promise.all(shown.slice(0, mostEntries).map((entry) => this.#entryOf(join(path, entry.name))));
    return {
      folder: path.slice(-1000),
      ...(this.#isInside(parent) ? { parent: this.#handleOf(parent) } : {}),
      entries: listed.filter((entry) => entry !== undefined),
      isCut: shown.length > mostEntries,
    };
  }

  async open(handle: string): Promise<ChosenFile> {
    const path = await this.#realPath(handle);
    const name = basename(path).slice(0, 255);
    const found = await stat(path);
    if (!found.isFile()) throw notThere(name);
    return { name, sizeBytes: found.size, text: () => readText(path, name, found.size) };
  }

  place(handle: string): Promise<string> {
    return this.#realPath(handle);
  }

  async #entryOf(path: string): Promise<Listing['entries'][number] | undefined> {
    try {
      const real = await realpath(path);
      // a link may lead out of the folders that may be looked into
      if (!this.#isInside(real)) return undefined;
      const found = await stat(real);
      const name = basename(path);
      if (found.isDirectory()) return { name, isFolder: true, handle: this.#handleOf(real) };
      return found.isFile() ? { name, isFolder: false, size: found.size, handle: this.#handleOf(real) } : undefined;
    } catch {
      // gone since, or not for this account
      return undefined;
    }
  }

  /** Looked at again each time: since it was listed a link may have taken its place. */
  async #realPath(handle: string): Promise<string> {
    const path = this.#paths.get(handle);
    if (path === undefined) throw notThere('file');
    const real = await realpath(path).catch((cause: unknown) => {
      throw notThere(basename(path), cause);
    });
    if (!this.#isInside(real)) throw notThere(basename(path));
    return real;
  }

  #isInside(path: string): boolean {
    return this.#roots.some((root) => {
      const rest = relative(root, path);
      return rest === '' || (!isAbsolute(rest) && rest !== '..' && !/^\.\.[\\/]/.test(rest));
    });
  }

  #handleOf(path: string): string {
    const known = this.#handles.get(path);
    if (known !== undefined) return known;
    const [oldest] = this.#handles;
    if (this.#handles.size >= mostHandles && oldest !== undefined) {
      this.#handles.delete(oldest[0]);
      this.#paths.delete(oldest[1]);
    }
    const handle = randomUUID();
    this.#handles.set(path, handle);
    this.#paths.set(handle, path);
    return handle;
  }
}

async function realFolder(path: string): Promise<string> {
  const message = 'only a folder of this machine can be browsed';
  const refusal = copyError('invalid', { side: 'local', op: 'files.root', subject: path, message });
  if (foreignPath.test(path) || path.includes('\0') || !isAbsolute(path)) throw refusal;
  const real = await realpath(path).catch(() => path);
  if (foreignPath.test(real) || !(await isFolder(real))) throw refusal;
  return real;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function readText(path: string, name: string, sizeBytes: number): Promise<string> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw notThere(name, cause);
  });
  try {
    const buffer = Buffer.alloc(sizeBytes);
    const { bytesRead } = await file.read(buffer, 0, sizeBytes, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

function byKindAndName(a: Dirent, b: Dirent): number {
  return Number(b.isDirectory()) - Number(a.isDirectory()) || a.name.localeCompare(b.name);
}

/** Names the last part only. */
function notThere(name: string, cause?: unknown): CopyError {
  return copyError('not-found', {
    side: 'local',
    op: 'files',
    subject: name,
    message: `${name} cannot be read`,
    cause,
  });
}
