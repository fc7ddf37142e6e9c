import { resolve } from 'node:path';
import type { CopyWishOptions } from '../../contract/requests.ts';
import { isObject, type JsonObject } from '../../oci/fields.ts';
import { isFilePlace, readFilePlace } from './file-places.ts';
import type { ExportWish, ImportWish } from './wishes.ts';

/** A job that files are part of, with what was asked for: enough to do it again. */
export type FileJob =
  | { readonly command: 'export'; readonly asked: ExportWish }
  | { readonly command: 'import'; readonly asked: ImportWish }
  | { readonly command: 'copy'; readonly asked: CopyFromFile };

/** An image of a file that is copied to registries. */
export interface CopyFromFile {
  readonly source: string;
  readonly destinations: readonly string[];
  readonly options: CopyWishOptions;
}

const ownPaths: ReadonlySet<string> = new Set(['path', 'listFile', 'keyFile', 'files', 'bases']);
const places: ReadonlySet<string> = new Set(['references', 'source', 'destinations']);

/** What was asked with whole paths, so that it means the same whatever folder it is read in, and under names that are kept. */
export function keptAsked(asked: object): object {
  const entries = Object.entries(asked).map(([name, value]: [string, unknown]) => [
    // the name of what would be a secret; this is where one lies
    name === 'keyFile' ? 'signedBy' : name,
    ownPaths.has(name)
      ? mapTexts(value, (path) => resolve(path))
      : places.has(name)
        ? mapTexts(value, wholePlace)
        : value,
  ]);
  return Object.fromEntries(entries);
}

/** The job in what the history kept; undefined when it is of no file, or cannot be read any more. */
export function readFileJob(command: string, wish: unknown, options: CopyWishOptions): FileJob | undefined {
  const kept = isObject(wish) ? wish['carried'] : undefined;
  if (!isObject(kept)) return undefined;
  const { signedBy, ...rest } = kept;
  const asked: JsonObject = { ...rest, ...(signedBy === undefined ? {} : { keyFile: signedBy }), options };
  if (command === 'export' && isExport(asked)) return { command, asked };
  if (command === 'import' && isImport(asked)) return { command, asked };
  if (command === 'copy' && isCopy(asked)) return { command, asked };
  return undefined;
}

/** The command that does it, as it could be typed; without what is the same for every command. */
export function commandOf(job: FileJob): string {
  const words: string[] = ['image-ferry', job.command];
  const flag = (name: string, value: string | undefined): number => (value === undefined ? 0 : words.push(name, value));
  switch (job.command) {
    case 'export': {
      const { references, listFile, path, format, bases, volumeBytes, again, keyFile, compression } = job.asked;
      words.push(...references);
      flag('--list', listFile);
      flag('-o', path);
      flag('--format', format === 'bundle' ? undefined : format);
      for (const base of bases) flag('--base', base);
      flag('--volume-size', volumeBytes?.toString());
      flag('--set', again?.set);
      flag('--volume', again?.volume.toString());
      flag('--sign', keyFile);
      if (compression === 'zstd') words.push('--zstd');
      break;
    }
    case 'import': {
      const { files, to, maps, createsProjects, isPartial = false, signer, digest } = job.asked;
      words.push(...files);
      flag('--to', to);
      for (const map of maps) flag('--map', map);
      flag('--signer', signer);
      flag('--expect-digest', digest);
      if (createsProjects) words.push('--create-projects');
      if (isPartial) words.push('--partial');
      break;
    }
    case 'copy':
      words.push(job.asked.source, ...job.asked.destinations);
  }
  return words.map((word) => (/^[\w./:@=,+-]+$/.test(word) ? word : `'${word}'`)).join(' ');
}

function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  return Array.isArray(value) ? value.map((each: unknown) => mapTexts(each, change)) : value;
}

function wholePlace(text: string): string {
  const place = isFilePlace(text) ? readFilePlace(text) : undefined;
  if (place === undefined) return text;
  return `${place.kind}:${resolve(place.path)}${place.name === undefined ? '' : `:${place.name}`}`;
}

function isExport(asked: object): asked is ExportWish {
  const { references, bases, path, format, compression }: Partial<Record<keyof ExportWish, unknown>> = asked;
  const isWhole = isTexts(references) && isTexts(bases) && typeof path === 'string' && typeof format === 'string';
  return isWhole && (compression === 'none' || compression === 'zstd');
}

function isImport(asked: object): asked is ImportWish {
  const { files, maps, createsProjects }: Partial<Record<keyof ImportWish, unknown>> = asked;
  return isTexts(files) && isTexts(maps) && typeof createsProjects === 'boolean';
}

function isCopy(asked: object): asked is CopyFromFile {
  const { source, destinations }: Partial<Record<keyof CopyFromFile, unknown>> = asked;
  return typeof source === 'string' && isTexts(destinations);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
