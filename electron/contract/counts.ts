import type { ImageResult, JobSummary } from './models.ts';

/** How many images ended how. */
export function countOutcomes(results: readonly ImageResult[]): JobSummary['images'] {
  const counts = { total: results.length, copied: 0, unchanged: 0, skipped: 0, failed: 0, cancelled: 0 };
  for (const { outcome } of results) counts[outcome]++;
  return counts;
}

/** What left and entered this process in two pieces of work together. */
export function addTraffic(
  a: Pick<JobSummary, 'bytes' | 'requests'>,
  b: Pick<JobSummary, 'bytes' | 'requests'>,
): Pick<JobSummary, 'bytes' | 'requests'> {
  return {
    bytes: {
      received: a.bytes.received + b.bytes.received,
      sent: a.bytes.sent + b.bytes.sent,
      reused: a.bytes.reused + b.bytes.reused,
    },
    requests: {
      source: a.requests.source + b.requests.source,
      destination: a.requests.destination + b.requests.destination,
      token: a.requests.token + b.requests.token,
    },
  };
}
