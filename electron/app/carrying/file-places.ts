import { refuse } from '../places.ts';

/** A place that is a file or folder of images. */
export interface FilePlace {
  readonly kind: 'oci' | 'oci-archive' | 'docker-archive';
  readonly path: string;
  /** Which image in it, in the file's own words; undefined when nothing was named. */
  readonly name: string | undefined;
}

const kinds: readonly FilePlace['kind'][] = ['oci', 'oci-archive', 'docker-archive'];

/** `oci:DIR[:NAME]`, `oci-archive:FILE[:NAME]` or `docker-archive:FILE[:NAME]`; undefined for any other text. */
export function readFilePlace(text: string): FilePlace | undefined {
  const kind = kindOf(text);
  if (kind === undefined) return undefined;
  const rest = text.slice(kind.length + 1);
  // the colon of `C:\folder` is part of the path
  const drive = /^[A-Za-z]:[\\/]/.test(rest) ? 2 : 0;
  const colon = rest.indexOf(':', drive);
  const path = colon < 0 ? rest : rest.slice(0, colon);
  const name = colon < 0 ? undefined : rest.slice(colon + 1);
  if (path === '') throw refuse(`${kind}: names no ${kind === 'oci' ? 'folder' : 'file'}`);
  if (name === '') throw refuse(`${text} ends with a colon; name an image behind it, or leave it out`);
  return { kind, path, name };
}

/** True for text that means a file or folder of images. */
export function isFilePlace(text: string): boolean {
  return kindOf(text) !== undefined;
}

function kindOf(text: string): FilePlace['kind'] | undefined {
  return kinds.find((each) => text.startsWith(`${each}:`));
}
