import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pause } from '../fakes/listening.ts';
import type { BenchCase } from './cases.ts';
import type { Measurement } from './measure.ts';
import type { BenchOptions } from './options.ts';
import { type CaseResult, median, type ToolResult } from './results.ts';
import { Stage } from './stage.ts';
import type { Tool } from './tools.ts';

type Twice = NonNullable<ToolResult['twice']>;

/** Runs case e: each tool is killed when half of the bytes lie at the destination, and run again; the second run is measured. */
export async function runInterrupted(
  benchCase: BenchCase,
  tools: readonly Tool[],
  options: BenchOptions,
  folder: string,
  say: (line: string) => void,
): Promise<CaseResult> {
  const totalBytes = benchCase.images
    .flatMap(({ content }) => content.blobs)
    .reduce((sum, blob) => sum + blob.sizeBytes, 0);
  const stage = await Stage.open(benchCase, folder);
  stage.count();
  const results: ToolResult[] = [];
  try {
    for (const tool of tools) {
      const runs: Measurement[] = [];
      const twice: Twice[] = [];
      let problem: string | undefined;
      for (let round = 0; round < options.runs && problem === undefined; round++) {
        await stage.reset();
        const isHalf = async (isOver: () => boolean): Promise<void> => {
          while (!isOver() && bytesBelow(stage.destination.root) < totalBytes / 2) await pause(5);
        };
        const killed = await stage.run(tool, options.runMs, {}, isHalf);
        if (killed?.status === 0) problem = 'was done before it could be killed';
        const run = problem === undefined ? await stage.run(tool, options.runMs) : undefined;
        if (run === undefined) break;
        problem = stage.problemOf(run);
        if (problem !== undefined) break;
        runs.push({ wallMs: run.wallMs, cpuMs: run.cpuMs, rssBytes: run.rssBytes });
        twice.push({
          fromSourceBytes: Math.max(0, stage.source.requests().blobBytes - totalBytes),
          toDestinationBytes: bytesBelow(stage.destination.root, '_uploads'),
        });
        say(`  ${tool.name}: ${(run.wallMs / 1000).toFixed(2)} s for the second run`);
      }
      results.push({ tool: tool.name, runs, ...(problem === undefined ? { twice: middleOf(twice) } : { problem }) });
    }
  } finally {
    await stage.close();
  }
  return { id: benchCase.id, title: benchCase.title, tools: results };
}

function middleOf(values: readonly Twice[]): Twice {
  return {
    fromSourceBytes: median(values.map((one) => one.fromSourceBytes)),
    toDestinationBytes: median(values.map((one) => one.toDestinationBytes)),
  };
}

/** The sizes of all files below a folder, or of those in folders of a name: what lies in `_uploads` was sent for nothing. */
function bytesBelow(folder: string, inFolder?: string): number {
  let sum = 0;
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) sum += bytesBelow(path, entry.name === inFolder ? undefined : inFolder);
    else if (inFolder === undefined) sum += statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  }
  return sum;
}

/** Nothing for a folder that is gone: an upload that is done in this moment moves. */
function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
