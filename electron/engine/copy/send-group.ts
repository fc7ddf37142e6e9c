import type { Descriptor } from '../../oci/descriptor.ts';
import type { CopyError } from '../kernel/errors.ts';
import type { Source } from '../ports/places.ts';
import type { TransferDeps } from './pass.ts';
import type { TransferTarget } from './sending.ts';
import { transfer } from './transfer.ts';

/** One wish's place in a group. Either call may come once; what comes after leaving travels by itself. */
export interface Ticket {
  /** This wish needs no sending with the others. */
  leave(): void;
  /** Sends the blob, together with the others of the group if they are still waiting. */
  send(target: TransferTarget): Promise<void>;
}

interface Member {
  readonly target: TransferTarget;
  readonly ended: (error: CopyError | undefined) => void;
  readonly broke: (reason: unknown) => void;
}

/** How long a destination that is ready waits for one that has not yet said whether it lacks the blob. */
const gatherMs = 5000;

/** Gathers the destinations that lack a blob, so that one read of the source feeds them all. */
export class SendGroup {
  readonly #source: Source;
  readonly #blob: Descriptor;
  readonly #deps: TransferDeps;
  readonly #signal: AbortSignal;
  #undecided: number;
  #members: Member[] = [];
  #timer: { cancel(): void } | undefined;

  constructor(source: Source, blob: Descriptor, wishes: number, deps: TransferDeps, signal: AbortSignal) {
    this.#source = source;
    this.#blob = blob;
    this.#undecided = wishes;
    this.#deps = deps;
    this.#signal = signal;
  }

  ticket(): Ticket {
    let isDecided = false;
    const decide = (): void => {
      if (isDecided) return;
      isDecided = true;
      this.#undecided--;
    };
    return {
      leave: () => {
        decide();
        this.#launchWhenGathered();
      },
      send: async (target) => {
        const error = await new Promise<CopyError | undefined>((resolve, reject) => {
          const isAlone = isDecided;
          const member: Member = { target, ended: resolve, broke: reject };
          decide();
          if (isAlone) return this.#launch([member]);
          this.#members.push(member);
          this.#launchWhenGathered();
        });
        if (error !== undefined) throw error;
      },
    };
  }

  #launchWhenGathered(): void {
    if (this.#members.length === 0) return;
    if (this.#undecided > 0) {
      this.#timer ??= this.#deps.clock.schedule(gatherMs, () => this.#launchGathered());
      return;
    }
    this.#launchGathered();
  }

  #launchGathered(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#launch(this.#members.splice(0));
  }

  #launch(members: readonly Member[]): void {
    const targets = members.map((member) => member.target);
    transfer(this.#source, this.#blob, targets, this.#deps, this.#signal).then(
      (outcome) => members.forEach((member) => member.ended(outcome.get(member.target))),
      (reason: unknown) => members.forEach((member) => member.broke(reason)),
    );
  }
}
