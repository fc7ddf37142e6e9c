import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import { isAttestation } from '../../oci/manifest.ts';
import { asCopyError, CopyError } from '../kernel/errors.ts';
import { type Graph, walkGraph } from '../plan/graph.ts';
import type { Destination, Source } from '../ports/places.ts';
import { deliverGraph } from './deliver-graph.ts';
import type { JobContext } from './item.ts';
import type { ImageProgress } from './progress.ts';
import { confirmPublished, keepOrTell, lookAtTag, type TagState } from './tags.ts';

const deepest = 8;

/** What travelled along with an image. */
export interface CopiedReferrers {
  readonly total: number;
  /** True when something of it was not at the destination before. */
  readonly isNew: boolean;
  /** False when the source did not show all there is. */
  readonly isComplete: boolean;
}

/** A manifest that belongs to an image, under its digest or under a tag of cosign's scheme. */
interface Referrer {
  readonly descriptor: Descriptor;
  readonly tag?: string;
}

/**
 * Copies everything that refers to `subjects`, and what refers to that: by the referrers API, its fallback tag, and cosign's
 * tags. The subjects must be at the destinations already: some registries refuse what refers to nothing (docker/buildx PR #3991).
 * Gives one outcome a destination; one that fails does not stop the others. `enter` is waited for before anything moves.
 */
export async function copyReferrers(
  source: Source,
  destinations: readonly Destination[],
  subjects: readonly Digest[],
  job: JobContext,
  enter: () => Promise<void>,
  signal: AbortSignal,
): Promise<readonly (CopiedReferrers | CopyError)[]> {
  const lanes = destinations.map((destination) => new Lane(destination, job));
  const seen = new Set<string>(subjects);
  let isComplete = true;
  let total = 0;
  let level = subjects;
  for (let depth = 0; level.length > 0 && depth < deepest && lanes.some((lane) => lane.isOpen); depth++) {
    const next: Digest[] = [];
    for (const subject of level) {
      const related = await job.related.of(source, subject, signal);
      if (!related.isComplete) isComplete = false;
      const referrers: Referrer[] = related.referrers
        // an index that travels without its attestations must not get them back by this door
        .filter((entry) => job.options.attestations === 'keep' || !isAttestation(entry))
        .filter(({ digest }) => !seen.has(digest))
        .map((descriptor) => ({ descriptor }));
      for (const tag of related.tags) referrers.push({ tag, descriptor: await source.resolve(tag, signal) });
      for (const referrer of referrers) {
        const isThere = await copyOne(source, referrer, lanes, job, enter, signal);
        seen.add(referrer.descriptor.digest);
        if (!isThere) isComplete = false;
        else total++;
        if (isThere && referrer.tag === undefined) next.push(referrer.descriptor.digest);
      }
    }
    level = next;
  }
  return lanes.map((lane) => lane.failure ?? { total, isNew: lane.isNew, isComplete });
}

/** Copies one manifest to the destinations that lack it; false when the source lists it and does not hold it. */
async function copyOne(
  source: Source,
  referrer: Referrer,
  lanes: readonly Lane[],
  job: JobContext,
  enter: () => Promise<void>,
  signal: AbortSignal,
): Promise<boolean> {
  const lacking: Lane[] = [];
  const look = async (lane: Lane): Promise<void> => {
    if (await lane.lacks(referrer, signal)) lacking.push(lane);
  };
  await Promise.all(lanes.map((lane) => lane.attempt(signal, () => look(lane))));
  if (lacking.length === 0) return true;
  await enter();
  const manifest = await source.manifest(referrer.descriptor, signal).catch((thrown: unknown) => {
    if (thrown instanceof CopyError && thrown.kind === 'not-found') return undefined;
    throw thrown;
  });
  if (manifest === undefined) return false;
  const graph = await walkGraph(source, manifest, signal);
  const targets = lacking.map((lane) => ({ lane, ...lane.targetFor(source, referrer) }));
  const failures = await deliverGraph(source, graph, targets, job.deliveries, signal);
  await Promise.all(
    targets.map((target) =>
      target.lane.attempt(signal, async () => {
        const failure = failures.get(target);
        if (failure !== undefined) throw failure;
        await target.lane.publish(source, graph, referrer, target.progress, signal);
      }),
    ),
  );
  return true;
}

/** One destination on the way of the referrers. */
class Lane {
  readonly destination: Destination;
  readonly #job: JobContext;
  isNew = false;
  failure: CopyError | undefined;
  #tag: TagState | undefined;

  constructor(destination: Destination, job: JobContext) {
    this.destination = destination;
    this.#job = job;
  }

  get isOpen(): boolean {
    return this.failure === undefined;
  }

  /** Does `work` unless something failed before; a failure is kept, a cancel is thrown on. */
  async attempt(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    if (!this.isOpen) return;
    try {
      await work();
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      this.failure = asCopyError(thrown, { side: 'destination', op: 'referrer.copy', subject: this.destination.name });
    }
  }

  async lacks({ descriptor, tag }: Referrer, signal: AbortSignal): Promise<boolean> {
    const { options } = this.#job;
    if (tag === undefined) return options.isForced || !(await this.destination.hasManifest(descriptor, signal));
    this.#tag = await lookAtTag(this.destination, tag, descriptor, options, signal);
    return this.#tag.decision === 'write' || this.#tag.decision === 'backup';
  }

  targetFor(source: Source, { descriptor, tag }: Referrer): { destination: Destination; progress: ImageProgress } {
    const name = `${this.destination.name}${tag === undefined ? `@${descriptor.digest}` : `:${tag}`}`;
    const progress: ImageProgress = { source: source.name, destination: name, phase: 'copying', deliveries: [] };
    return { destination: this.destination, progress };
  }

  async publish(
    source: Source,
    graph: Graph,
    { descriptor, tag }: Referrer,
    progress: ImageProgress,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, deliveries, publications } = this.#job;
    const { destination } = this;
    const before = tag === undefined ? undefined : this.#tag;
    if (tag !== undefined && before !== undefined) await keepOrTell(destination, tag, before, descriptor, signal);
    const target = { destination, progress };
    const redeliver = async (blobs: readonly Descriptor[]): Promise<void> => {
      deliveries.forget(destination, blobs);
      const failure = (await deliverGraph(source, graph, [target], deliveries, signal)).get(target);
      if (failure !== undefined) throw failure;
    };
    await publications.publish(graph, destination, tag, { clock, redeliver }, signal);
    await confirmPublished(destination, tag, descriptor, before?.present, clock, signal);
    this.isNew = true;
  }
}
