import {
  type Disk,
  type DiskEntry,
  diskError,
  type DiskFile,
  type OpenFor,
} from '../../electron/engine/kernel/disk.ts';

/** Bytes written at an offset, or `undefined` for a file that was emptied. */
interface Write {
  readonly at: number;
  readonly bytes: Buffer | undefined;
}

interface Name {
  readonly folder: number;
  readonly name: string;
}

type Operation =
  | { readonly kind: 'write'; readonly node: number; readonly write: Write }
  | { readonly kind: 'sync'; readonly node: number }
  /** A name that stands for a node from now on, or for nothing; `from` lost it in the same moment. */
  | { readonly kind: 'bind'; readonly to: Name; readonly node: number | undefined; readonly from?: Name };

interface FileNode {
  readonly kind: 'file';
  bytes: Buffer;
  touchedMs: number;
}

interface FolderNode {
  readonly kind: 'folder';
  readonly names: Map<string, number>;
}

const root = 0;

/**
 * A disk in memory that writes down what was done to it, and can say what a loss of power at any moment may have left: everything
 * that was synced, and of the rest any part. Writes come whole, half, as zeros or not at all; names appear and disappear or do
 * not, each folder and each name for itself, except that a rename never loses the file.
 */
export class CrashDisk implements Disk {
  readonly #operations: Operation[] = [];
  readonly #nodes = new Map<number, FileNode | FolderNode>([[root, { kind: 'folder', names: new Map() }]]);
  #nextNode = 1;

  /** How many operations were written down: moments at which power can be lost. */
  get moments(): number {
    return this.#operations.length;
  }

  /** The disk that a loss of power after the first `moment` operations leaves; `random` chooses. */
  crashedAt(moment: number, random: () => number): CrashDisk {
    const crashed = new CrashDisk();
    const files = new Map<number, { bytes: Buffer; pending: Write[] }>();
    const names = new Map<
      string,
      { durable: number | undefined; pending: { node: number | undefined; at: number }[] }
    >();
    const moves: { at: number; to: string; from: string }[] = [];
    const key = ({ folder, name }: Name): string => `${folder}/${name}`;
    const nameAt = (
      place: string,
    ): { durable: number | undefined; pending: { node: number | undefined; at: number }[] } => {
      const known = names.get(place) ?? { durable: undefined, pending: [] };
      names.set(place, known);
      return known;
    };
    const harden = (place: string): void => {
      const known = nameAt(place);
      known.durable = known.pending.length > 0 ? known.pending.at(-1)?.node : known.durable;
      known.pending = [];
    };

    for (const [at, operation] of this.#operations.slice(0, moment).entries()) {
      if (operation.kind === 'write') {
        const file = files.get(operation.node) ?? { bytes: Buffer.alloc(0), pending: [] };
        files.set(operation.node, file);
        file.pending.push(operation.write);
      } else if (operation.kind === 'bind') {
        nameAt(key(operation.to)).pending.push({ node: operation.node, at });
        if (operation.from === undefined) continue;
        nameAt(key(operation.from)).pending.push({ node: undefined, at });
        moves.push({ at, to: key(operation.to), from: key(operation.from) });
      } else if (this.#nodes.get(operation.node)?.kind === 'folder') {
        for (const place of names.keys()) {
          if (!place.startsWith(`${operation.node}/`)) continue;
          // where the old name is surely gone, the new one is surely there
          for (const move of moves)
            if (move.from === place && nameAt(place).pending.some((one) => one.at === move.at)) harden(move.to);
          harden(place);
        }
      } else {
        const file = files.get(operation.node);
        if (file === undefined) continue;
        for (const write of file.pending) file.bytes = written(file.bytes, write);
        file.pending = [];
      }
    }

    // how much of what happened to each name since its last sync is seen
    const seen = new Map(
      [...names].map(([place, { pending }]) => [place, Math.floor(random() * (pending.length + 1))]),
    );
    const isSeen = (place: string, at: number): boolean => {
      const index = nameAt(place).pending.findIndex((one) => one.at === at);
      return index < 0 || index < (seen.get(place) ?? 0);
    };
    for (const { at, to, from } of moves.toReversed()) {
      if (isSeen(to, at) || !isSeen(from, at)) continue;
      const index = nameAt(from).pending.findIndex((one) => one.at === at);
      if (index >= 0) seen.set(from, index);
    }

    for (const [node, known] of this.#nodes) {
      if (known.kind === 'folder') crashed.#nodes.set(node, { kind: 'folder', names: new Map() });
      else {
        const { bytes, pending } = files.get(node) ?? { bytes: Buffer.alloc(0), pending: [] };
        const left = pending.reduce((sofar, write) => arrived(sofar, write, random), bytes);
        crashed.#nodes.set(node, { kind: 'file', bytes: Buffer.from(left), touchedMs: known.touchedMs });
      }
    }
    for (const [place, { durable, pending }] of names) {
      const count = seen.get(place) ?? 0;
      const node = count > 0 ? pending[count - 1]?.node : durable;
      const [folder, name] = [Number(place.slice(0, place.indexOf('/'))), place.slice(place.indexOf('/') + 1)];
      const parent = crashed.#nodes.get(folder);
      if (node !== undefined && parent?.kind === 'folder') parent.names.set(name, node);
    }
    crashed.#nextNode = this.#nextNode;
    return crashed;
  }

  async open(path: string, how: OpenFor): Promise<DiskFile> {
    let node = this.#at(path);
    if (node === undefined && how !== 'create') throw failure('ENOENT', 'file.open', path);
    if (node === undefined) {
      node = this.#nextNode++;
      this.#nodes.set(node, { kind: 'file', bytes: Buffer.alloc(0), touchedMs: 0 });
      this.#bind(this.#name(path), node);
    } else if (how === 'create') this.#write(node, { at: 0, bytes: undefined });
    return this.#file(node, path);
  }

  async rename(from: string, to: string): Promise<void> {
    const node = this.#at(from);
    if (node === undefined) throw failure('ENOENT', 'file.rename', from);
    const source = this.#name(from);
    this.#folder(source.folder).names.delete(source.name);
    this.#bind(this.#name(to), node, source);
  }

  async unlink(path: string): Promise<void> {
    if (this.#at(path) === undefined) return;
    this.#bind(this.#name(path), undefined);
  }

  async syncFolder(path: string): Promise<void> {
    const node = this.#at(path);
    if (node === undefined) throw failure('ENOENT', 'folder.sync', path);
    this.#operations.push({ kind: 'sync', node });
  }

  async makeFolder(path: string): Promise<boolean> {
    let isNew = false;
    const parts = path.split('/');
    for (let depth = 1; depth <= parts.length; depth++) {
      const part = parts.slice(0, depth).join('/');
      if (this.#at(part) !== undefined) continue;
      const node = this.#nextNode++;
      this.#nodes.set(node, { kind: 'folder', names: new Map() });
      this.#bind(this.#name(part), node);
      isNew = true;
    }
    return isNew;
  }

  async list(path: string): Promise<readonly string[]> {
    const node = this.#at(path);
    return node === undefined ? [] : [...this.#folder(node).names.keys()];
  }

  async stat(path: string): Promise<DiskEntry | undefined> {
    const known = this.#nodes.get(this.#at(path) ?? -1);
    if (known === undefined) return undefined;
    return known.kind === 'folder'
      ? { kind: 'folder', sizeBytes: 0, touchedMs: 0 }
      : { kind: 'file', sizeBytes: known.bytes.length, touchedMs: known.touchedMs };
  }

  async room(): Promise<{ freeBytes: number; totalBytes: number }> {
    return { freeBytes: 2 ** 30, totalBytes: 2 ** 30 };
  }

  async setReadOnly(): Promise<void> {}

  async touch(path: string, wallMs: number): Promise<void> {
    const known = this.#nodes.get(this.#at(path) ?? -1);
    if (known?.kind === 'file') known.touchedMs = wallMs;
  }

  #file(node: number, path: string): DiskFile {
    return {
      read: async (into, at) => this.#content(node, path).copy(into, 0, at),
      write: async (pieces, at) => this.#write(node, { at, bytes: Buffer.concat(pieces) }),
      sync: async () => {
        this.#operations.push({ kind: 'sync', node });
      },
      close: async () => {},
    };
  }

  #content(node: number, path: string): Buffer {
    const known = this.#nodes.get(node);
    if (known?.kind !== 'file') throw failure('EISDIR', 'file.read', path);
    return known.bytes;
  }

  #write(node: number, write: Write): void {
    const known = this.#nodes.get(node);
    if (known?.kind === 'file') known.bytes = written(known.bytes, write);
    this.#operations.push({ kind: 'write', node, write });
  }

  #bind(to: Name, node: number | undefined, from?: Name): void {
    const { names } = this.#folder(to.folder);
    if (node === undefined) names.delete(to.name);
    else names.set(to.name, node);
    this.#operations.push({ kind: 'bind', to, node, ...(from === undefined ? {} : { from }) });
  }

  #folder(node: number): FolderNode {
    const known = this.#nodes.get(node);
    if (known?.kind !== 'folder') throw failure('ENOTDIR', 'folder', String(node));
    return known;
  }

  #name(path: string): Name {
    const slash = path.lastIndexOf('/');
    const folder = slash < 0 ? root : this.#at(path.slice(0, slash));
    if (folder === undefined) throw failure('ENOENT', 'folder', path);
    return { folder, name: path.slice(slash + 1) };
  }

  #at(path: string): number | undefined {
    let node: number | undefined = root;
    for (const name of path.split('/')) {
      if (name === '.' || node === undefined) continue;
      const known = this.#nodes.get(node);
      node = known?.kind === 'folder' ? known.names.get(name) : undefined;
    }
    return node;
  }
}

function written(before: Buffer, { at, bytes }: Write): Buffer {
  if (bytes === undefined) return Buffer.alloc(0);
  const after = Buffer.alloc(Math.max(before.length, at + bytes.length));
  before.copy(after);
  bytes.copy(after, at);
  return after;
}

/** What an unsynced write may have left. */
function arrived(before: Buffer, write: Write, random: () => number): Buffer {
  const choice = Math.floor(random() * 4);
  if (choice === 0) return before;
  if (write.bytes === undefined || choice === 1) return written(before, write);
  if (choice === 2) {
    return written(before, { at: write.at, bytes: write.bytes.subarray(0, Math.floor(random() * write.bytes.length)) });
  }
  return written(before, { at: write.at, bytes: Buffer.alloc(write.bytes.length) });
}

function failure(errno: string, name: string, path: string): Error {
  return diskError(name, path, Object.assign(new Error(errno), { code: errno }));
}
