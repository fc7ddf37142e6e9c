import type { ImageResult } from '../../contract/models.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { shortDigest } from '../../oci/digest.ts';
import { CopyError, throwIfCancelled } from '../kernel/errors.ts';
import { type Graph, walkGraph } from '../plan/graph.ts';
import { isToldByTag, resolveRoot, type ResolvedRoot } from '../plan/resolve.ts';
import { deliverGraph } from './deliver-graph.ts';
import { ImageRun } from './image-run.ts';
import { type CopyItem, type CopyObserver, type JobContext, shownName } from './item.ts';
import type { ImageProgress } from './progress.ts';
import { copyReferrers } from './referrers.ts';
import { confirmPublished, judgeTag, keepOrTell, lookAtTag, type TagState } from './tags.ts';

/** Copies one image to every destination it has; one that fails does not stop the others. Gives one result a destination. */
export async function copyImage(
  item: CopyItem,
  progresses: readonly ImageProgress[],
  job: JobContext,
  observer: CopyObserver,
  signal: AbortSignal,
): Promise<readonly ImageResult[]> {
  const runs = item.targets.map((target, at) => {
    const progress = progresses[at];
    if (progress === undefined) throw new Error('every target has its progress');
    return new ImageRun(target, progress, job.clock, observer);
  });
  try {
    throwIfCancelled(signal, item.source.name);
    for (const run of runs) run.enter('resolving');
    // where a tag is missing its manifest will be copied, and asking for the digest first would be a request too many
    const isTold = isToldByTag(item, job.options);
    const resolve = (asked: 'digest' | 'manifest'): Promise<ResolvedRoot> =>
      resolveRoot(item.source, item, job.options, asked, signal);
    // where the last tag was there, so will this one be, most often: then both ends are asked at once
    const early = isTold && !job.options.isForced && job.lately.wasThere ? resolve('digest') : undefined;
    early?.catch(() => {});
    if (isTold) await eachAlone(runs, signal, (run) => run.look(signal));
    const open = runs.filter((run) => run.isOpen);
    if (open.length > 0) {
      const isLacking = job.options.isForced || open.some((run) => run.lacksTag);
      job.lately.wasThere = !isLacking;
      const root = await (isLacking ? resolve('manifest') : (early ?? resolve('digest')));
      await new ImageCopy(item, root, runs, job, signal).run();
    }
  } catch (thrown) {
    const isPassedOver =
      job.options.syncPlatforms !== undefined && thrown instanceof CopyError && thrown.hint === 'platform-missing';
    for (const run of runs) {
      if (isPassedOver) run.passOver(thrown.message);
      else run.fail(thrown, signal);
    }
  }
  return runs.map((run) => run.end(run.isUnchanged ? 'unchanged' : 'copied'));
}

/** Does `work` for every run; one that throws fails alone. */
async function eachAlone(
  runs: readonly ImageRun[],
  signal: AbortSignal,
  work: (run: ImageRun) => Promise<void>,
): Promise<void> {
  await Promise.all(runs.map((run) => work(run).catch((thrown: unknown) => run.fail(thrown, signal))));
}

/** An image copied in less time than this is not asked again whether its tag moved meanwhile. */
const shortMs = 2000;

/** The steps of copying one image whose digest is known. */
class ImageCopy {
  readonly #item: CopyItem;
  readonly #root: ResolvedRoot;
  readonly #runs: readonly ImageRun[];
  readonly #job: JobContext;
  readonly #signal: AbortSignal;
  readonly #tags = new Map<ImageRun, TagState>();
  #entering: Promise<void> | undefined;
  #leave: (() => void) | undefined;
  readonly #resolvedMs: number;

  constructor(item: CopyItem, root: ResolvedRoot, runs: readonly ImageRun[], job: JobContext, signal: AbortSignal) {
    this.#item = item;
    this.#root = root;
    this.#runs = runs;
    this.#job = job;
    this.#signal = signal;
    this.#resolvedMs = job.clock.monotonicMs();
  }

  async run(): Promise<void> {
    try {
      await this.#copy();
    } finally {
      this.#leave?.();
    }
  }

  async #copy(): Promise<void> {
    await eachAlone(this.#open(), this.#signal, (run) => this.#decide(run));
    const writing = (): readonly ImageRun[] => this.#open().filter((run) => !run.isUnchanged);
    let graph: Graph | undefined;
    if (writing().length > 0) {
      await this.#enter();
      graph = await this.#deliver(writing());
      const whole = graph;
      await eachAlone(writing(), this.#signal, (run) => this.#publish(run, whole));
      await this.#noticeMovedTag(writing());
    }
    const { options, related } = this.#job;
    if (options.withReferrers && !related.hasNone(this.#item.source)) await this.#copyReferrers(graph);
  }

  /** Waits, once, for this image's turn to be copied; until then it was only looked at. */
  readonly #enter = (): Promise<void> => {
    const hosts = this.#runs.map(({ destination }) => destination.host);
    this.#entering ??= this.#job.slots.take(hosts, this.#signal).then((leave) => {
      this.#leave = leave;
    });
    return this.#entering;
  };

  #open(): readonly ImageRun[] {
    return this.#runs.filter((run) => run.isOpen);
  }

  /** Looks at the destination and decides what is to be done there. */
  async #decide(run: ImageRun): Promise<void> {
    const { wanted, original } = this.#root;
    const { options } = this.#job;
    run.wanted = wanted;
    if (wanted.digest !== original.digest) {
      const text = `digest ${shortDigest(original.digest)} became ${shortDigest(wanted.digest)}: parts were left out, and signatures of the whole do not cover the rest`;
      run.notices.push({ kind: 'digest-changed', text });
    }
    if (run.tag === undefined) {
      run.isUnchanged = !options.isForced && (await run.destination.hasManifest(wanted, this.#signal));
      return;
    }
    await run.look(this.#signal);
    const state = judgeTag(run.destination, run.tag, run.previous, wanted, options);
    this.#tags.set(run, state);
    run.isUnchanged = state.decision === 'unchanged';
    if (state.decision === 'skip') run.end('skipped');
  }

  async #deliver(runs: readonly ImageRun[]): Promise<Graph> {
    const { source } = this.#item;
    const { manifest, wanted } = this.#root;
    const graph = await walkGraph(source, manifest ?? (await source.manifest(wanted, this.#signal)), this.#signal);
    for (const run of runs) run.enter('copying');
    await eachAlone(runs, this.#signal, async (run) => run.destination.expect?.(graph.blobs, this.#signal));
    const failures = await deliverGraph(source, graph, runs, this.#job.deliveries, this.#signal);
    for (const [run, failure] of failures) run.fail(failure, this.#signal);
    return graph;
  }

  async #publish(run: ImageRun, graph: Graph): Promise<void> {
    run.enter('publishing');
    const { destination, tag } = run;
    const { clock, options, deliveries, publications } = this.#job;
    const { wanted } = this.#root;
    let state = this.#tags.get(run);
    if (tag !== undefined && state !== undefined) {
      // somebody may have written the tag meanwhile; only overwriting does not mind
      if (options.onConflict !== 'overwrite') state = await lookAtTag(destination, tag, wanted, options, this.#signal);
      if (state.decision === 'skip') return void run.end('skipped');
      const notice = await keepOrTell(destination, tag, state, wanted, this.#signal);
      if (notice !== undefined) run.notices.push(notice);
    }
    const redeliver = async (blobs: readonly Descriptor[]): Promise<void> => {
      deliveries.forget(destination, blobs);
      const failures = await deliverGraph(this.#item.source, graph, [run], deliveries, this.#signal);
      const failure = failures.get(run);
      if (failure !== undefined) throw failure;
    };
    await publications.publish(graph, destination, tag, { clock, redeliver }, this.#signal);
    if (await confirmPublished(destination, tag, wanted, state?.present, clock, this.#signal)) return;
    const text = `${shownName(destination, tag, undefined)} was changed by another party right after; ${wanted.digest} is there`;
    run.notices.push({ kind: 'changed-by-another', text });
  }

  /** A tag that moved while it was copied: what arrived is what it stood for at the start (RELIABILITY F-39). */
  async #noticeMovedTag(runs: readonly ImageRun[]): Promise<void> {
    const { source, tag, digest } = this.#item;
    if (digest !== undefined || tag === undefined || runs.length === 0) return;
    if (this.#job.clock.monotonicMs() - this.#resolvedMs < shortMs) return;
    const { original } = this.#root;
    const now = await source.resolve(tag, this.#signal).catch((thrown: unknown) => {
      if (this.#signal.aborted) throw thrown;
      return undefined;
    });
    if (now === undefined || now.digest === original.digest) return;
    const text = `${shownName(source, tag, undefined)} moved to ${shortDigest(now.digest)} meanwhile; copied is ${shortDigest(original.digest)}`;
    for (const run of runs) run.notices.push({ kind: 'source-moved', text });
  }

  /** What refers to the image, and to its parts when these were copied; a document of ours has nothing that refers to it. */
  async #copyReferrers(graph: Graph | undefined): Promise<void> {
    const { wanted, isRewritten } = this.#root;
    const all = graph === undefined ? [wanted] : graph.manifests.map((manifest) => manifest.descriptor);
    const subjects = all.map(({ digest }) => digest).filter((digest) => !isRewritten || digest !== wanted.digest);
    const runs = this.#open();
    const destinations = runs.map((run) => run.destination);
    const copied = await copyReferrers(this.#item.source, destinations, subjects, this.#job, this.#enter, this.#signal);
    for (const [at, run] of runs.entries()) {
      const result = copied[at];
      if (result instanceof CopyError) run.fail(result, this.#signal);
      if (result === undefined || result instanceof CopyError) continue;
      run.referrers = result.total;
      if (result.isNew) run.isUnchanged = false;
      if (result.isComplete) continue;
      const text = `${this.#item.source.name} does not show everything that refers to the image; some of it may be missing`;
      run.notices.push({ kind: 'referrers-unknown', text });
    }
  }
}
