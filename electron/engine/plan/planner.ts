import type { ConflictPolicy, Notice, PlannedImage } from '../../contract/models.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { isAttestation } from '../../oci/manifest.ts';
import { type Digest, shortDigest } from '../../oci/digest.ts';
import { asCopyError, copyError, CopyError, failureOf } from '../kernel/errors.ts';
import { mapLimited } from '../kernel/map-limited.ts';
import type { BlobCache } from '../ports/blob-cache.ts';
import type { Destination, Source } from '../ports/places.ts';
import { decideTag } from '../rules/conflicts.ts';
import { foreseenRefusals } from '../rules/known-refusals.ts';
import type { ContentPolicy } from '../rules/platforms.ts';
import { type Graph, walkGraph } from './graph.ts';
import { resolveRoot, type ResolvedRoot } from './resolve.ts';

/** One image and where it would go; the copier's items have this shape. */
export interface PlanItem {
  readonly source: Source;
  readonly tag?: string;
  readonly digest?: Digest;
  readonly targets: readonly { readonly destination: Destination; readonly tag?: string }[];
}

/** What decides what would be done. */
export interface PlanOptions extends ContentPolicy {
  readonly onConflict: ConflictPolicy;
  readonly isForced: boolean;
}

const headsAtOnce = 8;
const imagesAtOnce = 8;
const nothing = { toSend: 0, toMount: 0, present: 0 };

/** Says what copying would do, and changes nothing. One planner for all images of a plan: a blob sent once is mounted elsewhere. */
export class Planner {
  readonly #cache: Pick<BlobCache, 'heldBytes' | 'roomBytes'> | undefined;
  /** Blobs that will be here once the plan is done. */
  readonly #fetched = new Set<Digest>();
  #room: Promise<number> | undefined;
  /** Blobs that a host will hold once the plan is done. */
  readonly #planned = new Set<string>();

  /** With a cache it says what is here already, and what has no room here. */
  constructor(cache?: Pick<BlobCache, 'heldBytes' | 'roomBytes'>) {
    this.#cache = cache;
  }

  /** The plans of many images in their order, several under way at a time. */
  async *planAll(
    items: readonly PlanItem[],
    options: PlanOptions,
    signal: AbortSignal,
  ): AsyncGenerator<PlannedImage, void, undefined> {
    const underWay: Promise<readonly PlannedImage[]>[] = [];
    const begin = (item: PlanItem): void => {
      const planned = this.plan(item, options, signal);
      // one that is cancelled is told of when its turn comes
      planned.catch(() => undefined);
      underWay.push(planned);
    };
    items.slice(0, imagesAtOnce).forEach(begin);
    for (const at of items.keys()) {
      yield* (await underWay[at]) ?? [];
      items.slice(at + imagesAtOnce, at + imagesAtOnce + 1).forEach(begin);
    }
  }

  /** The plan of one image, one entry a destination. Never rejects but for cancelling: what fails is foreseen as a failure. */
  async plan(item: PlanItem, options: PlanOptions, signal: AbortSignal): Promise<readonly PlannedImage[]> {
    const named = (place: { readonly name: string }, tag?: string): string =>
      `${place.name}${tag === undefined ? '' : `:${tag}`}${tag === undefined && item.digest !== undefined ? `@${item.digest}` : ''}`;
    const source = named(item.source, item.tag);
    let root: ResolvedRoot | undefined;
    let graph: Promise<Graph> | undefined;
    const planned: PlannedImage[] = [];
    for (const { destination, tag } of item.targets) {
      const base = {
        source,
        destination: named(destination, tag),
        manifests: 0,
        blobs: nothing,
        bytes: nothing,
        notices: [],
      };
      try {
        root ??= await resolveRoot(item.source, item, options, 'digest', signal);
        const { wanted } = root;
        const present = await lookAt(destination, tag, wanted, signal);
        const decision = decideTag(present, wanted.digest, options.onConflict, options.isForced);
        const known = {
          ...base,
          digest: wanted.digest,
          ...(present === undefined ? {} : { previousDigest: present.digest }),
        };
        if (decision === 'unchanged' || decision === 'skip') {
          planned.push({ ...known, action: decision });
          continue;
        }
        if (decision === 'fail' && present !== undefined) throw conflict(base.destination, present, wanted);
        const obstacle = await destination.foresee(signal);
        if (obstacle !== undefined) throw obstacle;
        graph ??= readGraph(item.source, root, signal);
        const { manifests, blobs } = await graph;
        const { direct, ...sums } = await this.#count(item.source, destination, blobs, signal);
        planned.push({
          ...known,
          action: 'copy',
          manifests: manifests.length,
          ...sums,
          notices: [
            ...noticesFor(root, present),
            ...refusalsFor(destination.host, manifests),
            ...directNotices(direct),
          ],
        });
      } catch (thrown) {
        if (signal.aborted) throw thrown;
        if (options.syncPlatforms !== undefined && thrown instanceof CopyError && thrown.hint === 'platform-missing') {
          planned.push({ ...base, action: 'skip', notices: [{ kind: 'no-platform', text: thrown.message }] });
          continue;
        }
        const error = asCopyError(thrown, { side: 'local', op: 'plan', subject: source });
        planned.push({
          ...base,
          action: 'fail',
          failure: failureOf(error),
          ...(root === undefined ? {} : { digest: root.wanted.digest }),
        });
      }
    }
    return planned;
  }

  async #count(
    source: Source,
    destination: Destination,
    blobs: readonly Descriptor[],
    signal: AbortSignal,
  ): Promise<Pick<PlannedImage, 'blobs' | 'bytes'> & { readonly direct: readonly Descriptor[] }> {
    const counts = { ...nothing };
    const bytes = { ...nothing, toFetch: 0, direct: 0, cached: 0 };
    const direct: Descriptor[] = [];
    await destination.expect?.(blobs, signal);
    await mapLimited(blobs, headsAtOnce, async (blob) => {
      const key = `${destination.host} ${blob.digest}`;
      const isThere = (await destination.hasBlob(blob, signal)) === true;
      const isOnHost = source.host === destination.host || this.#planned.has(key);
      const how = isThere ? 'present' : isOnHost ? 'toMount' : 'toSend';
      this.#planned.add(key);
      counts[how]++;
      bytes[how] += blob.size;
      if (how !== 'toSend') return;
      const heldBytes = (await this.#cache?.heldBytes(blob)) ?? 0;
      bytes.cached += heldBytes;
      // with a cache, what several destinations lack is fetched once
      if (this.#cache !== undefined && this.#fetched.has(blob.digest)) return;
      this.#fetched.add(blob.digest);
      bytes.toFetch += blob.size - heldBytes;
      if (!(await this.#hasNoRoom(blob, heldBytes))) return;
      bytes.direct += blob.size - heldBytes;
      direct.push(blob);
    });
    return { blobs: counts, bytes, direct };
  }

  /** True for a blob that will have to go straight through. */
  async #hasNoRoom({ size }: Descriptor, heldBytes: number): Promise<boolean> {
    if (this.#cache === undefined || size <= heldBytes) return false;
    this.#room ??= this.#cache.roomBytes();
    return size - heldBytes > (await this.#room);
  }
}

async function lookAt(
  destination: Destination,
  tag: string | undefined,
  wanted: Descriptor,
  signal: AbortSignal,
): Promise<Descriptor | undefined> {
  if (tag !== undefined) return destination.find(tag, signal);
  return (await destination.hasManifest(wanted, signal)) ? wanted : undefined;
}

async function readGraph(source: Source, root: ResolvedRoot, signal: AbortSignal): Promise<Graph> {
  return walkGraph(source, root.manifest ?? (await source.manifest(root.wanted, signal)), signal);
}

function refusalsFor(host: string, manifests: Graph['manifests']): readonly Notice[] {
  const hasAttestations = manifests.some(
    ({ document }) => document.kind === 'index' && document.manifests.some(isAttestation),
  );
  return foreseenRefusals(host, { hasAttestations }).map((text) => ({ kind: 'refusal-foreseen', text }));
}

function directNotices(blobs: readonly Descriptor[]): readonly Notice[] {
  return blobs.map(({ digest, size }) => {
    const text = `${shortDigest(digest)} of ${size} bytes has no room in the cache and goes straight through`;
    return { kind: 'direct', text };
  });
}

function conflict(name: string, present: Descriptor, wanted: Descriptor) {
  const message = `destination ${name} is ${present.digest}, not ${wanted.digest}`;
  return copyError('conflict', { side: 'destination', op: 'tag.decide', subject: name, message });
}

function noticesFor(root: ResolvedRoot, present: Descriptor | undefined): readonly Notice[] {
  const notices: Notice[] = [];
  if (root.wanted.digest !== root.original.digest) {
    const text = `digest ${shortDigest(root.original.digest)} becomes ${shortDigest(root.wanted.digest)}: parts are left out, and signatures of the whole do not cover the rest`;
    notices.push({ kind: 'digest-changed', text });
  }
  if (present !== undefined && present.digest !== root.wanted.digest) {
    notices.push({ kind: 'overwritten', text: `${shortDigest(present.digest)} → ${shortDigest(root.wanted.digest)}` });
  }
  return notices;
}
