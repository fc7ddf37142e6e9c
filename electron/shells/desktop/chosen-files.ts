import { randomUUID } from 'node:crypto';
import { readFile, realpath, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { type BrowserWindow, dialog, type FileFilter } from 'electron';
import type { InputOf, OutputOf } from '../../contract/commands.ts';
import { copyError, type CopyError } from '../../app/errors.ts';
import type { ChosenFile, FileDesk } from '../../app/window/parts.ts';
import { isLocalPath } from './local-path.ts';
import type { Texts } from './texts.ts';

type Purpose = InputOf<'files.pick'>['purpose'];
type Picked = OutputOf<'files.pick'>['files'][number];

const mostHandles = 10_000;
const mostFiles = 100;
const filters: Readonly<Record<Purpose, readonly (readonly string[])[]>> = {
  images: [['yaml', 'yml', 'json', 'txt', 'list']],
  auth: [['yaml', 'yml', 'json']],
  bundle: [['ferry', 'tar', 'gz', 'tgz', 'zst']],
  folder: [],
  ca: [['pem', 'crt', 'cer']],
  key: [['pem', 'key']],
  users: [],
  export: [],
};

/** Files that a person chose in a dialog or dropped on the window. Paths never reach the page: it knows files by handles. */
export class ChosenFiles implements FileDesk {
  readonly #window: () => BrowserWindow | undefined;
  readonly #texts: () => Promise<Texts>;
  readonly #paths = new Map<string, string>();

  constructor(window: () => BrowserWindow | undefined, texts: () => Promise<Texts>) {
    this.#window = window;
    this.#texts = texts;
  }

  async pick({ purpose, multiple = false, name }: InputOf<'files.pick'>): Promise<OutputOf<'files.pick'>> {
    const paths = await this.#ask(purpose, multiple, name);
    return { files: paths.slice(0, mostFiles).map((path) => this.#hand(path)) };
  }

  /** This shell has a dialog and no folders to be looked into. */
  list(): Promise<OutputOf<'files.list'>> {
    return Promise.resolve({ folder: '', entries: [], isCut: false });
  }

  async open(handle: string): Promise<ChosenFile> {
    const path = this.#paths.get(handle);
    if (path === undefined) throw notThere('file');
    const name = nameOf(path);
    const found = await stat(path).catch((cause: unknown) => {
      throw notThere(name, cause);
    });
    if (!found.isFile()) throw notThere(name);
    return {
      name,
      sizeBytes: found.size,
      text: (signal) =>
        readFile(path, { encoding: 'utf8', signal }).catch((cause: unknown) => {
          throw notThere(name, cause);
        }),
    };
  }

  place(handle: string): Promise<string> {
    const path = this.#paths.get(handle);
    return path === undefined ? Promise.reject(notThere('file')) : Promise.resolve(path);
  }

  /** The handle of a file or folder that was dropped; undefined for what is none of this machine. */
  async dropped(path: string): Promise<Picked | undefined> {
    if (!isLocalPath(path)) return undefined;
    try {
      const real = await realpath(path);
      if (!isLocalPath(real)) return undefined;
      const found = await stat(real);
      return found.isFile() || found.isDirectory() ? this.#hand(real) : undefined;
    } catch {
      return undefined;
    }
  }

  async #ask(purpose: Purpose, multiple: boolean, name: string | undefined): Promise<readonly string[]> {
    const title = (await this.#texts()).choose[purpose];
    const window = this.#window();
    if (purpose === 'export') {
      const saving = { title, ...(name === undefined ? {} : { defaultPath: basename(name) }) };
      const asked = window === undefined ? dialog.showSaveDialog(saving) : dialog.showSaveDialog(window, saving);
      const { canceled, filePath } = await asked;
      return canceled ? [] : [filePath];
    }
    const options = {
      title,
      filters: filters[purpose].map((extensions): FileFilter => ({ name: title, extensions: [...extensions] })),
      properties:
        purpose === 'folder'
          ? (['openDirectory'] as const).slice()
          : multiple
            ? (['openFile', 'multiSelections'] as const).slice()
            : (['openFile'] as const).slice(),
    };
    const asked = window === undefined ? dialog.showOpenDialog(options) : dialog.showOpenDialog(window, options);
    const { canceled, filePaths } = await asked;
    return canceled ? [] : filePaths;
  }

  #hand(path: string): Picked {
    const [oldest] = this.#paths.keys();
    if (this.#paths.size >= mostHandles && oldest !== undefined) this.#paths.delete(oldest);
    const handle = randomUUID();
    this.#paths.set(handle, path);
    return { handle, name: nameOf(path) };
  }
}

/** As a window may have it: one line of at most 255 characters. */
function nameOf(path: string): string {
  return basename(path)
    .replaceAll(/\p{Cc}/gu, '_')
    .slice(0, 255);
}

/** Names the last part only. */
function notThere(name: string, cause?: unknown): CopyError {
  const message = `${name} cannot be read`;
  return copyError('not-found', { side: 'local', op: 'files', subject: name, message, cause });
}
