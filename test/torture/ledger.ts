import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Tally } from './column.ts';

const file = fileURLToPath(new URL('README.md', import.meta.url));
const mark = '<!-- runs -->';

/** One run of one column. */
export interface Entry {
  readonly column: string;
  readonly firstSeed: number;
  readonly seconds: number;
  readonly broken: number;
  readonly tally: Tally;
}

/** Adds rows at the top of the table of runs in the README. */
export function enter(entries: readonly Entry[]): void {
  const text = readFileSync(file, 'utf8');
  const at = text.indexOf(mark);
  if (at < 0) throw new Error('the README has lost its table of runs');
  const rows = entries.map(rowOf).join('\n');
  const end = at + mark.length;
  const tableHead =
    '\n\n| date | column | first seed | seconds | broken | seen |\n| --- | --- | --- | --- | --- | --- |\n';
  const rest = text.slice(end).startsWith(tableHead) ? text.slice(end + tableHead.length) : text.slice(end).trimStart();
  writeFileSync(file, `${text.slice(0, end)}${tableHead}${rows}\n${rest}`);
}

/** A row of that table. */
export function rowOf({ column, firstSeed, seconds, broken, tally }: Entry): string {
  const seen = Object.entries(tally).map(([name, value]) => `${value.toLocaleString('en')} ${name}`);
  const date = new Date().toISOString().slice(0, 10);
  return `| ${date} | ${column} | ${firstSeed} | ${Math.round(seconds)} | ${broken} | ${seen.join(', ')} |`;
}
