import type { ImagePhase, ImageResult, Notice } from '../../contract/models.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { shortDigest } from '../../oci/digest.ts';
import { asCopyError, copyError, CopyError, failureOf } from '../kernel/errors.ts';
import type { Graph } from '../plan/graph.ts';
import { walkGraph } from '../plan/graph.ts';
import { resolveRoot, type ResolvedRoot } from '../plan/resolve.ts';
import { backupTag, decideTag } from '../rules/conflicts.ts';
import { deliverGraph, type GraphTarget } from './deliver-graph.ts';
import { type CopyItem, type CopyObserver, type CopyTarget, type JobContext, shownName } from './item.ts';
import type { ImageProgress } from './progress.ts';
import { confirmTag } from './publish.ts';
import { copyReferrers } from './copy-referrers.ts';

/** The copying of an image to one of its destinations, while it goes on. */
class ImageRun {
  readonly target: CopyTarget;
  readonly progress: ImageProgress;
  readonly notices: Notice[] = [];
  readonly blobs = { sent: 0, mounted: 0, present: 0 };
  previous: Descriptor | undefined;
  referrers = 0;
  outcome: ImageResult['outcome'] | undefined;
  failure: CopyError | undefined;

  constructor(target: CopyTarget, progress: ImageProgress) {
    this.target = target;
    this.progress = progress;
  }
}

/** Copies one image to every destination it has; one that fails does not stop the others. Gives one result a destination. */
export async function copyImage(
  item: CopyItem,
  progresses: readonly ImageProgress[],
  job: JobContext,
  observer: CopyObserver,
  signal: AbortSignal,
): Promise<readonly ImageResult[]> {
  const startedMs = job.clock.monotonicMs();
  const runs = item.targets.map((target, at) => {
    const progress = progresses[at];
    if (progress === undefined) throw new Error('every target has its progress');
    return new ImageRun(target, progress);
  });
  let root: ResolvedRoot | undefined;
  const enter = (run: ImageRun, phase: ImagePhase): void => {
    run.progress.phase = phase;
    observer.changed?.(run.progress);
  };
  const fail = (run: ImageRun, thrown: unknown): void => {
    run.failure = asCopyError(thrown, { side: 'local', op: 'copy', subject: run.progress.source });
    run.outcome = run.failure.kind === 'cancelled' || signal.aborted ? 'cancelled' : 'failed';
  };
  try {
    for (const run of runs) enter(run, 'resolving');
    root = await resolveRoot(item.source, item, job.options, signal);
    await copyResolved(item, root, runs, job, enter, fail, signal);
  } catch (thrown) {
    for (const run of runs) if (run.outcome === undefined) fail(run, thrown);
  }
  const seconds = (job.clock.monotonicMs() - startedMs) / 1000;
  return runs.map((run) => {
    const result = resultOf(run, root, seconds);
    enter(run, result.outcome);
    observer.ended?.(result, run.progress);
    return result;
  });
}

async function copyResolved(
  item: CopyItem,
  root: ResolvedRoot,
  runs: readonly ImageRun[],
  job: JobContext,
  enter: (run: ImageRun, phase: ImagePhase) => void,
  fail: (run: ImageRun, thrown: unknown) => void,
  signal: AbortSignal,
): Promise<void> {
  const { source } = item;
  const { options } = job;
  const attempt = async (run: ImageRun, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (thrown) {
      fail(run, thrown);
    }
  };
  await Promise.all(runs.map((run) => attempt(run, () => decide(run, root, job, signal))));
  const open = (): readonly ImageRun[] => runs.filter((run) => run.outcome === undefined);

  let graph: Graph | undefined;
  if (open().length > 0) {
    graph = await walkGraph(source, root.manifest ?? (await source.manifest(root.wanted, signal)), signal);
    const whole = graph;
    for (const run of open()) enter(run, 'copying');
    const failures = await deliverGraph(source, whole, open().map(graphTarget), job.deliveries, signal);
    for (const run of open()) {
      const failure = failures.get(run.progress);
      if (failure !== undefined) fail(run, failure);
    }
    await Promise.all(open().map((run) => attempt(run, () => publish(run, whole, root, item, job, enter, signal))));
    await noticeMovedTag(item, root, open(), signal);
  }
  if (options.withReferrers && root.wanted.digest === root.original.digest) {
    const wanting = runs.filter((run) => run.outcome === undefined || run.outcome === 'unchanged');
    await Promise.all(
      wanting.map((run) =>
        attempt(run, async () => {
          const destination = run.target.destination;
          // the referrers of children are looked for when the image itself was copied; see the README on its cost
          const subjects =
            run.outcome === undefined && graph !== undefined
              ? graph.manifests.map((m) => m.descriptor.digest)
              : [root.wanted.digest];
          const copied = await copyReferrers(source, destination, subjects, job, signal);
          run.referrers = copied.total;
          if (copied.isNew && run.outcome === 'unchanged') run.outcome = 'copied';
        }),
      ),
    );
  }
  for (const run of open()) run.outcome = 'copied';
}

/** Looks at the destination's tag and decides what is to be done there. */
async function decide(run: ImageRun, root: ResolvedRoot, job: JobContext, signal: AbortSignal): Promise<void> {
  const { destination, tag } = run.target;
  const { options } = job;
  noticeNewDigest(run, root);
  if (tag === undefined) {
    const isThere = !options.isForced && (await destination.hasManifest(root.wanted, signal));
    if (isThere) run.outcome = 'unchanged';
    return;
  }
  const present = await destination.find(tag, signal);
  run.previous = present;
  const decision = decideTag(present, root.wanted.digest, options.onConflict, options.isForced);
  if (decision === 'unchanged') run.outcome = 'unchanged';
  if (decision === 'skip') run.outcome = 'skipped';
  if (present === undefined || decision === 'unchanged' || decision === 'skip') return;
  const name = shownName(destination, tag, undefined);
  if (decision === 'fail') {
    throw copyError('conflict', {
      side: 'destination',
      op: 'tag.decide',
      subject: name,
      message: `destination ${name} is ${present.digest}, not ${root.wanted.digest}`,
    });
  }
  if (decision === 'backup') {
    const kept = backupTag(tag, present.digest);
    await destination.publish(await destination.manifest(present, signal), kept, signal);
    run.notices.push({ kind: 'backed-up', text: `${name} was ${shortDigest(present.digest)} and stays under ${kept}` });
  } else if (present.digest !== root.wanted.digest) {
    run.notices.push({ kind: 'overwritten', text: `${name} was ${shortDigest(present.digest)}` });
  }
}

async function publish(
  run: ImageRun,
  graph: Graph,
  root: ResolvedRoot,
  item: CopyItem,
  job: JobContext,
  enter: (run: ImageRun, phase: ImagePhase) => void,
  signal: AbortSignal,
): Promise<void> {
  enter(run, 'publishing');
  const { destination, tag } = run.target;
  const redeliver = async (blobs: readonly Descriptor[]): Promise<void> => {
    job.deliveries.forget(destination, blobs);
    const failures = await deliverGraph(item.source, graph, [graphTarget(run)], job.deliveries, signal);
    const failure = failures.get(run.progress);
    if (failure !== undefined) throw failure;
  };
  await job.publications.publish(graph, destination, tag, { clock: job.clock, redeliver }, signal);
  if (tag === undefined) return;
  if ((await confirmTag(destination, tag, root.wanted, signal)) === 'confirmed') return;
  const name = shownName(destination, tag, undefined);
  run.notices.push({
    kind: 'changed-by-another',
    text: `${name} was changed by another party right after; ${root.wanted.digest} is there`,
  });
}

function noticeNewDigest(run: ImageRun, root: ResolvedRoot): void {
  if (root.wanted.digest === root.original.digest) return;
  run.notices.push({
    kind: 'digest-changed',
    text: `digest ${shortDigest(root.original.digest)} became ${shortDigest(root.wanted.digest)}: parts were left out, and signatures of the whole do not cover the rest`,
  });
}

/** A tag that moved while it was copied: what arrived is what it stood for at the start (RELIABILITY F-39). */
async function noticeMovedTag(
  item: CopyItem,
  root: ResolvedRoot,
  runs: readonly ImageRun[],
  signal: AbortSignal,
): Promise<void> {
  if (item.digest !== undefined || item.tag === undefined || runs.length === 0) return;
  const now = await item.source.resolve(item.tag, signal).catch((thrown: unknown) => {
    if (thrown instanceof CopyError && thrown.kind === 'cancelled') throw thrown;
    return undefined;
  });
  if (now === undefined || now.digest === root.original.digest) return;
  const text = `${shownName(item.source, item.tag, undefined)} moved to ${shortDigest(now.digest)} meanwhile; copied is ${shortDigest(root.original.digest)}`;
  for (const run of runs) run.notices.push({ kind: 'source-moved', text });
}

function graphTarget(run: ImageRun): GraphTarget {
  return { destination: run.target.destination, progress: run.progress, counts: run.blobs };
}

function resultOf(run: ImageRun, root: ResolvedRoot | undefined, seconds: number): ImageResult {
  return {
    source: run.progress.source,
    destination: run.progress.destination,
    outcome: run.outcome ?? 'failed',
    blobs: { ...run.blobs },
    referrers: run.referrers,
    seconds,
    notices: run.notices,
    ...(root === undefined ? {} : { digest: root.wanted.digest }),
    ...(run.previous === undefined ? {} : { previousDigest: run.previous.digest }),
    ...(run.failure === undefined ? {} : { failure: failureOf(run.failure) }),
  };
}
