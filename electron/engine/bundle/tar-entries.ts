import { quoted } from '../../oci/oci-error.ts';
import { asCopyError, throwIfCancelled } from '../kernel/errors.ts';
import type { ByteFile } from './byte-file.ts';
import { type Entries, type Entry, entryIn } from './entry.ts';
import { entryName } from './entry-name.ts';
import { fileError } from './file-errors.ts';
import { isZero, type PaxChanges, parsePax, parseTarBlock, type TarBlock } from './tar-block.ts';
import { blockBytes, paddingOf } from './tar-header.ts';

/** How much of a tar is believed before it is refused. */
export interface TarLimits {
  readonly entries: number;
  /** Bytes of one pax header or long name. */
  readonly extensionBytes: number;
}

const defaultLimits: TarLimits = { entries: 500_000, extensionBytes: 64 * 1024 };
const windowBytes = 64 * 1024;

/** How a tar is to be read. */
export interface TarReading {
  readonly limits?: Partial<TarLimits>;
  /** Take what is there of a tar that is cut off; without it such a tar is refused. */
  readonly acceptIncomplete?: boolean;
}

/**
 * Looks through a tar once and remembers where everything lies; contents are not touched.
 * Rejects `integrity` for a tar that is cut off, `invalid` for one that contradicts itself: a wrong checksum, a name given twice.
 */
export async function openTar(file: ByteFile, reading: TarReading, signal: AbortSignal): Promise<Entries> {
  const tar = new TarEntries(file.name);
  const walk = new TarWalk(file, tar, { ...defaultLimits, ...reading.limits });
  try {
    await walk.run(signal);
  } catch (thrown) {
    const error = asCopyError(thrown, { side: 'source', op: 'file.read', subject: file.name });
    if (error.kind !== 'integrity' || reading.acceptIncomplete !== true) throw error;
    tar.notices.push(error.message);
  }
  return tar;
}

class TarEntries implements Entries {
  readonly name: string;
  readonly notices: string[] = [];
  readonly files = new Map<string, Entry>();
  readonly links = new Map<string, string>();
  #folders: ReadonlyMap<string, readonly string[]> | undefined;

  constructor(name: string) {
    this.name = name;
  }

  async find(name: string): Promise<Entry | undefined> {
    return this.files.get(name);
  }

  async link(name: string): Promise<string | undefined> {
    return this.links.get(name);
  }

  async list(folder: string): Promise<readonly string[]> {
    this.#folders ??= foldersOf([...this.files.keys()]);
    return this.#folders.get(folder) ?? [];
  }
}

function foldersOf(names: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const folders = new Map<string, Set<string>>();
  for (const name of names) {
    for (let rest = name; rest !== ''; ) {
      const slash = rest.lastIndexOf('/');
      const parent = slash < 0 ? '' : rest.slice(0, slash);
      const children = folders.get(parent) ?? new Set();
      folders.set(parent, children.add(rest.slice(slash + 1)));
      rest = parent;
    }
  }
  return new Map([...folders].map(([folder, children]) => [folder, [...children].sort()]));
}

/** One pass over the headers of a tar. */
class TarWalk {
  readonly #file: ByteFile;
  readonly #into: TarEntries;
  readonly #limits: TarLimits;
  #window: { readonly at: number; readonly bytes: Buffer } = { at: 0, bytes: Buffer.alloc(0) };
  #ignored = 0;

  constructor(file: ByteFile, into: TarEntries, limits: TarLimits) {
    this.#file = file;
    this.#into = into;
    this.#limits = limits;
  }

  async run(signal: AbortSignal): Promise<void> {
    let changes: PaxChanges = {};
    let at = 0;
    for (let count = 0; ; count++) {
      throwIfCancelled(signal, this.#file.name);
      if (count > this.#limits.entries) this.#refuse(`has more than ${this.#limits.entries} entries`);
      if (at === this.#file.sizeBytes && at > 0) break;
      const head = await this.#read(at, blockBytes, 'a header');
      if (isZero(head)) {
        await this.#lookBehind(at);
        break;
      }
      const block = parseTarBlock(head);
      at += blockBytes;
      if (
        block.type === 'pax' ||
        block.type === 'pax-global' ||
        block.type === 'long-name' ||
        block.type === 'long-link'
      ) {
        const body = await this.#extension(block, at);
        if (block.type === 'pax-global') this.#refuseGlobalChanges(parsePax(body));
        else changes = { ...changes, ...changesIn(block, body) };
        at += block.sizeBytes + paddingOf(block.sizeBytes);
        continue;
      }
      const sizeBytes = block.type === 'file' ? (changes.sizeBytes ?? block.sizeBytes) : block.sizeBytes;
      if (at + sizeBytes > this.#file.sizeBytes)
        throw fileError(
          'integrity',
          this.#file.name,
          `is cut off: ${at + sizeBytes - this.#file.sizeBytes} bytes of an entry are missing`,
        );
      this.#take(
        { ...block, name: changes.path ?? block.name, linkName: changes.linkPath ?? block.linkName, sizeBytes },
        at,
      );
      at += sizeBytes + paddingOf(sizeBytes);
      changes = {};
    }
    if (this.#ignored > 0)
      this.#into.notices.push(
        `${this.#file.name}: ${this.#ignored} entries of a kind or a name that no image file needs were ignored`,
      );
  }

  #take(block: TarBlock, at: number): void {
    if (block.type === 'folder') return;
    const name = entryName(block.name);
    if (name === undefined || block.type === 'other') {
      this.#ignored++;
      return;
    }
    const { files, links } = this.#into;
    if (files.has(name) || links.has(name)) this.#refuse(`has the entry ${quoted(name)} twice`);
    if (block.type === 'link') links.set(name, block.linkName);
    else files.set(name, entryIn(this.#file, at, block.sizeBytes));
  }

  async #extension(block: TarBlock, at: number): Promise<Buffer> {
    if (block.sizeBytes > this.#limits.extensionBytes) this.#refuse(`has a header of ${block.sizeBytes} bytes`);
    return this.#read(at, block.sizeBytes, 'a header');
  }

  #refuseGlobalChanges(changes: PaxChanges): void {
    if (Object.keys(changes).length > 0) this.#refuse('has a header that renames every entry');
  }

  /** Bytes behind the end may be padding; anything else was never part of the archive. */
  async #lookBehind(at: number): Promise<void> {
    const rest = await this.#file.read(at, Math.min(this.#file.sizeBytes - at, 1024 * 1024));
    if (!isZero(rest)) this.#into.notices.push(`${this.#file.name} has other bytes behind its end; they were ignored`);
  }

  /** Headers are small and often close together, so they are read through a window. */
  async #read(at: number, length: number, what: string): Promise<Buffer> {
    const { sizeBytes, name } = this.#file;
    if (at + length > sizeBytes) throw fileError('integrity', name, `is cut off at byte ${sizeBytes}, inside ${what}`);
    const { at: from, bytes } = this.#window;
    if (at < from || at + length > from + bytes.byteLength) {
      const ahead = length > windowBytes ? length : Math.min(windowBytes, sizeBytes - at);
      this.#window = { at, bytes: await this.#file.read(at, ahead) };
    }
    const start = at - this.#window.at;
    return this.#window.bytes.subarray(start, start + length);
  }

  #refuse(message: string): never {
    throw fileError('invalid', this.#file.name, message);
  }
}

function changesIn(block: TarBlock, body: Buffer): PaxChanges {
  if (block.type === 'pax') return parsePax(body);
  const text = body.toString('latin1').replace(/\0+$/, '');
  return block.type === 'long-name' ? { path: text } : { linkPath: text };
}
