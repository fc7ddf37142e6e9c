import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import { asCopyError, cancelledError, CopyError } from '../kernel/errors.ts';
import { unlessAborted } from '../kernel/single-flight.ts';
import type { Destination, Source } from '../ports/places.ts';
import { bringBlob, type Delivered, type DeliveryWish, type Holders } from './delivery.ts';
import type { Fillings } from './filling.ts';
import type { TransferDeps } from './pass.ts';
import { SendGroup, type Ticket } from './send-group.ts';
import { StoredGroup } from './stored-group.ts';

/** What deliveries need. */
export interface DeliveryDeps extends TransferDeps {
  /** Sends what is there already too, which repairs what a destination lost and does not know of. */
  readonly isForced: boolean;
  /** Blobs on their way into the cache; undefined to copy straight through, with nothing on disk. */
  readonly fillings?: Fillings;
}

/** A delivery to one repository, begun once and shared by all who want it. */
interface Begun {
  readonly source: Source;
  readonly outcome: Promise<Delivered>;
}

/**
 * Brings blobs to destinations for one job: each digest is sent once per host and mounted in its other repositories, each
 * question about a repository is asked once, and one read of the source feeds every destination that lacks the blob.
 */
export class Deliveries {
  readonly #deps: DeliveryDeps;
  readonly #begun = new Map<string, Begun>();
  readonly #holders = new Map<string, Holders>();
  /** How each delivery was counted. */
  readonly #counted = new Map<string, Delivered>();
  /** Hosts that have no more room, and what they said: nothing more is sent there (RELIABILITY F-32). */
  readonly #full = new Map<string, CopyError>();
  /** Blobs that this job downloaded or found in the cache. */
  readonly #brought = { counted: new Set<Digest>(), underWay: new Set<Promise<void>>() };
  /** Every delivery counted once, by what had to be done for it. */
  readonly counts: Record<Delivered, number> = { sent: 0, mounted: 0, present: 0 };

  constructor(deps: DeliveryDeps) {
    this.#deps = deps;
  }

  /** Brings `blob` to every wish's destination; the result has one outcome a wish. Never rejects but for cancelling. */
  async deliver(
    source: Source,
    blob: Descriptor,
    wishes: readonly DeliveryWish[],
    signal: AbortSignal,
  ): Promise<readonly (Delivered | CopyError)[]> {
    const group = this.#group(source, blob, wishes.length, signal);
    const outcomes = wishes.map((wish) =>
      this.#once(source, blob, wish, this.#unlessFull(wish, group.ticket()), signal),
    );
    const settled = await Promise.allSettled(outcomes);
    if (signal.aborted) throw cancelledError(blob.digest);
    return settled.map((result, at) => {
      const progress = wishes[at]?.progress;
      const isDone = result.status === 'fulfilled';
      if (progress !== undefined) progress.phase = isDone ? result.value : 'failed';
      if (isDone) return result.value;
      return asCopyError(result.reason, { side: 'destination', op: 'blob.deliver', subject: blob.digest });
    });
  }

  #unlessFull({ destination: { host } }: DeliveryWish, ticket: Ticket): Ticket {
    return {
      leave: () => ticket.leave(),
      send: async (target) => {
        const full = this.#full.get(host);
        if (full !== undefined) throw full;
        try {
          await ticket.send(target);
        } catch (thrown) {
          if (thrown instanceof CopyError && thrown.kind === 'full') this.#full.set(host, thrown);
          throw thrown;
        }
      },
    };
  }

  #group(source: Source, blob: Descriptor, wishes: number, signal: AbortSignal): { ticket(): Ticket } {
    const { fillings } = this.#deps;
    if (fillings === undefined) return new SendGroup(source, blob, wishes, this.#deps, signal);
    return new StoredGroup(source, blob, wishes, { ...this.#deps, fillings, brought: this.#brought }, signal);
  }

  /** Resolves once what this job brought here whole is in the cache. */
  async settled(): Promise<void> {
    await Promise.all(this.#brought.underWay);
  }

  /** What a person did about a host that was full may have helped. */
  trustAgain(host: string): void {
    this.#full.delete(host);
  }

  /** Forgets that blobs are there, after a registry said that they are not (RELIABILITY F-35). */
  forget(destination: Destination, blobs: readonly Descriptor[]): void {
    for (const blob of blobs) {
      this.#begun.delete(keyOf(destination, blob));
      this.#holdersOf(destination, blob).paths.clear();
    }
  }

  /** The delivery of a blob to a repository, shared by all who want it; one that failed is begun anew by the next who asks. */
  async #once(
    source: Source,
    blob: Descriptor,
    wish: DeliveryWish,
    ticket: Ticket,
    signal: AbortSignal,
  ): Promise<Delivered> {
    const key = keyOf(wish.destination, blob);
    const present = this.#begun.get(key);
    if (present !== undefined) {
      ticket.leave();
      try {
        await unlessAborted(present.outcome, signal);
        return 'present';
      } catch (thrown) {
        // another source may have what that one lacks, and who began it may have been cancelled alone
        const isTheirs =
          thrown instanceof CopyError &&
          (thrown.kind === 'cancelled' || (thrown.side === 'source' && present.source.name !== source.name));
        if (signal.aborted || !isTheirs) throw thrown;
        return this.#once(source, blob, wish, ticket, signal);
      }
    }
    const outcome = bringBlob(source, blob, wish, this.#holdersOf(wish.destination, blob), {
      ticket,
      isForced: this.#deps.isForced,
      signal,
    }).finally(() => ticket.leave());
    const begun: Begun = { source, outcome };
    this.#begun.set(key, begun);
    try {
      return this.#count(key, blob, await outcome);
    } catch (thrown) {
      if (this.#begun.get(key) === begun) this.#begun.delete(key);
      throw thrown;
    }
  }

  /** What is found in place after it was forgotten counts as it did before: it was us who brought it. */
  #count(key: string, blob: Descriptor, now: Delivered): Delivered {
    const before = this.#counted.get(key);
    const how = now === 'present' ? (before ?? now) : now;
    const { bytes } = this.#deps.meter;
    if (before !== undefined) this.counts[before]--;
    if (before !== undefined && before !== 'sent') bytes.reused -= blob.size;
    this.counts[how]++;
    if (how !== 'sent') bytes.reused += blob.size;
    this.#counted.set(key, how);
    return how;
  }

  #holdersOf(destination: Destination, blob: Descriptor): Holders {
    const key = `${destination.host} ${blob.digest}`;
    let holders = this.#holders.get(key);
    if (holders === undefined) {
      holders = { paths: new Set(), underWay: undefined };
      this.#holders.set(key, holders);
    }
    return holders;
  }
}

function keyOf(destination: Destination, blob: Descriptor): string {
  return `${destination.name} ${blob.digest}`;
}
