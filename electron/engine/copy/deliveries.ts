import type { Descriptor } from '../../oci/descriptor.ts';
import { asCopyError, cancelledError, CopyError } from '../kernel/errors.ts';
import { unlessAborted } from '../kernel/single-flight.ts';
import type { Destination, Source } from '../ports/places.ts';
import type { TransferDeps, TransferTarget } from './pass.ts';
import type { DeliveryProgress } from './progress.ts';
import { SendGroup, type Ticket } from './send-group.ts';

/** What had to be done for a blob that is there now. */
export type Delivered = 'present' | 'mounted' | 'sent';

/** One blob wanted in one destination repository. */
export interface DeliveryWish {
  readonly destination: Destination;
  readonly progress: DeliveryProgress;
}

/** What deliveries need. */
export interface DeliveryDeps extends TransferDeps {
  /** Sends what is there already too, which repairs what a destination lost and does not know of. */
  readonly isForced: boolean;
}

/** What is known of one blob on one host: repositories that hold it, and a sending under way. */
interface Holders {
  readonly paths: Set<string>;
  underWay: Promise<unknown> | undefined;
}

/** A delivery to one repository, begun once and shared by all who want it. */
interface Begun {
  readonly source: Source;
  readonly outcome: Promise<Delivered>;
  how?: Delivered;
}

/** How many repositories are tried to mount a blob from before it is sent: a host that refuses one refuses most. */
const mostMounts = 2;

/**
 * Brings blobs to destinations for one job: each digest is sent once per host and mounted in its other repositories, each
 * question about a repository is asked once, and one read of the source feeds every destination that lacks the blob.
 */
export class Deliveries {
  readonly #deps: DeliveryDeps;
  readonly #begun = new Map<string, Begun>();
  readonly #holders = new Map<string, Holders>();
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
    const group = new SendGroup(source, blob, wishes.length, this.#deps, signal);
    const outcomes = wishes.map((wish) => this.#once(source, blob, wish, group.ticket(), signal));
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

  /** Forgets that blobs are there, after a registry said that they are not (RELIABILITY F-35); they are counted anew. */
  forget(destination: Destination, blobs: readonly Descriptor[]): void {
    for (const blob of blobs) {
      const key = keyOf(destination, blob);
      const how = this.#begun.get(key)?.how;
      if (how !== undefined) this.#count(blob, how, -1);
      this.#begun.delete(key);
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
        // another source may have what that one lacks
        const isTheirs = thrown instanceof CopyError && thrown.side === 'source' && present.source.name !== source.name;
        if (signal.aborted || !isTheirs) throw thrown;
        return this.#once(source, blob, wish, ticket, signal);
      }
    }
    const outcome = this.#bring(source, blob, wish, ticket, signal).finally(() => ticket.leave());
    const begun: Begun = { source, outcome };
    this.#begun.set(key, begun);
    try {
      begun.how = await outcome;
      this.#holdersOf(wish.destination, blob).paths.add(wish.destination.path);
      this.#count(blob, begun.how, 1);
      return begun.how;
    } catch (thrown) {
      if (this.#begun.get(key) === begun) this.#begun.delete(key);
      throw thrown;
    }
  }

  async #bring(
    source: Source,
    blob: Descriptor,
    { destination, progress }: DeliveryWish,
    ticket: Ticket,
    signal: AbortSignal,
  ): Promise<Delivered> {
    const holders = this.#holdersOf(destination, blob);
    if (source.host === destination.host && source.path !== destination.path) holders.paths.add(source.path);
    // a mount finds out by itself whether the blob is there already
    if (holders.paths.size === 0 && !this.#deps.isForced) {
      progress.phase = 'checking';
      if ((await destination.hasBlob(blob, signal)) === true) return 'present';
    }
    const target: TransferTarget = { destination, progress };
    const tried = new Set<string>();
    while (target.session === undefined) {
      const from = [...holders.paths].find((path) => path !== destination.path && !tried.has(path));
      if (from !== undefined && tried.size < mostMounts) {
        tried.add(from);
        progress.phase = 'mounting';
        const answer = await mountOrNot(destination, blob, from, signal);
        if (answer === true) return 'mounted';
        if (answer !== false) target.session = answer;
      } else if (holders.underWay !== undefined && tried.size < mostMounts) {
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
    const sending = ticket
      .send(target)
      .then(() => holders.paths.add(destination.path))
      .finally(() => {
        if (holders.underWay === sending) holders.underWay = undefined;
      });
    holders.underWay ??= sending;
    await sending;
    return 'sent';
  }

  #count(blob: Descriptor, how: Delivered, by: 1 | -1): void {
    this.counts[how] += by;
    if (how !== 'sent') this.#deps.meter.bytes.reused += by * blob.size;
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

/** A mount that fails is no reason to fail: the blob is sent instead. A host that is gone is. */
async function mountOrNot(destination: Destination, blob: Descriptor, from: string, signal: AbortSignal) {
  try {
    return await destination.mount(blob, from, signal);
  } catch (thrown) {
    const isGone = !(thrown instanceof CopyError) || thrown.kind === 'unreachable' || thrown.kind === 'internal';
    if (signal.aborted || isGone) throw thrown;
    return false;
  }
}
