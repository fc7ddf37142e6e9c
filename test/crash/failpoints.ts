import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generator } from '../fakes/fault-rules.ts';
import { image } from '../fakes/images.ts';
import { jsonOf } from '../fakes/listening.ts';
import { assertWorldIsWhole } from '../fakes/oracle.ts';
import { type QuirkRegistry, startQuirkRegistry } from '../fakes/quirk-registry/server.ts';
import { assertArrived, assertCacheIsTrue, heldIn } from '../torture/checks.ts';
import type { Column, Tally, Torment } from '../torture/column.ts';
import { copyJob, openCache, outcomesOf, requestsFor } from '../torture/copying.ts';
import { Ends } from '../torture/ends.ts';
import { temporaryFolder } from '../torture/ground.ts';

const runner = fileURLToPath(new URL('runner.ts', import.meta.url));
const content = image({ seed: 'failpoint', layers: [2_200_000, 150_000] });

/** A moment at which the process can be gone: before the n-th call to the disk, or half way through it. */
interface Failpoint {
  /** What is called on what kind of path. */
  readonly name: string;
  readonly nth: number;
  readonly how: 'whole' | 'half';
}

/** The process is gone at each kind of call to the disk in turn; what is left must serve the next process. */
export const failpoints: Column = {
  name: 'failpoints',
  unit: 'failpoints',
  open: async () => {
    const ends = new Ends();
    try {
      return await Failpoints.open(ends);
    } catch (thrown) {
      await ends.close();
      throw thrown;
    }
  },
};

/** A copy of one image in a process that is killed at a failpoint, and then in this one. */
export class Failpoints implements Torment {
  readonly #ends: Ends;
  readonly #folder: string;
  readonly #source: QuirkRegistry;
  readonly #destination: QuirkRegistry;
  readonly points: readonly Failpoint[];
  #runs = 0;

  private constructor(
    ends: Ends,
    folder: string,
    source: QuirkRegistry,
    destination: QuirkRegistry,
    points: readonly Failpoint[],
  ) {
    this.#ends = ends;
    this.#folder = folder;
    this.#source = source;
    this.#destination = destination;
    this.points = points;
  }

  /** Copies once without harm to learn which calls are made. */
  static async open(ends: Ends): Promise<Failpoints> {
    const folder = await temporaryFolder(ends);
    const source = await startQuirkRegistry({ content: { 'a:1': content } });
    ends.add(() => source.close());
    const destination = await startQuirkRegistry();
    ends.add(() => destination.close());
    const places = [join(folder, 'whole'), `${source.host}/a:1`, `${destination.host}/whole/a:1`] as const;
    const { status, output } = await run(...places, '0', 'whole', ends);
    if (status !== 0) throw new Error(`a copy without harm went wrong:\n${output}`);
    const calls = output
      .trim()
      .split('\n')
      .map((line) => jsonOf<{ name: string; path: string }>(line));
    const points = calls.flatMap(({ name, path }, at): Failpoint[] => {
      const kind = `${name} ${path.replace(/[0-9a-f]{64}/g, '<hex>').replace(/\/[0-9a-f]{2}(?=\/|$)/, '/<shard>')}`;
      const whole: Failpoint = { name: kind, nth: at + 1, how: 'whole' };
      return name === 'file.write' ? [whole, { name: `half of ${kind}`, nth: at + 1, how: 'half' }] : [whole];
    });
    return new Failpoints(ends, folder, source, destination, points);
  }

  /** One failpoint of each kind. */
  get kinds(): readonly Failpoint[] {
    return [...new Map(this.points.map((point) => [point.name, point])).values()];
  }

  async piece(seed: number): Promise<Tally> {
    const random = generator(seed);
    const point = this.points[Math.floor(random() * this.points.length)];
    if (point === undefined) throw new Error('there is no failpoint');
    return this.strike(point);
  }

  /** Is gone at `point` and copies again; rejects when anything is lost, wrong or read twice. */
  async strike(point: Failpoint): Promise<Tally> {
    const prefix = `run-${++this.#runs}/`;
    const folder = join(this.#folder, prefix);
    const images = [{ repository: 'a', tag: '1', content }];
    try {
      const places = [folder, `${this.#source.host}/a:1`, `${this.#destination.host}/${prefix}a:1`] as const;
      const { status } = await run(...places, String(point.nth), point.how, this.#ends);
      await assertCacheIsTrue(join(folder, 'cache'));
      await assertWorldIsWhole({ url: this.#destination.url });
      const held = await heldIn(join(folder, 'cache'));
      const cache = await openCache(folder);
      const requests = requestsFor(images, this.#source.host, this.#destination.host, prefix);
      const { summary } = await copyJob(requests, { cache }, 30_000);
      if (!summary.ok) throw new Error(`not finished by the next process: ${outcomesOf(summary)}`);
      await assertArrived(this.#destination, images, prefix);
      await assertCacheIsTrue(join(folder, 'cache'));
      const missingBytes = content.blobs.reduce((sum, { digest, sizeBytes }) => {
        const unfinished = sizeBytes > 2 ** 20 ? (held.unfinished.get(digest) ?? 0) : 0;
        return sum + sizeBytes - (held.whole.get(digest) ?? unfinished);
      }, 0);
      // zeros at the end of a file may be what a loss of power left
      if (summary.bytes.received > missingBytes + 64)
        throw new Error(`${summary.bytes.received} bytes came, ${missingBytes} were missing`);
      const after = await heldIn(join(folder, 'cache'));
      return { failpoints: 1, killed: status === null ? 1 : 0, 'files left over': after.unfinished.size };
    } catch (thrown) {
      const what = thrown instanceof Error ? thrown.message : String(thrown);
      throw new Error(`at ${point.name} (call ${point.nth}): ${what}`, { cause: thrown });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  close(): Promise<void> {
    return this.#ends.close();
  }
}

/** Runs the process of `runner`; its status is null when it was killed. */
function run(
  folder: string,
  from: string,
  to: string,
  nth: string,
  how: Failpoint['how'],
  ends: Ends,
): Promise<{ readonly status: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [runner, folder, from, to, nth, how], { stdio: ['ignore', 'pipe', 'pipe'] });
    ends.add(async () => void child.kill('SIGKILL'));
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, output }));
  });
}
