import type { ImageResult } from '../contract/models.ts';
import { type SyncFormat, writeFailed } from '../engine/engine.ts';

/** Images with their destinations as a file that `sync --images` takes. */
export function listOfImages(results: readonly ImageResult[], format: SyncFormat): string {
  return writeFailed(results, format);
}
