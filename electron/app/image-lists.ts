import type { ImageResult } from '../contract/models.ts';
import { type SyncFormat, toImageSyncer, writeFailed, writePairs } from '../engine/engine.ts';
import type { Prepared } from './prepare.ts';
import type { Origin } from './wishes.ts';

/** Images with their destinations as a file that `sync --images` takes. */
export function listOfImages(results: readonly ImageResult[], format: SyncFormat): string {
  return writeFailed(results, format);
}

/** What is to be copied as a file that image-syncer takes: rules as they were given, anything else image by image. */
export function syncFileOf(origin: Origin, { requests }: Prepared, format: SyncFormat): string {
  if (origin.kind === 'rules') return toImageSyncer(origin.rules, format);
  const pairs = requests.flatMap(({ source, targets }) => targets.map((destination) => ({ source, destination })));
  return writePairs(pairs, format);
}
