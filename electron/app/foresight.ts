import type { PlannedImage } from '../contract/models.ts';
import type { Reference } from '../oci/reference.ts';
import { failureOf, foreseenErrors, type Vendor } from '../engine/engine.ts';
import { isLibraryPlace, readReference } from './places.ts';

/** Who is behind a host. */
export type FindVendor = (host: string, signal: AbortSignal) => Promise<Vendor | undefined>;

/**
 * What destinations will refuse, as far as their vendors' own interfaces tell: a missing project, a tag that is protected, no quota,
 * no right to push. A vendor that cannot be asked foresees nothing.
 */
export class Foresight {
  readonly #find: FindVendor;
  readonly #vendors = new Map<string, Promise<Vendor | undefined>>();

  constructor(find: FindVendor) {
    this.#find = find;
  }

  /** The image as it is, or as one that will fail. */
  async look(image: PlannedImage, signal: AbortSignal): Promise<PlannedImage> {
    if (image.action !== 'copy' || isLibraryPlace(image.destination)) return image;
    const { host, path, tag } = readReference(image.destination);
    const vendor = await this.#vendorOf(host, signal);
    if (vendor?.foresee === undefined) return image;
    try {
      const foreseen = await vendor.foresee(path, tag, signal);
      const [error] = foreseenErrors(foreseen, writeOf({ host, path, ...(tag && { tag }) }, image));
      return error === undefined ? image : { ...image, action: 'fail', failure: failureOf(error) };
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      return image;
    }
  }

  #vendorOf(host: string, signal: AbortSignal): Promise<Vendor | undefined> {
    const present = this.#vendors.get(host);
    if (present !== undefined) return present;
    const found = this.#find(host, signal).catch((thrown: unknown) => {
      if (signal.aborted) throw thrown;
      return undefined;
    });
    this.#vendors.set(host, found);
    return found;
  }
}

function writeOf({ host, path, tag }: Reference, image: PlannedImage): Parameters<typeof foreseenErrors>[1] {
  return {
    side: 'destination',
    host,
    repository: path,
    sizeBytes: image.bytes.toSend,
    changesTag: image.previousDigest !== image.digest,
    ...(tag === undefined ? {} : { tag }),
  };
}
