import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import { cosignTags, isReferrersTag, referrersTag } from '../../oci/referrers.ts';
import { CopyError } from '../kernel/errors.ts';
import type { Source } from '../ports/places.ts';

/** What belongs to an image and travels with it. */
export interface Related {
  /** Manifests whose subject is the image: signatures, SBOMs, attestations. */
  readonly referrers: readonly Descriptor[];
  /** Tags of cosign's scheme. */
  readonly tags: readonly string[];
  /** False when the source would not list what refers to images, so that there may be more. */
  readonly isComplete: boolean;
}

interface Listed {
  /** Undefined when the host has no such list. */
  readonly entries: readonly Descriptor[] | undefined;
  readonly isRefused: boolean;
}

/** Finds what refers to images; asks for each repository's tags once, and each host once whether it lists referrers. */
export class RelatedImages {
  readonly #tags = new Map<string, Promise<ReadonlySet<string> | undefined>>();
  readonly #probes = new Map<string, Promise<boolean>>();
  /** Repositories that were seen to have nothing of the kind, on hosts that list nothing. */
  readonly #bare = new Set<string>();

  /** True once it is known that nothing refers to any image of that repository; then nobody has to be asked. */
  hasNone(source: Source): boolean {
    return this.#bare.has(source.name);
  }

  /** What refers to `digest` in the source repository, by the API or by the tags that stand in for it. */
  async of(source: Source, digest: Digest, signal: AbortSignal): Promise<Related> {
    const tags = await this.#tagsOf(source, signal);
    const isThere = async (tag: string): Promise<boolean> =>
      tags === undefined ? (await source.resolve(tag, signal).catch(unlessAbsent)) !== undefined : tags.has(tag);
    const { entries, isRefused } = await this.#listed(source, digest, signal);
    if (entries === undefined && !isRefused && tags?.size === 0) this.#bare.add(source.name);
    if (this.hasNone(source)) return { referrers: [], tags: [], isComplete: true };
    const fallback = referrersTag(digest);
    const referrers = entries ?? ((await isThere(fallback)) ? await entriesUnder(source, fallback, signal) : []);
    const cosign: string[] = [];
    for (const tag of cosignTags(digest)) if (await isThere(tag)) cosign.push(tag);
    return { referrers, tags: cosign, isComplete: !isRefused };
  }

  /** The host's own list. The first to ask a host goes ahead: most hosts have none, and then nobody else asks. */
  async #listed(source: Source, digest: Digest, signal: AbortSignal): Promise<Listed> {
    const probe = this.#probes.get(source.host);
    if (probe !== undefined && !(await probe)) return { entries: undefined, isRefused: false };
    const asked = listOrRefusal(source, digest, signal);
    if (probe === undefined) {
      const hasList = asked.then(
        ({ entries, isRefused }) => entries !== undefined || isRefused,
        () => true,
      );
      this.#probes.set(source.host, hasList);
    }
    return asked;
  }

  /** The tags of those schemes in a repository; undefined when it would not list its tags. */
  #tagsOf(source: Source, signal: AbortSignal): Promise<ReadonlySet<string> | undefined> {
    let tags = this.#tags.get(source.name);
    if (tags === undefined) {
      tags = source.tags(signal).then((all) => new Set(all.filter(isReferrersTag)), unlessClosed);
      this.#tags.set(source.name, tags);
    }
    return tags;
  }
}

async function listOrRefusal(source: Source, digest: Digest, signal: AbortSignal): Promise<Listed> {
  try {
    return { entries: await source.referrers(digest, signal), isRefused: false };
  } catch (thrown) {
    const isRefused = thrown instanceof CopyError && (thrown.kind === 'forbidden' || thrown.kind === 'unauthorized');
    if (!isRefused) throw thrown;
    return { entries: undefined, isRefused };
  }
}

async function entriesUnder(source: Source, tag: string, signal: AbortSignal): Promise<readonly Descriptor[]> {
  const { document } = await source.manifest({ tag }, signal);
  return document.kind === 'index' ? document.manifests : [];
}

function unlessAbsent(thrown: unknown): undefined {
  if (thrown instanceof CopyError && thrown.kind === 'not-found') return undefined;
  throw thrown;
}

/** A repository that keeps its list closed is asked for each tag by name. */
function unlessClosed(thrown: unknown): undefined {
  if (thrown instanceof CopyError && thrown.kind !== 'cancelled') return undefined;
  throw thrown;
}
