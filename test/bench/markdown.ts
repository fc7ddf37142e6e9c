import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { targetsOf } from './targets.ts';
import type { Machine } from './machine.ts';
import type { BenchOptions } from './options.ts';
import type { CaseResult } from './results.ts';
import { markdownTable, notesOf, tableOf } from './table.ts';
import { type FoundTool, isThere } from './tools.ts';

const page = fileURLToPath(new URL('README.md', import.meta.url));
const [begin, end] = ['<!-- results -->', '<!-- end of results -->'];

/** Everything that a run of the benchmark found out. */
export interface Report {
  readonly machine: Machine;
  readonly options: BenchOptions;
  readonly tools: readonly FoundTool[];
  readonly cases: readonly CaseResult[];
}

/** Puts the results into the README beside this file; what stands there around them stays. */
export function writeMarkdown(report: Report): void {
  const text = readFileSync(page, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the README has no place for results between ${begin} and ${end}`);
  writeFileSync(page, `${text.slice(0, from)}${begin}\n\n${resultsOf(report)}\n${text.slice(to)}`);
}

function resultsOf({ machine, options, tools, cases }: Report): string {
  const facts = [
    `Taken on ${machine.date}: ${machine.cores} cores of ${machine.cpu}, ${machine.memoryGiB} GiB, ${machine.kernel}; ` +
      `docker-registry ${machine.registry} at both ends, on loopback; load before the start ${machine.load.toFixed(2)}. ` +
      `Medians of ${options.runs}${options.scale === 1 ? '' : `, scale ${options.scale}`}.`,
  ];
  const list = tools.map((tool) =>
    isThere(tool) ? `- ${tool.name} ${tool.version}: ${tool.remark}` : `- ${tool.name}: not measured, ${tool.reason}`,
  );
  const sections = cases.map((result) =>
    [
      `### ${result.id}: ${result.title}`,
      ...(result.rounds < options.runs ? [`Only ${result.rounds} rounds: the time for the case was up.`] : []),
      markdownTable(tableOf(result)),
      ...[...notesOf(result), ...targetsOf(result)]
        .map((note) => `- ${note}`)
        .join('\n')
        .split('\n\n'),
    ]
      .filter((part) => part !== '')
      .join('\n\n'),
  );
  return `${[...facts, list.join('\n'), ...sections].join('\n\n')}\n`;
}
