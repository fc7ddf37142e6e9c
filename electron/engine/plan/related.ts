import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import { cosignTags, isReferrersTag, referrersTag } from '../../oci/referrers.ts';
import { CopyError } from '../kernel/errors.ts';
import type { ResolvedManifest, Source } from '../ports/places.ts';

/** What belongs to an image and travels with it. */
export interface Related {
  /** Manifests whose subject is the image: signatures, SBOMs, attestations. */
  readonly referrers: readonly Descriptor[];
  /** Tags of cosign's scheme. */
  readonly tags: readonly string[];
}

/** Finds what refers to images; asks for each repository's tags once. */
export class RelatedImages {
  readonly #referrerTags = new Map<string, Promise<ReadonlySet<string> | undefined>>();

  /** What refers to `digest` in the source repository, by the API or by the tags that stand in for it. */
  async of(source: Source, digest: Digest, signal: AbortSignal): Promise<Related> {
    const tags = await this.#tagsOf(source, signal);
    const isThere = async (tag: string): Promise<boolean> =>
      tags === undefined ? (await source.resolve(tag, signal).catch(nothing)) !== undefined : tags.has(tag);
    const listed = await source.referrers(digest, signal);
    const referrers =
      listed ?? ((await isThere(referrersTag(digest))) ? await fallbackEntries(source, digest, signal) : []);
    const cosign: string[] = [];
    for (const tag of cosignTags(digest)) if (await isThere(tag)) cosign.push(tag);
    return { referrers, tags: cosign };
  }

  /** The tags of those schemes in a repository; undefined when it would not list its tags. */
  #tagsOf(source: Source, signal: AbortSignal): Promise<ReadonlySet<string> | undefined> {
    let tags = this.#referrerTags.get(source.name);
    if (tags === undefined) {
      tags = source.tags(signal).then(
        (all) => new Set(all.filter(isReferrersTag)),
        (thrown: unknown) => {
          if (thrown instanceof CopyError && thrown.kind === 'cancelled') throw thrown;
          return undefined;
        },
      );
      this.#referrerTags.set(source.name, tags);
    }
    return tags;
  }
}

async function fallbackEntries(source: Source, digest: Digest, signal: AbortSignal): Promise<readonly Descriptor[]> {
  const manifest: ResolvedManifest = await source.manifest({ tag: referrersTag(digest) }, signal);
  return manifest.document.kind === 'index' ? manifest.document.manifests : [];
}

function nothing(thrown: unknown): undefined {
  if (thrown instanceof CopyError && thrown.kind === 'cancelled') throw thrown;
  return undefined;
}
