import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { memoryLibrary } from '../../../electron/engine/content/memory-library.ts';
import type { DockOptions, DockRequest } from '../../../electron/engine/dock/options.ts';
import { type Dock, startDock } from '../../../electron/engine/dock/server.ts';
import { image, type SampleManifest } from '../../fakes/images.ts';
import { push } from '../../fakes/push.ts';
import { folder } from './ferry.ts';

/** A dock that remembers what it was asked, without what the test itself asked before. */
export interface WatchedDock extends Dock {
  readonly requests: DockRequest[];
}

/** A dock until the end of the test; writable, with a catalog, over an empty library unless told. */
export async function openDock(options: Partial<DockOptions> = {}): Promise<WatchedDock> {
  const requests: DockRequest[] = [];
  const dock = await startDock({
    library: memoryLibrary(),
    writable: true,
    catalog: true,
    onRequest: (request) => requests.push(request),
    ...options,
  });
  onTestFinished(() => dock.close());
  return { ...dock, requests };
}

/** An image of two layers that is the same in every test. */
export const app: SampleManifest = image({ seed: 'app', layers: [60_000, 20_000] });
/** Another image of the same repository, sharing nothing. */
export const otherApp: SampleManifest = image({ seed: 'other', layers: [30_000] });

/** A dock with images under `team/app`. */
export async function openSource(
  tags: Readonly<Record<string, SampleManifest>> = { '1': app },
  options: Partial<DockOptions> = {},
): Promise<WatchedDock> {
  const dock = await openDock(options);
  for (const [tag, content] of Object.entries(tags)) await push(dock.url, 'team/app', tag, content);
  dock.requests.length = 0;
  return dock;
}

/** Sizes of the blobs of an image in all. */
export function blobBytes(content: SampleManifest): number {
  return content.blobs.reduce((sum, blob) => sum + blob.sizeBytes, 0);
}

let files = 0;

/** Writes a file of a new name into the folder of the test file and gives its path. */
export async function fileWith(text: string, suffix: string): Promise<string> {
  const file = join(folder, `given-${++files}${suffix}`);
  await writeFile(file, text);
  return file;
}
