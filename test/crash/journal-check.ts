import { cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HistoryImage, HistoryJob } from '../../electron/contract/history.ts';
import { openStore } from '../../electron/engine/store/store.ts';
import { types } from '../fakes/images.ts';
import { jsonOf } from '../fakes/listening.ts';
import { call } from '../fakes/plain-http.ts';
import { unending } from '../torture/copying.ts';

/** What a journal says. */
export interface Told {
  readonly jobs: readonly HistoryJob[];
  /** The images of all jobs. */
  readonly images: readonly HistoryImage[];
}

/** Reads a copy of the journal in a data folder, so that the next process finds what the last one left. */
export async function readJournal(data: string): Promise<Told> {
  const folder = await mkdtemp(join(tmpdir(), 'ferry-journal-'));
  try {
    await mkdir(data, { recursive: true });
    for (const name of await readdir(data)) {
      // shared memory is made anew
      if (name.startsWith('image-ferry.db') && !name.endsWith('-shm')) await cp(join(data, name), join(folder, name));
    }
    const store = await openStore({ folder, isOwner: true });
    try {
      if (store.lost !== undefined) throw new Error('the journal was damaged');
      const jobs = await store.history.list({ most: 100 }, unending);
      const images: HistoryImage[] = [];
      for (const { number } of jobs) images.push(...(await store.history.images(number, { most: 500 }, unending)));
      return { jobs, images };
    } finally {
      await store.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Throws when the journal claims what the destination does not show, or lacks what was told on stdout (INV-4). */
export async function assertJournalIsTrue(
  { images }: Told,
  stdout: string,
  url: string,
  authorization: string,
): Promise<void> {
  const done = new Map<string, HistoryImage>();
  for (const image of images) {
    if (image.outcome !== 'copied' && image.outcome !== 'unchanged') continue;
    done.set(image.destination, image);
    const [, repository = '', tag = ''] = /^[^/]+\/(.+):([^:]+)$/.exec(image.destination) ?? [];
    const headers = { authorization, accept: Object.values(types).join(', ') };
    const shown = await call('HEAD', `${url}/v2/${repository}/manifests/${tag}`, { headers });
    if (shown.status !== 200) throw new Error(`the journal claims ${image.destination}, which answers ${shown.status}`);
  }
  for (const line of stdout.split('\n')) {
    if (!line.startsWith('{"event":"result"') || !line.endsWith('}')) continue;
    const { destination, outcome } = jsonOf<{ destination: string; outcome: string }>(line);
    if ((outcome === 'copied' || outcome === 'unchanged') && !done.has(destination))
      throw new Error(`${destination} was told as ${outcome} and is not in the journal`);
  }
}
