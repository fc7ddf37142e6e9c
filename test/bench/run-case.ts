import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchCase } from './cases.ts';
import type { Measurement } from './measure.ts';
import type { BenchOptions } from './options.ts';
import type { CaseResult, ToolResult } from './results.ts';
import { Stage } from './stage.ts';
import type { Tool } from './tools.ts';

/** What a tool has done so far. */
interface Entry {
  readonly tool: Tool;
  readonly runs: Measurement[];
  spentMs: number;
  counted: Pick<ToolResult, 'requests' | 'loopDelayMs'>;
  problem: string | undefined;
}

/** Runs a case: a discarded round, the measured rounds tool by tool, and a round without a clock in which requests are counted. */
export async function runCase(
  benchCase: BenchCase,
  tools: readonly Tool[],
  options: BenchOptions,
  folder: string,
  say: (line: string) => void,
): Promise<CaseResult> {
  const stage = await Stage.open(benchCase, folder);
  const entries = tools.map((tool): Entry => ({ tool, runs: [], spentMs: 0, counted: {}, problem: undefined }));
  try {
    for (let round = 0; round <= options.runs; round++) {
      for (const entry of turned(entries, round)) {
        // a tool that is slow has used up its share of the time with its first runs
        const isSpent = entry.runs.length > 0 && entry.spentMs > options.caseMs / tools.length;
        if (!isSpent) await runOnce(stage, entry, round > 0, options, say);
      }
    }
    stage.count();
    for (const entry of entries) await countOnce(stage, entry, folder, options);
  } finally {
    await stage.close();
  }
  return { id: benchCase.id, title: benchCase.title, tools: entries.map(resultOf) };
}

/** Nobody is always first. */
function turned<Item>(items: readonly Item[], by: number): readonly Item[] {
  const at = by % Math.max(1, items.length);
  return [...items.slice(at), ...items.slice(0, at)];
}

async function runOnce(
  stage: Stage,
  entry: Entry,
  isMeasured: boolean,
  options: BenchOptions,
  say: (line: string) => void,
): Promise<void> {
  if (entry.problem !== undefined) return;
  await stage.reset();
  const run = await stage.run(entry.tool, options.runMs);
  entry.problem = run === undefined ? 'has no way to do this' : stage.problemOf(run);
  if (entry.problem !== undefined || run === undefined) return say(`  ${entry.tool.name}: ${entry.problem ?? ''}`);
  const { wallMs, cpuMs, rssBytes } = run;
  entry.spentMs += wallMs;
  say(`  ${entry.tool.name}: ${(wallMs / 1000).toFixed(2)} s${isMeasured ? '' : ' (discarded)'}`);
  if (isMeasured) entry.runs.push({ wallMs, cpuMs, rssBytes });
}

async function countOnce(stage: Stage, entry: Entry, folder: string, options: BenchOptions): Promise<void> {
  if (entry.problem !== undefined) return;
  await stage.reset();
  const delayFile = join(folder, `loop-delay of ${entry.tool.name}`);
  const isOurs = entry.tool.name === 'image-ferry';
  const watch = {
    NODE_OPTIONS: `--import=${new URL('loop-delay.ts', import.meta.url).href}`,
    FERRY_BENCH_DELAY_FILE: delayFile,
  };
  // twice the time: writing a log line for every request slows the registries
  const run = await stage.run(entry.tool, options.runMs * 2, isOurs ? watch : {});
  if (run === undefined || stage.problemOf(run) !== undefined) return;
  entry.counted = {
    requests: { source: stage.source.requests(), destination: stage.destination.requests() },
    ...(existsSync(delayFile) ? { loopDelayMs: Number(readFileSync(delayFile, 'utf8')) } : {}),
  };
}

function resultOf({ tool, runs, counted, problem }: Entry): ToolResult {
  return { tool: tool.name, runs, ...counted, ...(problem === undefined ? {} : { problem }) };
}
