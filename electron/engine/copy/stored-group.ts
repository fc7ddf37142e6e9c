import type { Descriptor } from '../../oci/descriptor.ts';
import { CopyError } from '../kernel/errors.ts';
import type { Source } from '../ports/places.ts';
import { SendGroup, type Ticket } from './send-group.ts';
import type { TransferTarget } from './sending.ts';
import { deliverStored, type StoredDeps } from './stored-delivery.ts';

/** The destinations that lack a blob, each fed from the cache at its own pace; straight from the source when there is no room. */
export class StoredGroup {
  readonly #source: Source;
  readonly #blob: Descriptor;
  readonly #deps: StoredDeps;
  readonly #signal: AbortSignal;
  readonly #direct: SendGroup;

  constructor(source: Source, blob: Descriptor, wishes: number, deps: StoredDeps, signal: AbortSignal) {
    this.#source = source;
    this.#blob = blob;
    this.#deps = deps;
    this.#signal = signal;
    this.#direct = new SendGroup(source, blob, wishes, deps, signal);
  }

  ticket(): Ticket {
    const direct = this.#direct.ticket();
    return {
      leave: () => direct.leave(),
      send: async (target) => {
        if (await this.#isStored(target)) direct.leave();
        else await direct.send(target);
      },
    };
  }

  /** Sends by way of the cache; false when that has no room for the blob. */
  async #isStored(target: TransferTarget): Promise<boolean> {
    try {
      await deliverStored(this.#source, this.#blob, target, this.#deps, this.#signal);
      return true;
    } catch (thrown) {
      const isNoRoom = thrown instanceof CopyError && thrown.kind === 'disk' && !this.#signal.aborted;
      if (!isNoRoom) throw thrown;
      target.progress.isDirect = true;
      return false;
    }
  }
}
