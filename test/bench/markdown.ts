import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type CaseId, caseIds } from './cases.ts';
import type { Machine } from './machine.ts';
import type { BenchOptions } from './options.ts';
import type { CaseResult } from './results.ts';
import { markdownTable, notesOf, tableOf } from './table.ts';
import { targetsOf } from './targets.ts';
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

/** Puts the results into the README beside this file; cases that did not run keep what stands there of them. */
export function writeMarkdown(report: Report): void {
  const text = readFileSync(page, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the README has no place for results between ${begin} and ${end}`);
  const before = text.slice(from, to);
  const sections = caseIds.map((id) => {
    const result = report.cases.find((one) => one.id === id);
    return result === undefined ? sectionIn(before, id) : sectionOf(result, report);
  });
  const parts = [begin, toolsOf(report, before), ...sections.filter((section) => section !== undefined), ''];
  writeFileSync(page, `${text.slice(0, from)}${parts.join('\n\n')}${text.slice(to)}`);
}

function sectionIn(text: string, id: CaseId): string | undefined {
  return new RegExp(`<!-- case ${id} -->[\\s\\S]*?<!-- end of case -->`).exec(text)?.[0];
}

/** A line for each tool; one that was not asked for keeps what was said of it with the cases that stay. */
function toolsOf({ tools }: Report, before: string): string {
  const lines = tools.map((tool) =>
    isThere(tool) ? `- ${tool.name} ${tool.version}: ${tool.remark}` : `- ${tool.name}: not measured, ${tool.reason}`,
  );
  const [list = ''] = before.split('<!-- case');
  const kept = list
    .split('\n')
    .filter((line) => line.startsWith('- ') && !tools.some(({ name }) => new RegExp(`^- ${name}[ :]`).test(line)));
  return [...lines, ...kept].join('\n');
}

function sectionOf(result: CaseResult, { machine, options }: Report): string {
  const facts = [
    machine.date,
    `${machine.cores} × ${machine.cpu}`,
    `${machine.memoryGiB} GiB`,
    machine.kernel,
    `docker-registry ${machine.registry}`,
    `medians of ${options.runs}`,
    ...(options.scale === 1 ? [] : [`scale ${options.scale}`]),
    `load before ${machine.load.toFixed(1)}`,
  ];
  const notes = [...notesOf(result), ...targetsOf(result)].map((note) => `- ${note}`).join('\n');
  const parts = [`<!-- case ${result.id} -->`, `### ${result.id}: ${result.title}`, `${facts.join(', ')}.`];
  return [...parts, markdownTable(tableOf(result)), notes, '<!-- end of case -->']
    .filter((part) => part !== '')
    .join('\n\n');
}
