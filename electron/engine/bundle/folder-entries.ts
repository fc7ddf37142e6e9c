import { lstat, opendir, readlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { openByteFile, pour } from './byte-file.ts';
import type { Entries, Entry } from './entry.ts';
import { entryName } from './entry-name.ts';
import { codeOf, fileError, readError } from './file-errors.ts';

const mostNames = 200_000;

/** A folder on a disk. Links inside it are not followed, so nothing outside of it is ever read (RELIABILITY F-67). */
export function openFolder(path: string): Entries {
  return new FolderEntries(path);
}

class FolderEntries implements Entries {
  readonly name: string;
  readonly notices: readonly string[] = [];
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
    this.name = basename(path);
  }

  async find(name: string): Promise<Entry | undefined> {
    const seen = await this.#look(name);
    if (seen === undefined) return undefined;
    if (!seen.isFile()) {
      if (seen.isDirectory()) return undefined;
      throw fileError('invalid', `${this.name}/${name}`, 'is a link or a device, not a file');
    }
    const path = this.#pathOf(name);
    const file = `${this.name}/${name}`;
    const { size } = seen;
    return {
      file,
      sizeBytes: size,
      pour: async (from, end, tap) => {
        await this.#look(name);
        const opened = await openByteFile(path, file);
        try {
          if (opened.sizeBytes !== size) throw fileError('integrity', file, 'has changed its size meanwhile');
          await pour(opened, from, end, tap);
        } finally {
          await opened.close();
        }
      },
    };
  }

  async list(folder: string): Promise<readonly string[]> {
    const seen = folder === '' ? undefined : await this.#look(folder);
    if (folder !== '' && seen?.isDirectory() !== true) return [];
    const names: string[] = [];
    try {
      for await (const { name } of await opendir(this.#pathOf(folder))) {
        if (names.length >= mostNames)
          throw fileError('invalid', this.name, `has more than ${mostNames} names in ${folder}`);
        if (entryName(name) === name) names.push(name);
      }
    } catch (thrown) {
      throw readError(thrown, `${this.name}/${folder}`);
    }
    return names.sort();
  }

  async link(name: string): Promise<string | undefined> {
    const seen = await this.#look(name);
    return seen?.isSymbolicLink() === true ? readlink(this.#pathOf(name)) : undefined;
  }

  /** What is there under a name whose folders are all real ones; undefined when nothing is. */
  async #look(name: string): Promise<(Awaited<ReturnType<typeof lstat>> & { size: number }) | undefined> {
    const parts = name.split('/');
    for (let count = 1; count < parts.length; count++) {
      const folder = parts.slice(0, count).join('/');
      const seen = await lstatOrNothing(this.#pathOf(folder), folder);
      if (seen === undefined) return undefined;
      if (!seen.isDirectory())
        throw fileError('invalid', `${this.name}/${folder}`, 'is a link or a file, not a folder');
    }
    return lstatOrNothing(this.#pathOf(name), name);
  }

  #pathOf(name: string): string {
    return join(this.#path, ...name.split('/'));
  }
}

async function lstatOrNothing(path: string, name: string) {
  try {
    return await lstat(path);
  } catch (thrown) {
    const code = codeOf(thrown);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw readError(thrown, name);
  }
}
