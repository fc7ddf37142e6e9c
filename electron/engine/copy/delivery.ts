import type { Descriptor } from '../../oci/descriptor.ts';
import { CopyError } from '../kernel/errors.ts';
import { unlessAborted } from '../kernel/single-flight.ts';
import type { Destination, Source, UploadSession } from '../ports/places.ts';
import type { TransferTarget } from './sending.ts';
import type { DeliveryProgress } from './progress.ts';
import type { Ticket } from './send-group.ts';

/** What had to be done for a blob that is there now. */
export type Delivered = 'present' | 'mounted' | 'sent';

/** One blob wanted in one destination repository. */
export interface DeliveryWish {
  readonly destination: Destination;
  readonly progress: DeliveryProgress;
}

/** What is known of one blob on one host: repositories that hold it, and a sending under way. */
export interface Holders {
  readonly paths: Set<string>;
  underWay: Promise<unknown> | undefined;
}

/** How many repositories are tried to mount a blob from before it is sent: a host that refuses one refuses most. */
const mostMounts = 2;

/** Brings one blob to one repository: found there, mounted from another one of its host, or sent. */
export async function bringBlob(
  source: Source,
  blob: Descriptor,
  { destination, progress }: DeliveryWish,
  holders: Holders,
  { ticket, isForced, signal }: { readonly ticket: Ticket; readonly isForced: boolean; readonly signal: AbortSignal },
): Promise<Delivered> {
  const holds = (how: Delivered): Delivered => {
    holders.paths.add(destination.path);
    return how;
  };
  if (source.host === destination.host && source.path !== destination.path) holders.paths.add(source.path);
  // a mount finds out by itself whether the blob is there already
  if (holders.paths.size === 0 && !isForced) {
    progress.phase = 'checking';
    if ((await destination.hasBlob(blob, signal)) === true) return holds('present');
  }
  const target: TransferTarget = { destination, progress };
  const tried = new Set<string>();
  while (target.session === undefined) {
    const from = [...holders.paths].find((path) => path !== destination.path && !tried.has(path));
    if (from !== undefined && tried.size < mostMounts) {
      tried.add(from);
      progress.phase = 'mounting';
      const answer = await mountOrNot(destination, blob, from, signal);
      if (answer === true) return holds('mounted');
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
    .then(() => holds('sent'))
    .finally(() => {
      if (holders.underWay === sending) holders.underWay = undefined;
    });
  holders.underWay ??= sending;
  return sending;
}

/** A mount that fails is no reason to fail: the blob is sent instead. A host that is gone is. */
async function mountOrNot(
  destination: Destination,
  blob: Descriptor,
  from: string,
  signal: AbortSignal,
): Promise<boolean | UploadSession> {
  try {
    return await destination.mount(blob, from, signal);
  } catch (thrown) {
    const isGone = !(thrown instanceof CopyError) || thrown.kind === 'unreachable' || thrown.kind === 'internal';
    if (signal.aborted || isGone) throw thrown;
    return false;
  }
}
