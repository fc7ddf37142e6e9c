import type { Failure } from '../../contract/errors.ts';
import { formatBytes, formatSeconds } from '../../contract/format.ts';
import type { ImageResult, JobSummary } from '../../contract/models.ts';
import type { Console } from './console.ts';

/** A failure with the image it belongs to, as CLI.md's summary lists it. */
export interface ImageFailure extends Failure {
  readonly source: string;
  readonly destination: string;
}

/** Every failure of a job with its image. */
export function failuresOf(results: readonly ImageResult[]): readonly ImageFailure[] {
  return results.flatMap(({ source, destination, failure }) =>
    failure === undefined ? [] : [{ source, destination, ...failure }],
  );
}

/** The facts of CLI.md's summary line. */
export function summaryFacts(summary: JobSummary, job: string): object {
  const { ok, images, blobs, bytes, requests, seconds, results } = summary;
  return {
    ok,
    images,
    blobs,
    bytes,
    requests,
    seconds: Math.round(seconds * 1000) / 1000,
    job,
    failures: failuresOf(results),
  };
}

/** The same facts as a table for a person, and for each failure a line of cause and one of remedy. */
export function showSummary(console: Console, summary: JobSummary): void {
  const { words } = console;
  const { images, blobs, bytes, requests, seconds } = summary;
  const counts = (['copied', 'unchanged', 'skipped', 'failed', 'cancelled'] as const)
    .filter((outcome) => images[outcome] > 0 || outcome === 'copied')
    .map((outcome) => `${images[outcome]} ${words.outcomes[outcome]}`);
  console.result(`${words.images}: ${counts.join(', ')}`);
  console.result(words.blobs(blobs.sent, blobs.mounted, blobs.present));
  console.result(words.moved(formatBytes(bytes.received), formatBytes(bytes.sent), formatBytes(bytes.reused)));
  console.result(words.requests(requests.source, requests.destination, requests.token));
  console.result(words.seconds(formatSeconds(seconds)));
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
