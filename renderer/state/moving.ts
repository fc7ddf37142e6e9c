import type { JobImage } from '../../electron/contract/feeds.ts';

/** How far images are that are being copied now, by their source reference; several destinations count as one. */
export function movingShares(images: readonly JobImage[]): ReadonlyMap<string, number> {
  const sums = new Map<string, { done: number; total: number }>();
  for (const { source, bytesDone, bytesTotal } of images) {
    const sum = sums.get(source) ?? { done: 0, total: 0 };
    sum.done += bytesDone;
    sum.total += bytesTotal ?? 0;
    sums.set(source, sum);
  }
  return new Map([...sums].map(([source, { done, total }]) => [source, total === 0 ? 0 : Math.min(1, done / total)]));
}
