// `npm run bench`: ours beside its peers, between two real registries. See README.md.
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasPeer } from '../fakes/peers.ts';
import { type CaseId, makeCase } from './cases.ts';
import { dockBench } from './dock.ts';
import { gapBench } from './gap.ts';
import { machineFacts } from './machine.ts';
import { writeMarkdown } from './markdown.ts';
import { killRunning, whyUnmeasurable } from './measure.ts';
import { type BenchOptions, readOptions, usage } from './options.ts';
import type { CaseResult } from './results.ts';
import { runCase } from './run-case.ts';
import { runInterrupted } from './run-interrupted.ts';
import { notesOf, plainTable, tableOf } from './table.ts';
import { targetsOf } from './targets.ts';
import { findTools, isThere } from './tools.ts';
import { uiBench } from './ui.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function bench(options: BenchOptions): Promise<boolean> {
  const machine = machineFacts();
  if (machine.load > machine.cores / 2)
    say(`the machine is busy (load ${machine.load.toFixed(2)}): ratios will wobble`);
  const home = mkdtempSync(join(options.folder ?? roomyFolder(options.scale), 'ferry-bench-'));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      killRunning();
      rmSync(home, { recursive: true, force: true });
      process.exit(130);
    });
  }
  try {
    const tools = findTools(options.peers);
    for (const tool of tools)
      say(isThere(tool) ? `${tool.name} ${tool.version}` : `${tool.name} is left out: ${tool.reason}`);
    const cases: CaseResult[] = [];
    for (const id of options.cases) {
      const report = { machine, options, tools, cases };
      cases.push(await runOne(id, options, tools.filter(isThere), join(home, id)));
      // after every case: who interrupts the next one keeps this one
      if (options.jsonFile !== undefined) writeFileSync(options.jsonFile, `${JSON.stringify(report, null, 2)}\n`);
      if (options.writesMarkdown) writeMarkdown({ ...report, cases: cases.slice(-1) });
    }
    return cases.every(({ tools: [ours] }) => ours?.problem === undefined);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function runOne(
  id: CaseId,
  options: BenchOptions,
  tools: Parameters<typeof runCase>[1],
  folder: string,
): Promise<CaseResult> {
  const benchCase = makeCase(id, options.scale);
  say(`\n${id}: ${benchCase.title}`);
  const result = await (id === 'e' ? runInterrupted : runCase)(benchCase, tools, options, folder, say);
  process.stdout.write(`\n${id}: ${benchCase.title}\n${plainTable(tableOf(result))}\n`);
  for (const note of [...notesOf(result), ...targetsOf(result)]) process.stdout.write(`  ${note}\n`);
  return result;
}

/** Memory where it has room for both registries, else the temporary folder. */
function roomyFolder(scale: number): string {
  const neededBytes = 5 * 2 ** 30 * Math.min(1, scale) + 2 ** 28;
  try {
    const memory = statfsSync('/dev/shm');
    if (memory.bavail * memory.bsize > neededBytes) return '/dev/shm';
  } catch {
    // a system without it
  }
  return tmpdir();
}

async function main(): Promise<number> {
  let options: BenchOptions | 'help';
  try {
    options = readOptions(process.argv.slice(2));
  } catch (thrown) {
    say(`${thrown instanceof Error ? thrown.message : String(thrown)}\n\n${usage}`);
    return 2;
  }
  if (options === 'help') {
    process.stdout.write(usage);
    return 0;
  }
  const reason = hasPeer('docker-registry')
    ? whyUnmeasurable()
    : 'docker-registry is not installed; on Debian: apt-get install docker-registry';
  if (reason !== undefined) {
    say(reason);
    return 2;
  }
  return (await bench(options)) ? 0 : 1;
}

const others: Readonly<Record<string, (argv: readonly string[]) => Promise<number>>> = {
  dock: dockBench,
  gap: gapBench,
  ui: uiBench,
};
const [, , other = '', ...rest] = process.argv;
process.exitCode = await (others[other]?.(rest) ?? main());
