import type { ByteRange } from '../ports/library.ts';

/** What a Range header asks of a blob: all of it, a part, or a part it does not have. */
export type RangeAnswer =
  | { readonly kind: 'whole' }
  | { readonly kind: 'unsatisfiable' }
  | { readonly kind: 'part'; readonly part: ByteRange };

const single = /^bytes=(\d*)-(\d*)$/i;

/**
 * Reads a Range header against a size. A malformed header and several ranges at once mean the whole blob,
 * as RFC 9110, 14.2 allows: nobody who pulls images needs multipart answers.
 */
export function parseRange(header: string | undefined, sizeBytes: number): RangeAnswer {
  const [, first, last] = single.exec(header?.trim() ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return { kind: 'whole' };
  if (first === '') return partOf(Math.max(sizeBytes - Number(last), 0), sizeBytes, sizeBytes);
  if (last !== '' && Number(last) < Number(first)) return { kind: 'whole' };
  return partOf(Number(first), last === '' ? sizeBytes : Math.min(Number(last) + 1, sizeBytes), sizeBytes);
}

function partOf(start: number, end: number, sizeBytes: number): RangeAnswer {
  return start < sizeBytes ? { kind: 'part', part: { start, end } } : { kind: 'unsatisfiable' };
}
