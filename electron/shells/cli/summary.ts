import { addTraffic } from '../../contract/counts.ts';
import type { Failure } from '../../contract/errors.ts';
import { formatBytes, formatSeconds } from '../../contract/format.ts';
import type { ImageResult, JobSummary } from '../../contract/models.ts';
import type { Check } from '../../contract/self-test.ts';
import type { Console } from './console.ts';

/** What a command was given to work on, as typed; empty where it has no such side. */
export interface Place {
  readonly source: string;
  readonly destination: string;
}

/** What a command works on in one line. */
export function titleOf({ source, destination }: Place): string {
  return destination === '' ? source : `${source} → ${destination}`;
}

/** A failure with the image it belongs to, as CLI.md's summary lists it. */
export type PlacedFailure = Failure & Place;

/** What left this process. */
export type Traffic = Pick<JobSummary, 'requests' | 'bytes'>;

/** The facts of CLI.md's summary line; every command ends with all of them. */
export interface SummaryFacts extends Pick<JobSummary, 'ok' | 'images' | 'blobs' | 'bytes' | 'requests' | 'seconds'> {
  readonly job: string;
  readonly failures: readonly PlacedFailure[];
  /** What a self-test looked at. */
  readonly checks?: readonly Check[];
}

/** How a command ended; what it leaves out is nought. */
export interface Ending extends Partial<Pick<JobSummary, 'images' | 'blobs' | 'bytes' | 'requests'>> {
  readonly ok: boolean;
  readonly failures: readonly PlacedFailure[];
}

/** The count of images where none was copied. */
export const noImages: JobSummary['images'] = {
  total: 0,
  copied: 0,
  unchanged: 0,
  skipped: 0,
  failed: 0,
  cancelled: 0,
};

const noTraffic: Traffic = {
  requests: { source: 0, destination: 0, token: 0 },
  bytes: { received: 0, sent: 0, reused: 0 },
};

/** The facts of a command's end; `besides` is what left this process outside of its copies. */
export function summaryFacts(ending: Ending, besides: Traffic | undefined, seconds: number, job: string): SummaryFacts {
  const { ok, images = noImages, failures } = ending;
  const { sent, mounted, present } = ending.blobs ?? { sent: 0, mounted: 0, present: 0 };
  return {
    ok,
    images,
    blobs: { sent, mounted, present },
    ...addTraffic({ ...noTraffic, ...ending }, besides ?? noTraffic),
    seconds: Math.round(seconds * 1000) / 1000,
    job,
    failures,
  };
}

/** Every failure of a job with its image; an image that was cancelled has not failed. */
export function failuresOf(results: readonly ImageResult[]): readonly PlacedFailure[] {
  return results.flatMap(({ source, destination, outcome, failure }) =>
    failure === undefined || outcome !== 'failed' ? [] : [{ source, destination, ...failure }],
  );
}

/** The same facts as a table for a person, and for each failure a line of cause and one of remedy. */
export function showSummary(console: Console, summary: JobSummary): void {
  const { words } = console;
  const { images, blobs, bytes, requests, seconds } = summary;
  const counts = (['copied', 'unchanged', 'skipped', 'failed', 'cancelled'] as const)
    .filter((outcome) => images[outcome] > 0 || outcome === 'copied')
    .map((outcome) => words.counted(images[outcome], outcome));
  console.result(`${words.images}${words.colon}${counts.join(words.comma)}`);
  console.result(words.blobs(blobs.sent, blobs.mounted, blobs.present));
  console.result(words.moved(formatBytes(bytes.received), formatBytes(bytes.sent), formatBytes(bytes.reused)));
  console.result(words.requests(requests.source, requests.destination, requests.token));
  console.result(words.time(formatSeconds(seconds)));
  for (const failure of failuresOf(summary.results))
    console.failure(failure, `${failure.source} → ${failure.destination}`);
}

/** A name for a job that sorts by time. */
export function newJobName(now: Date): string {
  return now
    .toISOString()
    .replace(/[-:]/g, '')
    .replace(/\.\d+Z$/, 'Z');
}
