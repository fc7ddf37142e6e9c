import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import { CopyError } from '../kernel/errors.ts';
import { walkGraph } from '../plan/graph.ts';
import type { Destination, Source } from '../ports/places.ts';
import { deliverGraph } from './deliver-graph.ts';
import type { JobContext } from './item.ts';
import type { ImageProgress } from './progress.ts';
import { confirmTag } from './publish.ts';

const deepest = 8;

/** What travelled along with an image. */
export interface CopiedReferrers {
  readonly total: number;
  /** True when something of it was not at the destination before. */
  readonly isNew: boolean;
}

/**
 * Copies everything that refers to `subjects`, and what refers to that: by the referrers API, its fallback tag, and cosign's
 * tags. The subjects must be at the destination already: some registries refuse what refers to nothing (docker/buildx PR #3991).
 */
export async function copyReferrers(
  source: Source,
  destination: Destination,
  subjects: readonly Digest[],
  job: JobContext,
  signal: AbortSignal,
): Promise<CopiedReferrers> {
  const seen = new Set<string>(subjects);
  let total = 0;
  let isNew = false;
  let level = subjects;
  for (let depth = 0; level.length > 0 && depth < deepest; depth++) {
    const next: Digest[] = [];
    for (const subject of level) {
      const related = await job.related.of(source, subject, signal);
      for (const descriptor of related.referrers) {
        if (seen.has(descriptor.digest)) continue;
        seen.add(descriptor.digest);
        next.push(descriptor.digest);
        total++;
        if (await copyOne(source, destination, descriptor, undefined, subject, job, signal)) isNew = true;
      }
      for (const tag of related.tags) {
        total++;
        if (await copyOne(source, destination, await source.resolve(tag, signal), tag, undefined, job, signal))
          isNew = true;
      }
    }
    level = next;
  }
  return { total, isNew };
}

/** Copies one manifest that belongs to an image; false when it was there. */
async function copyOne(
  source: Source,
  destination: Destination,
  descriptor: Descriptor,
  tag: string | undefined,
  subject: Digest | undefined,
  job: JobContext,
  signal: AbortSignal,
): Promise<boolean> {
  if (!job.options.isForced) {
    const isThere =
      tag === undefined
        ? await destination.hasManifest(descriptor, signal)
        : (await destination.find(tag, signal))?.digest === descriptor.digest;
    if (isThere) return false;
  }
  const manifest = await source.manifest(descriptor, signal);
  const graph = await walkGraph(source, manifest, signal);
  const name = `${destination.name}${tag === undefined ? `@${descriptor.digest}` : `:${tag}`}`;
  const progress: ImageProgress = { source: source.name, destination: name, phase: 'copying', deliveries: [] };
  const target = { destination, progress, counts: { sent: 0, mounted: 0, present: 0 } };
  const bring = async (): Promise<void> => {
    const failures = await deliverGraph(source, graph, [target], job.deliveries, signal);
    const failure = failures.get(progress);
    if (failure instanceof CopyError) throw failure;
  };
  await bring();
  const redeliver = async (): Promise<void> => {
    job.deliveries.forget(destination, graph.blobs);
    await bring();
  };
  const published = await job.publications.publish(graph, destination, tag, { clock: job.clock, redeliver }, signal);
  if (tag !== undefined) await confirmTag(destination, tag, descriptor, signal);
  if (subject !== undefined && !published.listsSubject)
    await job.fallbackTags.add(destination, subject, manifest, signal);
  return true;
}
