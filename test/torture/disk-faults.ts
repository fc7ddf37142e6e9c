import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CopyError } from '../../electron/engine/engine.ts';
import type { BlobCache } from '../../electron/engine/ports/blob-cache.ts';
import { FolderDisk } from '../../electron/engine/kernel/durable-disk.ts';
import { type DiskFault, FaultyDisk } from '../fakes/faulty-disk.ts';
import { generator } from '../fakes/fault-rules.ts';
import { image } from '../fakes/images.ts';
import { type QuirkRegistry, startQuirkRegistry } from '../fakes/quirk-registry/server.ts';
import { assertArrived, assertCacheIsTrue } from './checks.ts';
import type { Column, Tally, Torment } from './column.ts';
import { assertEachEndedOnce, copyJob, openCache, outcomesOf, requestsFor } from './copying.ts';
import { Ends } from './ends.ts';
import { temporaryFolder } from './ground.ts';

/** One call to the disk that fails, or all from there on. */
export interface DiskStrike {
  readonly nth: number;
  readonly fault: DiskFault;
  readonly isForEver: boolean;
}

/** What single calls fail with. */
export const singleFaults: readonly DiskFault[] = ['ENOSPC', 'EIO', 'EPERM', 'EBUSY', 'EMFILE', 'short write'];
/** What a disk does for good; for others the cache is patient for a minute. */
export const lastingFaults: readonly DiskFault[] = ['ENOSPC', 'EIO', 'EROFS', 'short write'];

const shared = { layers: [1_150_000, 30_000] };
const images = ['one', 'two'].map((tag) => ({
  repository: 'a',
  tag,
  content: image({ seed: `disk-${tag}`, ...shared }),
}));

/** A copy of two images during which the disk below the cache fails at some call. */
export const diskFaults: Column = {
  name: 'disk-faults',
  unit: 'failing calls',
  open: async () => {
    const ends = new Ends();
    try {
      return await DiskFaults.open(ends);
    } catch (thrown) {
      await ends.close();
      throw thrown;
    }
  },
};

/** Copies by way of a cache whose disk fails. */
export class DiskFaults implements Torment {
  readonly #ends: Ends;
  readonly #folder: string;
  readonly #source: QuirkRegistry;
  readonly #destination: QuirkRegistry;
  #jobs = 0;
  /** How many calls a job without harm makes. */
  calls = 0;

  private constructor(ends: Ends, folder: string, source: QuirkRegistry, destination: QuirkRegistry) {
    this.#ends = ends;
    this.#folder = folder;
    this.#source = source;
    this.#destination = destination;
  }

  static async open(ends: Ends): Promise<DiskFaults> {
    const content = Object.fromEntries(images.map(({ repository, tag, content }) => [`${repository}:${tag}`, content]));
    const source = await startQuirkRegistry({ content });
    ends.add(() => source.close());
    const destination = await startQuirkRegistry();
    ends.add(() => destination.close());
    const torment = new DiskFaults(ends, await temporaryFolder(ends), source, destination);
    await torment.strike({ nth: 0, fault: 'EIO', isForEver: false });
    return torment;
  }

  async piece(seed: number): Promise<Tally> {
    const random = generator(seed);
    const isForEver = random() < 0.25;
    const faults = isForEver ? lastingFaults : singleFaults;
    const fault = faults[Math.floor(random() * faults.length)] ?? 'EIO';
    return this.strike({ nth: 1 + Math.floor(random() * this.calls), fault, isForEver });
  }

  /** Copies while the disk fails; rejects unless every image arrived or failed saying that it was the disk. */
  async strike({ nth, fault, isForEver }: DiskStrike): Promise<Tally> {
    const prefix = `job-${++this.#jobs}/`;
    const folder = join(this.#folder, prefix);
    const disk = new FaultyDisk(new FolderDisk(folder), ({ number }) =>
      number === nth || (isForEver && nth > 0 && number > nth) ? fault : undefined,
    );
    const requests = requestsFor(images, this.#source.host, this.#destination.host, prefix);
    try {
      const cache = await cacheOrNone(folder, disk);
      const end = await copyJob(requests, cache === undefined ? {} : { cache }, 30_000);
      this.calls = Math.max(this.calls, disk.calls.length);
      assertEachEndedOnce(requests, end);
      const { results } = end.summary;
      for (const { outcome, failure } of results) {
        if (outcome === 'copied') continue;
        const isTold = failure?.kind === 'disk' && failure.side === 'local' && failure.remedy !== '';
        if (!isTold) throw new Error(`neither copied nor told: ${outcomesOf(end.summary)}`);
      }
      const arrived = images.filter((_, at) => results[at]?.outcome === 'copied');
      await assertArrived(this.#destination, arrived, prefix);
      await assertCacheIsTrue(join(folder, 'cache'));
      const again = await copyJob(requests, { cache: await openCache(folder) }, 30_000);
      if (!again.summary.ok) throw new Error(`on a sound disk: ${outcomesOf(again.summary)}`);
      await assertCacheIsTrue(join(folder, 'cache'));
      return { 'failing calls': nth === 0 ? 0 : 1, 'images told failed': images.length - arrived.length };
    } catch (thrown) {
      const what = thrown instanceof Error ? thrown.message : String(thrown);
      const call = disk.calls[nth - 1];
      const place = `${fault}${isForEver ? ' for good' : ''} from call ${nth}, ${call?.name ?? ''} of ${call?.path ?? ''}`;
      throw new Error(`${place}: ${what}`, { cause: thrown });
    } finally {
      this.#destination.state.repositories.clear();
      this.#destination.state.blobs.clear();
      await rm(folder, { recursive: true, force: true });
    }
  }

  close(): Promise<void> {
    return this.#ends.close();
  }
}

/** As the product does: a folder that cannot be used stops nobody from copying. */
async function cacheOrNone(folder: string, disk: FaultyDisk): Promise<BlobCache | undefined> {
  try {
    return await openCache(folder, disk);
  } catch (thrown) {
    if (thrown instanceof CopyError && thrown.kind === 'disk') return undefined;
    throw thrown;
  }
}
