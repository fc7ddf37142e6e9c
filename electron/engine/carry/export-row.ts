import type { ImageResult, Notice } from '../../contract/models.ts';
import type { ImageProgress } from '../../contract/progress.ts';
import { type Digest, shortDigest } from '../../oci/digest.ts';
import { isAttestation } from '../../oci/manifest.ts';
import type { ImageToWrite } from '../bundle/bundle.ts';
import { type CopyObserver, shownName } from '../copy/item.ts';
import type { Clock } from '../kernel/clock.ts';
import { asCopyError, cancelledError, CopyError, failureOf, throwIfCancelled } from '../kernel/errors.ts';
import { walkGraph } from '../plan/graph.ts';
import type { RelatedImages } from '../plan/related.ts';
import { resolveRoot } from '../plan/resolve.ts';
import type { Source } from '../ports/places.ts';
import type { ExportSettings, ImageToExport } from './image-to-export.ts';

const deepestReferrers = 8;

/** One image on its way into a file. */
export class ExportRow {
  readonly progress: ImageProgress;
  /** The image and what refers to it. */
  readonly found: ImageToWrite[] = [];
  readonly source: Source;
  failure: CopyError | undefined;
  readonly #image: ImageToExport;
  readonly #clock: Clock;
  readonly #observer: CopyObserver;
  readonly #startedMs: number;
  readonly #notices: Notice[] = [];

  constructor(image: ImageToExport, path: string, clock: Clock, observer: CopyObserver) {
    const { source, reference } = image;
    this.#image = image;
    this.source = source;
    this.#clock = clock;
    this.#observer = observer;
    this.#startedMs = clock.monotonicMs();
    const name = shownName(source, reference.tag, reference.digest);
    this.progress = { source: name, destination: path, phase: 'queued', deliveries: [] };
    observer.queued?.(this.progress);
  }

  /** Reads all manifests of the image and of what refers to it; what goes wrong stands in `failure`. */
  async gather(settings: ExportSettings, related: RelatedImages, signal: AbortSignal): Promise<void> {
    const { source, reference, name = reference, refName } = this.#image;
    this.#enter('resolving');
    try {
      throwIfCancelled(signal, this.progress.source);
      const { tag, digest } = reference;
      const asked = digest === undefined ? { tag: tag ?? 'latest' } : { digest };
      const { original, wanted, isRewritten, manifest } = await resolveRoot(
        source,
        asked,
        settings,
        'manifest',
        signal,
      );
      const graph = await walkGraph(source, manifest ?? (await source.manifest(wanted, signal)), signal);
      this.found.push({
        host: name.host,
        path: name.path,
        ...(name.tag === undefined ? {} : { tag: name.tag }),
        ...(refName === undefined ? {} : { refName }),
        graph,
      });
      if (isRewritten || wanted.digest !== original.digest) {
        const text = `digest ${shortDigest(original.digest)} became ${shortDigest(wanted.digest)}: parts were left out, and signatures of the whole do not cover the rest`;
        this.#notices.push({ kind: 'digest-changed', text });
      }
      const subjects = graph.manifests.map(({ descriptor }) => descriptor.digest);
      const kept = subjects.filter((subject) => !isRewritten || subject !== wanted.digest);
      if (settings.withReferrers) await this.#gatherReferrers(kept, settings, related, signal);
      this.#enter('copying');
    } catch (thrown) {
      const subject = this.progress.source;
      this.failure = signal.aborted
        ? cancelledError(subject)
        : asCopyError(thrown, { side: 'source', op: 'export', subject });
    }
  }

  /** Tells how it ended. */
  end(isWritten: boolean): ImageResult {
    const { source, destination, deliveries } = this.progress;
    const { failure } = this;
    const outcome = isWritten
      ? 'copied'
      : failure === undefined || failure.kind === 'cancelled'
        ? 'cancelled'
        : 'failed';
    const [image] = this.found;
    const count = (phase: string): number => deliveries.filter((each) => each.phase === phase).length;
    const result: ImageResult = {
      source,
      destination,
      outcome,
      blobs: { sent: count('sent'), mounted: 0, present: count('present') },
      referrers: Math.max(0, this.found.length - 1),
      seconds: (this.#clock.monotonicMs() - this.#startedMs) / 1000,
      notices: this.#notices,
      ...(image === undefined ? {} : { digest: image.graph.root.descriptor.digest }),
      ...(outcome !== 'failed' || failure === undefined ? {} : { failure: failureOf(failure) }),
    };
    this.#enter(outcome);
    this.#observer.ended?.(result, this.progress);
    return result;
  }

  #enter(phase: ImageProgress['phase']): void {
    this.progress.phase = phase;
    this.#observer.changed?.(this.progress);
  }

  async #gatherReferrers(
    subjects: readonly Digest[],
    { attestations }: ExportSettings,
    related: RelatedImages,
    signal: AbortSignal,
  ): Promise<void> {
    const { source, reference, name = reference } = this.#image;
    const { host, path } = name;
    const seen = new Set<Digest>(subjects);
    let isComplete = true;
    for (let level = subjects, depth = 0; level.length > 0 && depth < deepestReferrers; depth++) {
      const next: Digest[] = [];
      for (const subject of level) {
        const { referrers, tags, isComplete: isAll } = await related.of(source, subject, signal);
        if (!isAll) isComplete = false;
        for (const entry of referrers) {
          // an index that travels without its attestations must not get them back by this door
          if (seen.has(entry.digest) || (attestations === 'drop' && isAttestation(entry))) continue;
          seen.add(entry.digest);
          const manifest = await source.manifest(entry, signal).catch(unlessAbsent);
          if (manifest === undefined) isComplete = false;
          else {
            this.found.push({ host, path, graph: await walkGraph(source, manifest, signal) });
            next.push(entry.digest);
          }
        }
        for (const tag of tags) {
          const graph = await walkGraph(source, await source.manifest({ tag }, signal), signal);
          this.found.push({ host, path, tag, graph });
        }
      }
      level = next;
    }
    if (isComplete) return;
    const text = `${source.name} does not show everything that refers to the image; some of it may be missing`;
    this.#notices.push({ kind: 'referrers-unknown', text });
  }
}

function unlessAbsent(thrown: unknown): undefined {
  if (thrown instanceof CopyError && thrown.kind === 'not-found') return undefined;
  throw thrown;
}
