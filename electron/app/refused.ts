import type { Failure } from '../contract/errors.ts';
import type { ImageResult, JobSummary } from '../contract/models.ts';
import { formatReference, type Reference } from '../oci/reference.ts';
import { type Finding, finding } from '../engine/engine.ts';
import { findingFacts } from './findings.ts';

/** The result of an image that was never tried. */
export function failedResult(source: string, destination: string, failure: Failure): ImageResult {
  const blobs = { sent: 0, mounted: 0, present: 0 };
  return { source, destination, outcome: 'failed', blobs, referrers: 0, seconds: 0, notices: [], failure };
}

/** The result of what a file says that cannot be done. */
export function refusedResult(
  source: string,
  destination: string,
  found: Finding,
  kind: Failure['kind'] = 'invalid',
): ImageResult {
  const line = found.where.line === undefined ? '' : `line ${found.where.line}: `;
  return failedResult(source, destination, {
    kind,
    side: 'local',
    op: 'prepare',
    subject: source,
    message: `${line}${found.text}`,
    remedy: found.remedy,
    codes: [],
    finding: findingFacts(found),
  });
}

/** The result of a source that wants a destination tag which others want too. */
export function contestedResult(source: Reference, destination: Reference, sources: readonly Reference[]): ImageResult {
  const name = formatReference(source);
  const others = sources.map(formatReference).filter((other) => other !== name);
  const values = { destination: formatReference(destination), others: others.join(', ') };
  return refusedResult(name, values.destination, finding('contested-destination', {}, values), 'conflict');
}

/** A summary that counts images which were never tried. */
export function withRefused(summary: JobSummary, refused: readonly ImageResult[]): JobSummary {
  if (refused.length === 0) return summary;
  const { images } = summary;
  return {
    ...summary,
    ok: false,
    images: { ...images, total: images.total + refused.length, failed: images.failed + refused.length },
    results: [...refused, ...summary.results],
  };
}
