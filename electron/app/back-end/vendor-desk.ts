import type { InputOf, OutputOf } from '../../contract/commands.ts';
import type { ImageRow } from '../../contract/images.ts';
import { isRepositoryPath, isTag } from '../../oci/reference.ts';
import { formatPlatform } from '../../oci/platform.ts';
import { CopyError, type Vendor } from '../../engine/engine.ts';
import type { App } from '../app.ts';
import type { VendorDesk } from '../window/parts.ts';
import { instantOf } from '../window/shown.ts';

/** Listings by vendors' own interfaces, over whatever line holds now. */
export class VendorListings implements VendorDesk {
  readonly #app: () => Pick<App, 'vendor'>;

  constructor(app: () => Pick<App, 'vendor'>) {
    this.#app = app;
  }

  async identify(host: string, signal: AbortSignal): ReturnType<VendorDesk['identify']> {
    const vendor = await this.#app().vendor(host, signal);
    if (vendor === undefined) return undefined;
    return { vendor: vendor.kind, ...(vendor.version === undefined ? {} : { version: vendor.version }) };
  }

  async repositories(
    host: string,
    { search, after }: Omit<InputOf<'images.repositories'>, 'place'>,
    signal: AbortSignal,
  ): ReturnType<VendorDesk['repositories']> {
    const vendor = await this.#vendorOf(host, signal);
    if (vendor?.repositories === undefined) return undefined;
    try {
      const { items, next } = await vendor.repositories(undefined, search, after, signal);
      const repositories = items
        .filter(({ path }) => isRepositoryPath(path))
        .map(({ path, artifactCount, pullCount, updatedAtMs }) => ({
          path,
          ...(artifactCount === undefined ? {} : { tags: artifactCount }),
          ...(pullCount === undefined ? {} : { pulls: pullCount }),
          ...(updatedAtMs === undefined ? {} : { updatedAt: instantOf(updatedAtMs) }),
        }));
      return { repositories, ...(next === undefined ? {} : { next }) };
    } catch (thrown) {
      // a vendor that lists by project only
      if (thrown instanceof CopyError && thrown.kind === 'unsupported') return undefined;
      throw thrown;
    }
  }

  async tags(
    host: string,
    { repository, after, most }: Omit<InputOf<'images.tags'>, 'place'>,
    signal: AbortSignal,
  ): Promise<OutputOf<'images.tags'> | undefined> {
    const vendor = await this.#vendorOf(host, signal);
    if (vendor?.artifacts === undefined) return undefined;
    const { items, next } = await vendor.artifacts(repository, after, signal);
    const rows = items.flatMap(({ tags, digest, sizeBytes, platforms, pushedAtMs }) =>
      tags
        .filter(({ name }) => isTag(name))
        .map(
          ({ name }): ImageRow => ({
            repository,
            tag: name,
            ...(digest === undefined ? {} : { digest }),
            ...(sizeBytes === undefined ? {} : { sizeBytes }),
            ...(platforms === undefined ? {} : { platforms: platforms.map(formatPlatform).slice(0, 100) }),
            ...(pushedAtMs === undefined ? {} : { pushedAt: instantOf(pushedAtMs) }),
          }),
        ),
    );
    return { rows: rows.slice(0, most), ...(next === undefined ? {} : { next }) };
  }

  /** A vendor that cannot be asked is none: the registry's own lists are left. */
  #vendorOf(host: string, signal: AbortSignal): Promise<Vendor | undefined> {
    return this.#app()
      .vendor(host, signal)
      .catch((thrown: unknown) => {
        if (signal.aborted) throw thrown;
        return undefined;
      });
  }
}
