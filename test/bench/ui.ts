// `npm run bench -- ui`: what the window asks of the thread that draws it, and what the engine's loop has left while it copies.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { hasBrowser, openStage } from '../e2e/renderer-stage.ts';
import { hasPeer } from '../fakes/peers.ts';
import { type Machine, machineFacts } from './machine.ts';
import { loopDelays } from './ui-engine.ts';
import { median } from './results.ts';
import { type Figure, marquee, runningQueue, scrollJumps } from './ui-page.ts';

/** What a figure is to stay under, in milliseconds. */
const targets: Readonly<Record<string, number>> = {
  '10,000 rows, a jump of 700 px, until it is drawn': 50,
  '2,000 images in a running queue, longest task': 200,
  'event-loop delay of the engine while copying, p99': 50,
};

const page = fileURLToPath(new URL('README.md', import.meta.url));
const [begin, end] = ['<!-- window -->', '<!-- end of window -->'];
const usage = 'npm run bench -- ui [--runs N] [--markdown]\n';

/** Runs it and writes a table to standard output, with `--markdown` into the README too; gives an exit status. */
export async function uiBench(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: { runs: { type: 'string', default: '5' }, markdown: { type: 'boolean', default: false } },
  });
  const runs = Number(values.runs);
  if (!hasBrowser || !Number.isInteger(runs) || runs < 1) {
    process.stderr.write(`${usage}It wants chromium, and a number of runs from 1 on.\n`);
    return 2;
  }
  const machine = machineFacts();
  const figures = new Map<string, Figure[]>();
  const keep = (found: readonly Figure[]): void => {
    for (const figure of found) figures.set(figure.name, [...(figures.get(figure.name) ?? []), figure]);
  };
  if (hasPeer('docker-registry')) keep(await loopDelays(runs));
  else process.stderr.write('docker-registry is not installed: nothing is copied\n');
  const stage = await openStage();
  try {
    for (let run = 1; run <= runs; run++) {
      process.stderr.write(`run ${run} of ${runs}\n`);
      keep(await scrollJumps(stage));
      keep(await marquee(stage));
      keep(await runningQueue(stage));
    }
  } finally {
    await stage.close();
  }
  const table = tableOf([...figures.values()]);
  process.stdout.write(`${table}\n`);
  if (values.markdown) writeSection(table, machine, runs);
  return 0;
}

function tableOf(figures: readonly (readonly Figure[])[]): string {
  const ms = (value: number): string => (value < 10 ? value.toFixed(1) : String(Math.round(value)));
  const lines = figures.map((found) => {
    const name = found[0]?.name ?? '';
    const target = targets[name];
    const wall = median(found.map(({ wallMs }) => wallMs));
    const worst = Math.max(...found.map(({ wallMs }) => wallMs));
    const cpu = median(found.map(({ cpuMs }) => cpuMs));
    const verdict = target === undefined ? '' : `${wall < target ? 'reached' : '**missed**'}: under ${target} ms`;
    return `| ${name} | ${ms(wall)} | ${ms(cpu)} | ${ms(worst)} | ${verdict} |`;
  });
  return [
    '| | median ms | of it CPU ms | worst run ms | target |',
    '| --- | ---: | ---: | ---: | --- |',
    ...lines,
  ].join('\n');
}

function writeSection(table: string, machine: Machine, runs: number): void {
  const text = readFileSync(page, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the README has no place for results between ${begin} and ${end}`);
  const { date, cores, cpu, memoryGiB, load } = machine;
  const facts = `${date}, ${cores} × ${cpu}, ${memoryGiB} GiB, medians of ${runs}, load before ${load.toFixed(1)}.`;
  writeFileSync(page, `${text.slice(0, from)}${begin}\n\n${facts}\n\n${table}\n\n${text.slice(to)}`);
}
