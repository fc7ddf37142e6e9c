import { basename, dirname, join } from 'node:path';
import { type Clock, systemClock } from '../kernel/clock.ts';
import type { Disk } from '../kernel/disk.ts';
import { copyError, throwIfCancelled } from '../kernel/errors.ts';
import { BlobTarget } from './blob-target.ts';
import type { ExportPlan } from './export-plan.ts';
import { createOutput, type FileOutput } from './file-output.ts';
import { isPackedVolume, isWrittenVolume } from './written-volume.ts';
import { endBytes, paddingOf, tarHeader } from './tar-header.ts';
import { requireRoom } from './room.ts';
import { sharedDisk } from './shared-disk.ts';
import { numberOf, writeVolumeHeader } from './volume-header.ts';
import type { Piece, Volume } from './volume-layout.ts';
import type { WrittenItem } from './written-item.ts';

/**
 * Reads a blob into `target` from `target.receivedBytes` on, as often as it takes; may end early only by rejecting.
 * The target counts and hashes.
 */
export type ReadBlob = (target: BlobTarget, signal: AbortSignal) => Promise<void>;

/** How files are written. */
export interface WriteOptions {
  /** Compress each volume as a whole; layers mostly are compressed already. */
  readonly compression?: 'none' | 'zstd';
  /** Make these volumes again, whatever is there; all that are missing unless given. */
  readonly volumes?: readonly number[];
  /** Told of bytes of blobs as they are written. */
  readonly onBytes?: (bytes: number) => void;
  /** What is waited by when another program holds a file; the machine's clock unless given. */
  readonly clock?: Clock;
  /** The folder that is written into; that of the path unless given. */
  readonly disk?: Disk;
}

/** The folder that `path` lies in. */
export function diskOf(path: string, { disk, clock = systemClock }: WriteOptions): Disk {
  return disk ?? sharedDisk(dirname(path), clock);
}

/** The files that a plan becomes: `NAME.tar`, or `NAME.001-of-003.tar` and so on, in that order. */
export function volumePaths(plan: ExportPlan, path: string, compression: 'none' | 'zstd' = 'none'): readonly string[] {
  const ending = compression === 'zstd' ? '.tar.zst' : '.tar';
  const count = plan.volumes.length;
  if (count === 1) return [compression === 'zstd' && !path.endsWith('.zst') ? `${stemOf(path)}${ending}` : path];
  return plan.volumes.map(({ number }) => `${stemOf(path)}.${numberOf(number)}-of-${numberOf(count)}${ending}`);
}

function stemOf(path: string): string {
  return path.replace(/(?:\.tar)?(?:\.zst)?$/, '');
}

/**
 * Writes the volumes of a plan and gives the paths of those it wrote. A volume has its name only once it is whole and durable; those that
 * are there from an earlier try are kept, so that an export that broke off goes on. Rejects `conflict` for a file of
 * that name that is something else, `invalid` for a volume that the plan does not have.
 */
export async function writeVolumes(
  plan: ExportPlan,
  path: string,
  readBlob: ReadBlob,
  options: WriteOptions,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const disk = diskOf(path, options);
  const paths = volumePaths(plan, path, options.compression);
  const unknown = options.volumes?.find((number) => paths[number - 1] === undefined);
  if (unknown !== undefined) {
    const message = `there is no volume ${unknown}: the export has ${paths.length}`;
    throw copyError('invalid', { side: 'local', op: 'export.write', subject: path, message });
  }
  const wanted = new Map<number, string>();
  for (const [index, volume] of plan.volumes.entries()) {
    const target = paths[index] ?? path;
    const isWanted =
      options.volumes === undefined
        ? !(await isThere(disk, plan, volume, target, options, signal))
        : options.volumes.includes(volume.number);
    if (isWanted) wanted.set(volume.number, basename(target));
  }
  const bytes = plan.volumes.reduce((sum, { number, sizeBytes }) => sum + (wanted.has(number) ? sizeBytes : 0), 0);
  await requireRoom(disk, dirname(path), bytes);
  const writing = new VolumeWriting(disk, plan, wanted, options);
  try {
    await writing.run(readBlob, signal);
  } finally {
    await writing.discard();
  }
  return [...wanted.values()].map((name) => join(dirname(path), name));
}

async function isThere(
  disk: Disk,
  plan: ExportPlan,
  volume: Volume,
  path: string,
  { compression }: WriteOptions,
  signal: AbortSignal,
): Promise<boolean> {
  if ((await disk.stat(basename(path))) === undefined) return false;
  const check = compression === 'zstd' ? isPackedVolume : isWrittenVolume;
  if (plan.set !== undefined && (await check(path, volume, plan.set, signal))) return true;
  const message = `${basename(path)} is there already and is not a volume of this export`;
  throw copyError('conflict', { side: 'local', op: 'file.write', subject: path, message });
}

/** Writes items in their order into the volumes they lie in; a blob that spans volumes is read once. */
class VolumeWriting {
  readonly #disk: Disk;
  readonly #plan: ExportPlan;
  readonly #wanted: ReadonlyMap<number, string>;
  readonly #options: WriteOptions;
  #current: { readonly volume: Volume; readonly output: FileOutput; writtenBytes: number } | undefined;
  /** Whole, but perhaps with the beginning of a blob that is not yet known to be right. */
  readonly #unpublished: FileOutput[] = [];

  constructor(disk: Disk, plan: ExportPlan, wanted: ReadonlyMap<number, string>, options: WriteOptions) {
    this.#disk = disk;
    this.#plan = plan;
    this.#wanted = wanted;
    this.#options = options;
  }

  async run(readBlob: ReadBlob, signal: AbortSignal): Promise<void> {
    for (const [item, parts] of this.#wantedParts()) {
      throwIfCancelled(signal, item.name);
      if ('bytes' in item) await this.#put(parts, item.bytes, 0, signal);
      else {
        const target = new BlobTarget(item.descriptor, (chunk, at) => this.#put(parts, chunk, at, signal));
        try {
          await readBlob(target, signal);
        } finally {
          await target.settle();
        }
        await target.finish();
        if (item.size === 0) await this.#put(parts, new Uint8Array(), 0, signal);
      }
      for (const output of this.#unpublished.splice(0)) await output.publish(signal);
    }
  }

  async discard(): Promise<void> {
    await this.#current?.output.discard();
    for (const output of this.#unpublished.splice(0)) await output.discard();
  }

  #wantedParts(): ReadonlyMap<WrittenItem, readonly Part[]> {
    const parts = new Map<WrittenItem, Part[]>();
    for (const volume of this.#plan.volumes) {
      if (!this.#wanted.has(volume.number)) continue;
      for (const piece of volume.pieces) parts.set(piece.item, [...(parts.get(piece.item) ?? []), { volume, piece }]);
    }
    return parts;
  }

  /** Puts bytes of an item that begin at `at` where they belong; those of volumes that are not wanted are dropped. */
  async #put(parts: readonly Part[], bytes: Uint8Array, at: number, signal: AbortSignal): Promise<void> {
    for (const { volume, piece } of parts) {
      const start = Math.max(at, piece.from);
      const end = Math.min(at + bytes.byteLength, piece.from + piece.size);
      if (end < start || (end === start && piece.size > 0)) continue;
      if (start === piece.from) await this.#begin(volume, piece, signal);
      await this.#write(bytes.subarray(start - at, end - at));
      if ('descriptor' in piece.item) this.#options.onBytes?.(end - start);
      if (end === piece.from + piece.size) await this.#end(volume, piece);
    }
  }

  async #begin(volume: Volume, piece: Piece, signal: AbortSignal): Promise<void> {
    if (this.#current?.volume !== volume) {
      const name = this.#wanted.get(volume.number) ?? '';
      const output = await createOutput(this.#disk, name, this.#options.compression ?? 'none', signal);
      this.#current = { volume, output, writtenBytes: 0 };
      const { set } = this.#plan;
      if (set !== undefined) await this.#write(writeVolumeHeader({ set, volume: volume.number, of: volume.of }));
    }
    await this.#write(tarHeader(piece.name, piece.size));
  }

  async #end(volume: Volume, piece: Piece): Promise<void> {
    await this.#write(Buffer.alloc(paddingOf(piece.size)));
    if (volume.pieces.at(-1) !== piece) return;
    if (volume.number === volume.of) await this.#write(Buffer.alloc(endBytes));
    const current = this.#current;
    if (current?.writtenBytes !== volume.sizeBytes) {
      const message = `volume ${volume.number} came out with another size than planned`;
      throw copyError('internal', { side: 'local', op: 'file.write', subject: 'volume', message });
    }
    await current.output.finish();
    this.#unpublished.push(current.output);
    this.#current = undefined;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    const current = this.#current;
    if (current === undefined || bytes.byteLength === 0) return;
    await current.output.write(bytes);
    current.writtenBytes += bytes.byteLength;
  }
}

/** A piece and the volume it lies in. */
interface Part {
  readonly volume: Volume;
  readonly piece: Piece<WrittenItem>;
}
