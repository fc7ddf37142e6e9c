import {
  libraryHost,
  parseHost,
  parseReference,
  parseRepository,
  type Reference,
  type RepositoryName,
} from '../oci/reference.ts';
import { copyError, type CopyError, finding } from '../engine/engine.ts';
import { FindingError } from './findings.ts';

const inLibrary = /^library:(?!\/)/;
const otherPlaces = /^(?:oci|oci-archive|docker-archive):/;

/** A reference on a registry or, as `library:NAME`, in this machine's library, as people type it; throws CopyError or OciError. */
export function readReference(text: string): Reference {
  refuseOtherPlaces(text);
  if (!inLibrary.test(text)) return parseReference(text);
  // behind a host docker's rules for short names do not hold
  return { ...parseReference(text.replace(inLibrary, 'localhost/')), host: libraryHost };
}

/** A repository on a registry, or `library:NAME`, as people type it; throws CopyError or OciError. */
export function readRepository(text: string): RepositoryName {
  refuseOtherPlaces(text);
  if (!inLibrary.test(text)) return parseRepository(text);
  return { ...parseRepository(text.replace(inLibrary, 'localhost/')), host: libraryHost };
}

/** True for text that means a place in this machine's library. */
export function isLibraryPlace(text: string): boolean {
  return inLibrary.test(text);
}

/** `HOST[/PREFIX]`, or `library:[PREFIX]`, as people type it; throws CopyError or OciError. */
export function readHost(text: string): { readonly host: string; readonly prefix: string } {
  refuseOtherPlaces(text);
  if (inLibrary.test(text)) return { host: libraryHost, prefix: text.replace(inLibrary, '') };
  const slash = text.indexOf('/');
  return slash < 0
    ? { host: parseHost(text), prefix: '' }
    : { host: parseHost(text.slice(0, slash)), prefix: text.slice(slash + 1) };
}

/** What is wrong with something that was typed. */
export function refuse(message: string): CopyError {
  return copyError('invalid', { side: 'local', op: 'arguments', subject: 'arguments', message });
}

/** Files of images are told as such, so that nobody takes them for short names of Docker Hub. */
function refuseOtherPlaces(text: string): void {
  if (otherPlaces.test(text)) throw new FindingError(text, finding('place-is-file', {}, { place: text }));
}
