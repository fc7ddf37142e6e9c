import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  bundledCommandLine,
  type CommandEnd,
  type Sample,
  startCommand,
  type RunningCommand,
  summaryOf,
} from '../crash/command-line.ts';
import { assertNoSecretIn } from '../crash/secrets.ts';
import { findProblems } from '../bench/storage.ts';
import type { FaultRule } from '../fakes/fault-rules.ts';
import { pause } from '../fakes/listening.ts';
import { hasPeer } from '../fakes/peers.ts';
import { basic } from '../fakes/plain-http.ts';
import { assertArrived, assertCacheIsTrue } from './checks.ts';
import type { Column, Tally } from './column.ts';
import { type Fleet, fleetOf, storeFleet, wantedOf } from './fleet.ts';
import { type Ground, type Lines, missingRegistry, openGround, overLines } from './ground.ts';

const user = 'soaker';
const password = 'planted-S0aked/password';
const mostMs = 20 * 60_000;
const mebibyte = 2 ** 20;
const mostOpenFiles = 250;

/** One long run over a bad line: a fault in every hundredth exchange, both registries restarted, our process killed once. */
export function soakOf(count: number): Column {
  return {
    name: 'soak',
    unit: 'soaked images',
    missing: missingRegistry ?? (hasPeer('htpasswd') ? undefined : 'htpasswd is not installed'),
    isHeavy: true,
    open: async () => {
      bundledCommandLine();
      const ground = await openGround({ auth: { htpasswd: { user, password } } });
      try {
        const fleet = fleetOf(count, 20, 'soak', [1_200_000, 300_000, 70_000, 9000], [1, 700, 4000, 16_000, 9000]);
        storeFleet(ground.source.dataDir, fleet);
        let runs = 0;
        return {
          piece: (seed) => overLines(ground, (lines) => soak(ground, lines, fleet, seed, `soak-${++runs}/`)),
          close: () => ground.ends.close(),
        };
      } catch (thrown) {
        await ground.ends.close();
        throw thrown;
      }
    },
  };
}

async function soak(ground: Ground, lines: Lines, fleet: Fleet, seed: number, prefix: string): Promise<Tally> {
  const home = join(ground.folder, prefix);
  const data = join(home, 'data');
  const auth = join(home, 'auth.json');
  const list = join(home, 'images.json');
  const images = wantedOf(fleet);
  await mkdir(home, { recursive: true });
  await writeFile(auth, JSON.stringify({ [lines.destination.host]: { username: user, password } }));
  const pairs = images.map(({ repository, tag }) => [
    `${lines.source.host}/${repository}:${tag}`,
    `${lines.destination.host}/${prefix}${repository}:${tag}`,
  ]);
  await writeFile(list, JSON.stringify(Object.fromEntries(pairs)));
  const args = ['sync', '--images', list, '--auth', auth, '--data-dir', data, '--json'];
  const start = (): RunningCommand => startCommand(args, home, [], mostMs);
  const tagged = (): number =>
    lines.destination.exchanges.filter(({ request }) => request.method === 'PUT' && /manifests\/v/.test(request.url))
      .length;
  const reached = async (command: RunningCommand, share: number): Promise<void> => {
    while (!command.isOver() && tagged() < share * images.length) await pause(250);
  };
  for (const rule of faultsOf(seed)) {
    lines.source.addRule(rule);
    lines.destination.addRule(rule);
  }

  let command = start();
  await reached(command, 0.2);
  await ground.source.restart();
  await reached(command, 0.4);
  command.kill();
  const killed = await command.ended;
  command = start();
  await reached(command, 0.6);
  await ground.destination.restart();
  const end = await command.ended;
  assertWell(end, images.length);
  const faults = [...lines.source.exchanges, ...lines.destination.exchanges].filter((one) => one.faults.length > 0);

  const world = { url: ground.destination.url, authorization: basic(user, password) };
  // reading the storage takes seconds where asking the registry takes minutes
  const flat = fleet.images.filter(({ content }) => content.children.length === 0);
  const stored = flat.map(({ repository, tag, content }) => ({ repository: `${prefix}${repository}`, tag, content }));
  const problems = findProblems(ground.destination.dataDir, stored);
  if (problems.length > 0) throw new Error(problems.slice(0, 20).join('\n'));
  const indexes = fleet.images.filter((one) => !flat.includes(one));
  await assertArrived(world, indexes, prefix);
  await assertCacheIsTrue(join(data, 'cache'));
  lines.source.clearRules();
  lines.destination.clearRules();
  const again = await start().ended;
  assertWell(again, images.length);
  const { images: outcomes, bytes } = summaryOf(again);
  if (outcomes.unchanged !== images.length || bytes.received + bytes.sent > 0) {
    throw new Error(`a second run did ${JSON.stringify({ outcomes, bytes })}`);
  }
  const printed = [killed, end, again].flatMap(({ stdout, stderr }) => [stdout, stderr]);
  await assertNoSecretIn([password, `${user}:${password}`], printed, [home], [auth]);
  return {
    'soaked images': images.length,
    faults: faults.length,
    restarts: 2,
    kills: killed.status === null ? 1 : 0,
    ...flatnessOf(end.samples),
  };
}

/** Once in a hundred exchanges each side breaks off, loses an answer, or is overloaded. */
function faultsOf(seed: number): readonly FaultRule[] {
  const everywhere = { direction: 'response' } as const;
  return [
    { ...everywhere, action: { kind: 'reset', atByte: 500 }, chance: { oneIn: 300, seed } },
    { ...everywhere, action: { kind: 'swallow' }, chance: { oneIn: 300, seed: seed + 1 } },
    {
      ...everywhere,
      action: { kind: 'replace', status: 503, body: 'busy' },
      chance: { oneIn: 300, seed: seed + 2 },
    },
  ];
}

function assertWell(end: CommandEnd, images: number): void {
  const summary = summaryOf(end);
  if (end.status !== 0 || !summary.ok || summary.images.total !== images) {
    throw new Error(`status ${String(end.status)}: ${JSON.stringify(summary).slice(0, 3000)}`);
  }
}

/** Throws when memory or open files grew; the beginning and the end of a run are not compared. */
function flatnessOf(samples: readonly Sample[]): Tally {
  const most = (part: readonly Sample[], of: (sample: Sample) => number): number => Math.max(0, ...part.map(of));
  const quarter = Math.floor(samples.length / 4);
  const resident = ({ residentBytes }: Sample): number => residentBytes / mebibyte;
  const early = most(samples.slice(quarter, 2 * quarter), resident);
  const late = most(samples.slice(3 * quarter), resident);
  const files = most(samples, ({ openFiles }) => openFiles);
  // half as much again is what a collector may leave lying about
  if (quarter > 20 && late > early * 1.5 + 32) throw new Error(`memory grew from ${early} to ${late} MiB`);
  if (files > mostOpenFiles) throw new Error(`${files} files were open`);
  return {
    'most MiB resident': Math.ceil(most(samples, resident)),
    'most MiB in the 2nd quarter': Math.ceil(early),
    'most MiB in the 4th quarter': Math.ceil(late),
    'most open files': files,
  };
}
