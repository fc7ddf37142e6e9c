import { basename } from 'node:path';
import { readOptions } from '../wishes.ts';
import type { Carried } from './carried.ts';
import type { JobOrder } from './parts.ts';

/** A job of files, to be begun; what an import takes is named once it runs. */
export function carriedJob(what: Carried): JobOrder {
  const { source, destination } = placeOf(what);
  return {
    title: `${source} → ${destination}`.slice(0, 500),
    command: what.command,
    carried: { what },
    prepared: { requests: [], refused: [], findings: [] },
    options: readOptions(what.asked.options),
  };
}

/** From where to where, for people: files by the last part of their paths. */
export function placeOf(what: Carried): { readonly source: string; readonly destination: string } {
  if (what.command === 'import') {
    const { files, to = 'library:' } = what.asked;
    // volumes of one set are one file to people
    const names = files.map((file) => basename(file).replace(/\.\d{3}-of-\d{3}(?=\.)/, ''));
    return { source: firstOf([...new Set(names)]), destination: to };
  }
  const { references, path } = what.asked;
  return { source: firstOf(references), destination: basename(path) };
}

function firstOf(names: readonly string[]): string {
  return names.length > 1 ? `${names[0] ?? ''} +${names.length - 1}` : (names[0] ?? '');
}
