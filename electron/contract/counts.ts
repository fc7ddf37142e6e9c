import type { ImageResult, JobSummary } from './models.ts';

/** How many images ended how. */
export function countOutcomes(results: readonly ImageResult[]): JobSummary['images'] {
  const counts = { total: results.length, copied: 0, unchanged: 0, skipped: 0, failed: 0, cancelled: 0 };
  for (const { outcome } of results) counts[outcome]++;
  return counts;
}
