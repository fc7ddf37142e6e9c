import type { ImageName, Place } from '../../contract/images.ts';
import { copyError } from '../../engine/engine.ts';
import { parseDigest } from '../../oci/digest.ts';
import type { Reference } from '../../oci/reference.ts';
import { unknownThing } from './failures.ts';
import type { RegistryBook, RegistryEntry } from './parts.ts';

/** The operator's registries as they were when it was made. */
export class KnownPlaces {
  readonly #entries: ReadonlyMap<string, RegistryEntry>;

  private constructor(entries: readonly RegistryEntry[]) {
    this.#entries = new Map(entries.map((entry) => [entry.id, entry]));
  }

  static async read(book: RegistryBook): Promise<KnownPlaces> {
    return new KnownPlaces(await book.list());
  }

  /** The registry of that id; throws `not-found`. */
  registry(id: string): RegistryEntry {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw unknownThing('registry', id);
    return entry;
  }

  /** The registry that a place is; throws `unsupported` for other places. */
  registryAt(place: Place): RegistryEntry {
    if (place.kind === 'registry') return this.registry(place.id);
    const message = `images of ${place.kind === 'library' ? 'the library' : 'a bundle'} cannot be looked at here`;
    throw copyError('unsupported', { side: 'local', op: 'request', subject: place.kind, message });
  }

  /** The reference of an image. */
  reference({ place, repository, tag, digest }: ImageName): Reference {
    return {
      host: this.registryAt(place).host,
      path: repository,
      ...(tag === undefined ? {} : { tag }),
      ...(digest === undefined ? {} : { digest: parseDigest(digest) }),
    };
  }

  /** A destination as a whole template. */
  template({ registry, template }: { readonly registry: string; readonly template: string }): string {
    return `${this.registry(registry).host}/${template.replace(/^\/+/, '')}`;
  }
}
