import type { Descriptor } from '../../oci/descriptor.ts';
import { asCopyError, cancelledError, type CopyError, withFacts } from '../kernel/errors.ts';
import { mapLimited } from '../kernel/map-limited.ts';
import { Patience } from '../kernel/patience.ts';
import type { Source } from '../ports/places.ts';
import { isGone, progressBytes } from './download.ts';
import { onePass, type TransferDeps } from './pass.ts';
import type { TransferTarget } from './sending.ts';
import { smallBlobBytes } from './window.ts';

/** How the delivery to one target ended; undefined when the blob is there. */
export type TransferOutcome = ReadonlyMap<TransferTarget, CopyError | undefined>;

/** One target and how often it was tried. */
interface Attempt {
  readonly target: TransferTarget;
  readonly patience: Patience;
  furthestBytes: number;
  hasMetCorruption: boolean;
}

/**
 * Moves one blob from the source to every target by one read of the source. When the source failed, those who waited for it
 * try again together; a target that failed by itself tries again alone, so that it delays nobody.
 * Leases of the source and of all targets are taken at once and given back before anything is waited for.
 */
export async function transfer(
  source: Source,
  blob: Descriptor,
  targets: readonly TransferTarget[],
  deps: TransferDeps,
  signal: AbortSignal,
): Promise<TransferOutcome> {
  const outcome = new Map<TransferTarget, CopyError | undefined>();

  const bring = async (attempts: readonly Attempt[]): Promise<void> => {
    const failed = await leasedPass(source, blob, attempts, deps, signal);
    if (signal.aborted) throw cancelledError(blob.digest);
    const together: Attempt[] = [];
    const alone: Attempt[] = [];
    for (const attempt of attempts) {
      const error = failed.get(attempt.target);
      outcome.set(attempt.target, error);
      if (error === undefined) continue;
      if (mayRepeat(attempt, error)) {
        attempt.target.progress.phase = 'backing-off';
        (error.side === 'source' ? together : alone).push(attempt);
      } else if (error.attempts === undefined && attempt.patience.attempts > 1) {
        outcome.set(attempt.target, withFacts(error, { attempts: attempt.patience.attempts }));
      }
    }
    const groups = [...(together.length > 0 ? [together] : []), ...alone.map((attempt) => [attempt])];
    await mapLimited(groups, groups.length, async (group) => {
      const [first] = group;
      if (first !== undefined && group !== together && (await isSettled(first, blob, outcome, signal))) return;
      await bring(group);
    });
  };

  try {
    await bring(targets.map((target) => beginning(target, deps)));
  } finally {
    await Promise.all(targets.map((target) => letGoOfSession(target, blob)));
  }
  return outcome;
}

function beginning(target: TransferTarget, { clock, limits }: TransferDeps): Attempt {
  return { target, patience: new Patience(clock, limits), furthestBytes: 0, hasMetCorruption: false };
}

async function leasedPass(
  source: Source,
  blob: Descriptor,
  attempts: readonly Attempt[],
  deps: TransferDeps,
  signal: AbortSignal,
): Promise<ReadonlyMap<TransferTarget, CopyError>> {
  const targets = attempts.map((attempt) => attempt.target);
  const isSmall = blob.size <= smallBlobBytes;
  const pools = isSmall ? [deps.smallBlobs] : [source.leases, ...targets.map((target) => target.destination.leases)];
  const lease = await deps.leases.acquire(pools, signal);
  try {
    return await onePass(source, blob, targets, deps, signal);
  } finally {
    lease.release();
  }
}

function mayRepeat(attempt: Attempt, error: CopyError): boolean {
  const { sentBytes } = attempt.target.progress;
  if (sentBytes - attempt.furthestBytes >= progressBytes) attempt.patience.progressed();
  attempt.furthestBytes = Math.max(attempt.furthestBytes, sentBytes);
  const isPatient = attempt.patience.allows(error, true);
  if (error.side !== 'source') return isPatient;
  if (error.kind === 'integrity') {
    // a resumed prefix may be the bad part: wrong bytes are fetched once more from the beginning (RELIABILITY F-09)
    const isFirst = !attempt.hasMetCorruption;
    attempt.hasMetCorruption = true;
    return isFirst;
  }
  // the download has been patient with everything but a host that is gone, which is waited for without a lease
  return isPatient && isGone(error);
}

/** After a failure the destination is asked before anything is sent again (INV-9): true when that settles it. */
async function isSettled(
  { target }: Attempt,
  blob: Descriptor,
  outcome: Map<TransferTarget, CopyError | undefined>,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const isThere = (await target.destination.hasBlob(blob, signal)) === true;
    if (isThere) outcome.set(target, undefined);
    return isThere;
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    outcome.set(target, asCopyError(thrown, { side: 'destination', op: 'blob.head', subject: blob.digest }));
    return true;
  }
}

async function letGoOfSession(target: TransferTarget, blob: Descriptor): Promise<void> {
  const { session } = target;
  target.session = undefined;
  if (session !== undefined) await target.destination.drop(session, blob);
}
