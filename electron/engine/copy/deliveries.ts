import type { Descriptor } from '../../oci/descriptor.ts';
import { asCopyError, cancelledError, type CopyError } from '../kernel/errors.ts';
import { unlessAborted } from '../kernel/single-flight.ts';
import type { Destination, Source } from '../ports/places.ts';
import type { DeliveryProgress } from './progress.ts';
import { SendGroup, type Ticket } from './send-group.ts';
import type { TransferDeps, TransferTarget } from './transfer.ts';

/** What had to be done for a blob that is there now. */
export type Delivered = 'present' | 'mounted' | 'sent';

/** One blob wanted in one destination repository. */
export interface DeliveryWish {
  readonly destination: Destination;
  readonly progress: DeliveryProgress;
}

/** What is known of one blob on one host: repositories that hold it, and a sending under way. */
interface Holders {
  readonly paths: Set<string>;
  underWay: Promise<unknown> | undefined;
}

/**
 * Brings blobs to destinations for one job: each digest is sent once per host and mounted in its other repositories, each
 * question about a repository is asked once, and one read of the source feeds every destination that lacks the blob.
 */
export class Deliveries {
  readonly #deps: TransferDeps;
  readonly #delivered = new Map<string, Promise<Delivered>>();
  readonly #holders = new Map<string, Holders>();
  /** Every delivery counted once, by what had to be done for it. */
  readonly counts: Record<Delivered, number> = { sent: 0, mounted: 0, present: 0 };

  constructor(deps: TransferDeps) {
    this.#deps = deps;
  }

  /** Brings `blob` to every wish's destination; the result has one outcome a wish. Never rejects but for cancelling. */
  async deliver(
    source: Source,
    blob: Descriptor,
    wishes: readonly DeliveryWish[],
    signal: AbortSignal,
  ): Promise<readonly (Delivered | CopyError)[]> {
    const group = new SendGroup(source, blob, wishes.length, this.#deps, signal);
    const outcomes = wishes.map((wish) => this.#once(source, blob, wish, group.ticket(), signal));
    const settled = await Promise.allSettled(outcomes);
    if (signal.aborted) throw cancelledError(blob.digest);
    return settled.map((result, at) => {
      const progress = wishes[at]?.progress;
      if (result.status === 'fulfilled') {
        if (progress !== undefined) progress.phase = result.value;
        return result.value;
      }
      if (progress !== undefined) progress.phase = 'failed';
      return asCopyError(result.reason, { side: 'destination', op: 'blob.deliver', subject: blob.digest });
    });
  }

  /** Forgets that blobs are there, after a registry said that they are not (RELIABILITY F-35). */
  forget(destination: Destination, blobs: readonly Descriptor[]): void {
    for (const blob of blobs) {
      this.#delivered.delete(`${destination.name} ${blob.digest}`);
      this.#holdersOf(destination, blob).paths.clear();
    }
  }

  /** The delivery of a blob to a repository, shared by all who want it; one that failed is begun anew by the next who asks. */
  #once(source: Source, blob: Descriptor, wish: DeliveryWish, ticket: Ticket, signal: AbortSignal): Promise<Delivered> {
    const key = `${wish.destination.name} ${blob.digest}`;
    const present = this.#delivered.get(key);
    if (present !== undefined) {
      ticket.leave();
      return unlessAborted(
        present.then(() => 'present' as const),
        signal,
      );
    }
    const started = this.#start(source, blob, wish, ticket, signal).finally(() => ticket.leave());
    this.#delivered.set(key, started);
    started.catch(() => this.#delivered.delete(key));
    return started;
  }

  async #start(
    source: Source,
    blob: Descriptor,
    wish: DeliveryWish,
    ticket: Ticket,
    signal: AbortSignal,
  ): Promise<Delivered> {
    const { destination, progress } = wish;
    const holders = this.#holdersOf(destination, blob);
    if (source.host === destination.host && source.path !== destination.path) holders.paths.add(source.path);
    const target: TransferTarget = { destination, progress };
    // a mount finds out by itself whether the blob is there already
    if (holders.paths.size === 0) {
      progress.phase = 'checking';
      if ((await destination.hasBlob(blob, signal)) === true) return this.#holds(destination, blob, 'present');
    }
    for (const tried = new Set<string>(); ; ) {
      const from = [...holders.paths].find((path) => path !== destination.path && !tried.has(path));
      if (from !== undefined) {
        tried.add(from);
        progress.phase = 'mounting';
        const answer = await destination.mount(blob, from, signal);
        if (answer === true) return this.#holds(destination, blob, 'mounted');
        if (answer !== false) {
          target.session = answer;
          break;
        }
      } else if (holders.underWay !== undefined) {
        progress.phase = 'waiting';
        ticket.leave();
        await unlessAborted(
          holders.underWay.catch(() => undefined),
          signal,
        );
      } else {
        break;
      }
    }
    const sending = ticket.send(target);
    const underWay = sending.finally(() => {
      if (holders.underWay === underWay) holders.underWay = undefined;
    });
    holders.underWay ??= underWay;
    await underWay;
    return this.#holds(destination, blob, 'sent');
  }

  #holds(destination: Destination, blob: Descriptor, how: Delivered): Delivered {
    this.#holdersOf(destination, blob).paths.add(destination.path);
    this.counts[how]++;
    if (how !== 'sent') this.#deps.meter.bytes.reused += blob.size;
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
