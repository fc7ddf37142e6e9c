import type { DeliveryProgress } from '../../contract/progress.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import type { ExportPlan } from '../bundle/bundle.ts';
import type { Filling } from '../copy/filling.ts';

/** How many blobs are on their way at a time, the one that is written among them. */
const mostAtOnce = 6;

/** Begins to bring a blob into the cache. */
export type BeginFilling = (blob: Descriptor, progress: DeliveryProgress, signal: AbortSignal) => Promise<Filling>;

interface Begun {
  readonly filling: Promise<Filling | undefined>;
  readonly progress: DeliveryProgress;
}

/** A file takes its blobs one after the other; with a cache the next ones come meanwhile. */
export class ReadAhead {
  readonly #begin: BeginFilling;
  readonly #next = new Map<Digest, readonly Descriptor[]>();
  readonly #begun = new Map<Digest, Begun>();
  readonly #controller = new AbortController();

  constructor(plan: ExportPlan, begin: BeginFilling) {
    this.#begin = begin;
    const known = new Map(plan.blobs.map((blob) => [blob.digest, blob]));
    // only what lies in the volume that is written: others may be there already
    const parts =
      plan.volumes.length > 0 ? plan.volumes.map(({ pieces }) => pieces.map(({ item }) => item)) : [plan.items];
    for (const items of parts) {
      const blobs = items.flatMap(({ blob }) => (blob === undefined ? [] : (known.get(blob) ?? [])));
      for (const [at, { digest }] of blobs.entries()) this.#next.set(digest, blobs.slice(at + 1, at + mostAtOnce));
    }
  }

  /** A blob is held by whoever asked for it: those behind it are begun. */
  passed(digest: Digest, signal: AbortSignal): void {
    this.#drop(digest);
    for (const blob of this.#next.get(digest) ?? []) {
      if (this.#begun.has(blob.digest)) continue;
      const progress: DeliveryProgress = { blob, phase: 'waiting', receivedBytes: 0, sentBytes: 0 };
      const stop = AbortSignal.any([signal, this.#controller.signal]);
      // whoever asks for it will hear what is wrong
      const filling = this.#begin(blob, progress, stop).catch(() => undefined);
      this.#begun.set(blob.digest, { filling, progress });
    }
  }

  /** Gives up what nobody asked for. */
  close(): void {
    this.#controller.abort();
    for (const digest of this.#begun.keys()) this.#drop(digest);
  }

  #drop(digest: Digest): void {
    const begun = this.#begun.get(digest);
    this.#begun.delete(digest);
    void begun?.filling.then((filling) => filling?.release(begun.progress));
  }
}
