import type { InputOf, OutputOf } from '../../contract/commands.ts';
import type { Registry } from '../../contract/registries.ts';
import { formatPlatform, type Platform } from '../../oci/platform.ts';
import { isRepositoryPath, isTag } from '../../oci/reference.ts';
import type { VendorDesk } from './parts.ts';
import { platformForWindow } from './planned.ts';
import { instantOf } from './shown.ts';
import { ShortMemory } from './short-memory.ts';
import type { Clock } from './clock.ts';

interface Page<Item> {
  readonly items: readonly Item[];
  readonly next?: string;
}

interface ListedRepository {
  readonly path: string;
  readonly artifactCount?: number;
  readonly pullCount?: number;
  readonly updatedAtMs?: number;
}

interface ListedArtifact {
  readonly digest?: string;
  readonly tags: readonly { readonly name: string }[];
  readonly sizeBytes?: number;
  readonly pushedAtMs?: number;
  readonly platforms?: readonly Platform[];
}

/** What the window asks of a vendor: the part of the engine's port that lists. */
export interface ListingVendor {
  readonly kind: NonNullable<Registry['vendor']>;
  readonly version?: string;
  readonly repositories?: (
    project: string | undefined,
    search: string | undefined,
    page: string | undefined,
    signal: AbortSignal,
  ) => Promise<Page<ListedRepository>>;
  readonly artifacts?: (
    repository: string,
    page: string | undefined,
    signal: AbortSignal,
  ) => Promise<Page<ListedArtifact>>;
}

/** Who is behind a host; undefined for a vendor that the engine does not know. */
export type FindVendor = (host: string, signal: AbortSignal) => Promise<ListingVendor | undefined>;

const keptMs = 10 * 60_000;
const mostRows = 500;
const mostTags = 1000;

/**
 * Listings by vendors' own interfaces. A page is as long as the vendor makes it, and its `next` is the vendor's. One that fails
 * gives undefined: the registry's own listing then says what is wrong.
 */
export class VendorLists implements VendorDesk {
  readonly #find: FindVendor;
  readonly #known: ShortMemory<ListingVendor | undefined>;

  constructor(find: FindVendor, clock: Clock) {
    this.#find = find;
    this.#known = new ShortMemory(clock, keptMs, 100);
  }

  /** Vendors are to be looked for again, as when credentials are others. */
  clear(): void {
    this.#known.clear();
  }

  async identify(host: string, signal: AbortSignal): ReturnType<VendorDesk['identify']> {
    const vendor = await this.#vendor(host, signal);
    return vendor && { vendor: vendor.kind, ...(vendor.version ? { version: vendor.version.slice(0, 200) } : {}) };
  }

  async repositories(
    host: string,
    { search, after }: Omit<InputOf<'images.repositories'>, 'place'>,
    signal: AbortSignal,
  ): ReturnType<VendorDesk['repositories']> {
    const page = await ask(async () => {
      const vendor = await this.#vendor(host, signal);
      return vendor?.repositories?.(undefined, search, after, signal);
    }, signal);
    if (page === undefined) return undefined;
    const shown = page.items.filter(({ path }) => isRepositoryPath(path)).slice(0, mostRows);
    return { repositories: shown.map(repositoryRow), ...(page.next === undefined ? {} : { next: page.next }) };
  }

  async tags(
    host: string,
    { repository, after }: Omit<InputOf<'images.tags'>, 'place'>,
    signal: AbortSignal,
  ): ReturnType<VendorDesk['tags']> {
    const page = await ask(async () => {
      const vendor = await this.#vendor(host, signal);
      return vendor?.artifacts?.(repository, after, signal);
    }, signal);
    if (page === undefined) return undefined;
    const rows = page.items.flatMap((artifact) => imageRows(repository, artifact)).slice(0, mostTags);
    return { rows, ...(page.next === undefined ? {} : { next: page.next }) };
  }

  #vendor(host: string, signal: AbortSignal): Promise<ListingVendor | undefined> {
    return this.#known.get(host, () => this.#find(host, signal));
  }
}

async function ask<Answer>(question: () => Promise<Answer>, signal: AbortSignal): Promise<Answer | undefined> {
  try {
    return await question();
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    return undefined;
  }
}

function repositoryRow({
  path,
  artifactCount,
  pullCount,
  updatedAtMs,
}: ListedRepository): OutputOf<'images.repositories'>['repositories'][number] {
  return {
    path,
    ...(artifactCount === undefined ? {} : { tags: artifactCount }),
    ...(pullCount === undefined ? {} : { pulls: pullCount }),
    ...(updatedAtMs === undefined ? {} : { updatedAt: instantOf(updatedAtMs) }),
  };
}

/** One row a tag; what has no tag cannot be shown by one. */
function imageRows(
  repository: string,
  { digest, tags, sizeBytes, pushedAtMs, platforms }: ListedArtifact,
): OutputOf<'images.tags'>['rows'] {
  const shown = platforms?.slice(0, 100).map((platform) => platformForWindow(formatPlatform(platform)));
  return tags
    .filter(({ name }) => isTag(name))
    .map(({ name }) => ({
      repository,
      tag: name,
      ...(digest === undefined ? {} : { digest }),
      ...(sizeBytes === undefined ? {} : { sizeBytes }),
      ...(pushedAtMs === undefined ? {} : { pushedAt: instantOf(pushedAtMs) }),
      ...(shown === undefined || shown.length === 0 ? {} : { platforms: shown }),
    }));
}
