import { type CaseResult, medians, type ToolResult } from './results.ts';

/** A table of texts with a head. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The figures of a case: a row a tool; ratios are peer ÷ ours, so above 1 is ours. */
export function tableOf(result: CaseResult): Table {
  const isInterrupted = result.id === 'e';
  const more = isInterrupted ? ['read twice', 'sent twice'] : ['requests source', 'requests destination'];
  const ours = result.tools[0];
  return {
    head: ['tool', 'wall s', 'CPU s', 'RSS MiB', ...more, 'wall ×', 'CPU ×', 'RSS ×'],
    rows: result.tools.map((tool) => [
      tool.tool,
      ...figuresOf(tool),
      ...(isInterrupted ? twiceOf(tool) : requestsOf(tool)),
      ...(tool === ours || ours === undefined ? ['', '', ''] : ratiosOf(tool, ours)),
    ]),
  };
}

/** A table for a terminal. */
export function plainTable({ head, rows }: Table): string {
  const all = [head, ...rows];
  const widths = head.map((_, at) => Math.max(...all.map((row) => (row[at] ?? '').length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  ')
      .trimEnd();
  return all.map(line).join('\n');
}

/** A table for a page. */
export function markdownTable({ head, rows }: Table): string {
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |`;
  return [line(head), line(head.map((_, at) => (at === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

/** What is to be said about a case below its table. */
export function notesOf(result: CaseResult): readonly string[] {
  const most = Math.max(...result.tools.map(({ runs }) => runs.length));
  return result.tools.flatMap(({ tool, runs, loopDelayMs, problem }) => [
    ...(runs.length > 0 && runs.length < most
      ? [`${tool}: ${runs.length} measured runs instead of ${most}, as it took its share of the time`]
      : []),
    ...(loopDelayMs === undefined ? [] : [`${tool}: event-loop delay p99 ${loopDelayMs.toFixed(1)} ms`]),
    ...(problem === undefined ? [] : [`${tool}: ${problem}`]),
  ]);
}

function figuresOf(tool: ToolResult): readonly string[] {
  const middle = medians(tool);
  if (middle === undefined) return ['–', '–', '–'];
  const walls = tool.runs.map((run) => run.wallMs / 1000);
  const wall = `${(middle.wallMs / 1000).toFixed(2)} (${Math.min(...walls).toFixed(2)}–${Math.max(...walls).toFixed(2)})`;
  return [wall, (middle.cpuMs / 1000).toFixed(2), inMebibytes(middle.rssBytes)];
}

function requestsOf({ requests }: ToolResult): readonly string[] {
  if (requests === undefined) return ['–', '–'];
  return [requests.source, requests.destination].map(({ total, methods }) => {
    const parts = Object.entries(methods).toSorted(([, one], [, other]) => other - one);
    return parts.length < 2
      ? `${total} ${parts[0]?.[0] ?? ''}`.trim()
      : `${total} (${parts.map(([method, count]) => `${method} ${count}`).join(', ')})`;
  });
}

function twiceOf({ twice }: ToolResult): readonly string[] {
  if (twice === undefined) return ['–', '–'];
  return [twice.fromSourceBytes, twice.toDestinationBytes].map((bytes) => `${inMebibytes(bytes)} MiB`);
}

function ratiosOf(peer: ToolResult, ours: ToolResult): readonly string[] {
  const [theirs, own] = [medians(peer), medians(ours)];
  if (theirs === undefined || own === undefined) return ['–', '–', '–'];
  const ratio = (one: number, other: number): string => (one / other).toFixed(2);
  return [ratio(theirs.wallMs, own.wallMs), ratio(theirs.cpuMs, own.cpuMs), ratio(theirs.rssBytes, own.rssBytes)];
}

function inMebibytes(bytes: number): string {
  return String(Math.round(bytes / 2 ** 20));
}
