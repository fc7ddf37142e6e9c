import { countOutcomes } from '../contract/counts.ts';
import type { ErrorKind } from '../contract/errors.ts';
import type { CopyObserver } from '../contract/progress.ts';
import type { ImageResult, JobSummary } from '../contract/models.ts';
import { type CopyOptions, type CopyRequest, type Engine, type JobControl, Meter } from '../engine/engine.ts';

/** Failures that another round may turn into success. */
const passing: ReadonlySet<ErrorKind> = new Set([
  'rate-limited',
  'unreachable',
  'timeout',
  'unavailable',
  'missing-content',
  'integrity',
]);

/** Who is told how copying goes, and when what failed is copied again. */
export interface RoundsObserver extends CopyObserver {
  /** A further round begins, with so many of the images. */
  readonly again?: (images: number) => void;
}

/** Copies, and copies again what failed for reasons that pass, up to `rounds` times: what image-syncer calls retries. */
export async function copyInRounds(
  engine: Pick<Engine, 'copy'>,
  requests: readonly CopyRequest[],
  options: CopyOptions,
  rounds: number,
  observer: RoundsObserver,
  signal: AbortSignal,
  tools: { readonly meter?: Meter; readonly control?: JobControl } = {},
): Promise<JobSummary> {
  const counting = { ...tools, meter: tools.meter ?? new Meter() };
  let summary = await engine.copy(requests, options, observer, signal, counting);
  for (let round = 0; round < rounds && !signal.aborted; round++) {
    const places = singleRequests(requests);
    const again = places.filter((_, at) => isWorthAnotherRound(summary.results[at]));
    if (again.length === 0) break;
    observer.again?.(again.length);
    const next = await engine.copy(again, options, observer, signal, counting);
    summary = merge(summary, next);
  }
  return summary;
}

/** One request for each result, in the order of the results. */
function singleRequests(requests: readonly CopyRequest[]): readonly CopyRequest[] {
  return requests.flatMap((request) => request.targets.map((target) => ({ ...request, targets: [target] })));
}

function isWorthAnotherRound(result: ImageResult | undefined): boolean {
  return result?.outcome === 'failed' && result.failure !== undefined && passing.has(result.failure.kind);
}

/** The results of the later round in place of those that failed; what was moved and asked adds up. */
function merge(first: JobSummary, second: JobSummary): JobSummary {
  const later = second.results.values();
  const results = first.results.map((result) =>
    isWorthAnotherRound(result) ? (later.next().value ?? result) : result,
  );
  const images = countOutcomes(results);
  return {
    ok: images.failed === 0 && images.cancelled === 0,
    images,
    blobs: {
      sent: first.blobs.sent + second.blobs.sent,
      mounted: first.blobs.mounted + second.blobs.mounted,
      present: first.blobs.present + second.blobs.present,
    },
    // one meter counts all rounds
    bytes: second.bytes,
    requests: second.requests,
    seconds: first.seconds + second.seconds,
    results,
  };
}
