import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FaultProxy } from '../fakes/fault-proxy.ts';
import { generator } from '../fakes/fault-rules.ts';
import { blobsOf } from '../fakes/images.ts';
import { pause } from '../fakes/listening.ts';
import { assertWorldIsWhole, type World } from '../fakes/oracle.ts';
import { hasPeer } from '../fakes/peers.ts';
import { basic, call } from '../fakes/plain-http.ts';
import { assertArrived, assertCacheIsTrue, type Held, heldIn } from '../torture/checks.ts';
import type { Column, Tally, Torment } from '../torture/column.ts';
import { type Fleet, fleetOf, pushFleet, wantedOf } from '../torture/fleet.ts';
import { type Ground, type Lines, missingRegistry, openGround, overLines } from '../torture/ground.ts';
import { bundledCommandLine, type CommandEnd, type RunningCommand, startCommand, summaryOf } from './command-line.ts';
import { assertJournalIsTrue, readJournal, type Told } from './journal-check.ts';
import { assertNoSecretIn } from './secrets.ts';

const user = 'ferryman';
const password = 'planted-Pa55word/of:the+kills';
/** Written behind, and so lost with the process: the window of a blob (engine/cache/sizes) and what sockets hold. */
const mostInFlightBytes = 6 * 2 ** 20;
/** In one job; after these it may end. */
const mostKills = 3;

/** Kills of the real command line at random moments, each followed by the same command again. */
export const kills: Column = {
  name: 'kills',
  unit: 'kills',
  missing: missingRegistry ?? (hasPeer('htpasswd') ? undefined : 'htpasswd is not installed'),
  open: async () => {
    bundledCommandLine();
    const ground = await openGround({ auth: { htpasswd: { user, password } } });
    try {
      const fleet = fleetOf(14, 1, 'killed', [6_000_000, 2_500_000, 300_000]);
      await pushFleet(ground.source.url, fleet);
      return new Kills(ground, fleet);
    } catch (thrown) {
      await ground.ends.close();
      throw thrown;
    }
  },
};

class Kills implements Torment {
  readonly #ground: Ground;
  readonly #fleet: Fleet;
  readonly #sizes: ReadonlyMap<string, number>;
  /** How long an undisturbed run takes, about. */
  #usualMs = 2000;
  #jobs = 0;

  constructor(ground: Ground, fleet: Fleet) {
    this.#ground = ground;
    this.#fleet = fleet;
    const blobs = fleet.images.flatMap(({ content }) => blobsOf(content));
    this.#sizes = new Map(blobs.map((blob) => [blob.digest, blob.sizeBytes]));
  }

  piece(seed: number): Promise<Tally> {
    return overLines(this.#ground, (lines) => this.#job(lines, generator(seed)));
  }

  close(): Promise<void> {
    return this.#ground.ends.close();
  }

  async #job(lines: Lines, random: () => number): Promise<Tally> {
    const prefix = `killed-${++this.#jobs}/`;
    const home = join(this.#ground.folder, prefix);
    const data = join(home, 'data');
    const auth = join(home, 'auth.json');
    await mkdir(home, { recursive: true });
    await writeFile(auth, JSON.stringify({ [lines.destination.host]: { username: user, password } }));
    const to = `${lines.destination.host}/${prefix}team/app-0`;
    const flags = ['--all-tags', '--data-dir', data, '--auth', auth, '--json', '--report', join(home, 'report.json')];
    const args = ['copy', `${lines.source.host}/team/app-0`, to, ...flags];
    const world: World = { url: this.#ground.destination.url, authorization: basic(user, password) };
    const printed: string[] = [];
    let killed = 0;
    let mostLost = 0;
    let received = 0;
    let held: Held = { whole: new Map(), unfinished: new Map() };
    try {
      for (;;) {
        const from = lines.source.exchanges.length;
        const command = startCommand(args, home);
        if (killed < mostKills) await this.#killSometime(command, lines, random);
        const end = await command.ended;
        printed.push(end.stdout, end.stderr);
        const got = receivedSince(lines.source, from);
        const gotBytes = [...got.values()].reduce((sum, bytes) => sum + bytes, 0);
        received += gotBytes;
        this.#assertOnlyMissing(got, held);
        await assertCacheIsTrue(join(data, 'cache'));
        const told = await readJournal(data);
        await assertJournalIsTrue(told, end.stdout, world.url, basic(user, password));
        if (end.status === null) {
          killed++;
          const before = held;
          held = await heldIn(join(data, 'cache'));
          mostLost = Math.max(mostLost, this.#lostBytes(got, before, held));
          await assertWorldIsWhole({ ...world, repositories: await this.#present(world, prefix) });
          continue;
        }
        this.#assertWell(end, told);
        if (killed === 0) this.#usualMs = end.wallMs;
        break;
      }
      await assertArrived(world, this.#fleet.images, prefix);
      const files = await assertNoSecretIn([password, `${user}:${password}`], printed, [home], [auth]);
      const { blobBytes } = this.#fleet;
      return {
        kills: killed,
        jobs: 1,
        'most bytes received again in a job': Math.max(0, received - blobBytes),
        'most bytes lost by one kill': mostLost,
        'files without a secret': files,
      };
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  }

  /** Kills after a time, after so many bytes from the source, or after so many requests at the destination. */
  async #killSometime(command: RunningCommand, lines: Lines, random: () => number): Promise<void> {
    const choice = random();
    const amount = random();
    const startedMs = performance.now();
    const bytesAt = lines.source.bytes().received + amount * this.#fleet.blobBytes;
    const requestsAt = lines.destination.exchanges.length + amount * 10 * this.#fleet.images.length;
    const isDue = (): boolean => {
      if (choice < 0.3) return performance.now() - startedMs > amount * this.#usualMs;
      if (choice < 0.65) return lines.source.bytes().received > bytesAt;
      return lines.destination.exchanges.length > requestsAt;
    };
    while (!command.isOver() && !isDue()) await pause(3);
    command.kill();
  }

  /** What is asked of the source is what was not here: no byte twice. */
  #assertOnlyMissing(got: ReadonlyMap<string, number>, held: Held): void {
    for (const [digest, bytes] of got) {
      const size = this.#sizes.get(digest) ?? 0;
      // small blobs begin anew, and zeros at the end of a file may be what a loss of power left
      const isSmall = size <= 2 ** 20;
      const here = held.whole.get(digest) ?? (isSmall ? 0 : (held.unfinished.get(digest) ?? 0));
      if (bytes > size - here + 64) throw new Error(`${bytes} bytes of ${digest} came, ${here} of ${size} were here`);
    }
  }

  #lostBytes(got: ReadonlyMap<string, number>, before: Held, after: Held): number {
    let sum = 0;
    for (const [digest, bytes] of got) {
      const size = this.#sizes.get(digest) ?? 0;
      const here = (held: Held): number => held.whole.get(digest) ?? held.unfinished.get(digest) ?? 0;
      const isSmall = size <= 2 ** 20;
      const lost = isSmall && !after.whole.has(digest) ? bytes : Math.max(0, here(before) + bytes - here(after));
      if (lost > mostInFlightBytes) throw new Error(`a kill lost ${lost} bytes of ${digest}`);
      sum += lost;
    }
    return sum;
  }

  #assertWell(end: CommandEnd, { jobs, images }: Told): void {
    const summary = summaryOf(end);
    const { total, copied, unchanged } = summary.images;
    const wanted = wantedOf(this.#fleet).length;
    if (end.status !== 0 || !summary.ok) throw new Error(`status ${end.status}: ${JSON.stringify(summary.failures)}`);
    if (total !== wanted || copied + unchanged !== total) {
      throw new Error(`of ${wanted} images: ${JSON.stringify(summary.images)}`);
    }
    const [job] = jobs;
    if (jobs.length !== 1 || job?.state !== 'finished' || images.length !== wanted)
      throw new Error(`the journal has ${images.length} images and ${JSON.stringify(jobs)}`);
    if (end.stdout.includes('folder-owned')) throw new Error('a dead owner was not succeeded');
  }

  /** What there is at the destination already; a repository without a tag answers 404. */
  async #present(world: World, prefix: string): Promise<Readonly<Record<string, 'all'>>> {
    const repository = `${prefix}team/app-0`;
    const authorization = basic(user, password);
    const { status } = await call('GET', `${world.url}/v2/${repository}/tags/list`, { headers: { authorization } });
    return status === 200 ? { [repository]: 'all' } : {};
  }
}

/** Body bytes of each blob that passed a line since its exchange number `from`. */
function receivedSince(line: FaultProxy, from: number): ReadonlyMap<string, number> {
  const received = new Map<string, number>();
  for (const { request, responseBytes } of line.exchanges.slice(from)) {
    const digest = request.method === 'GET' ? /\/blobs\/(sha256:[0-9a-f]{64})$/.exec(request.url)?.[1] : undefined;
    if (digest !== undefined) received.set(digest, (received.get(digest) ?? 0) + responseBytes);
  }
  return received;
}
