/** What is selected in a grid: rows by key, so that a filter or a new order changes nothing about it. */
export interface Selection {
  readonly keys: ReadonlySet<string>;
  /** Where a range with Shift begins. */
  readonly anchor?: string;
  /** The row the keyboard is at. */
  readonly focus?: string;
}

/** The keys held down with a click or a movement. */
export interface Modifiers {
  readonly ctrl: boolean;
  readonly shift: boolean;
}

/** Nothing selected. */
export const nothingSelected: Selection = { keys: new Set() };

/** The selection after a click on row `index` of `rows`, as in Windows Explorer. */
export function clickRow(
  selection: Selection,
  rows: readonly string[],
  index: number,
  { ctrl, shift }: Modifiers,
): Selection {
  const key = rows[index];
  if (key === undefined) return selection;
  if (shift) return extendTo(selection, rows, index, ctrl);
  if (ctrl) return toggleRow(selection, rows, index);
  return { keys: new Set([key]), anchor: key, focus: key };
}

/** The selection after a key moved to row `index`: alone it selects that row, Shift extends, Ctrl moves without selecting. */
export function moveTo(
  selection: Selection,
  rows: readonly string[],
  index: number,
  { ctrl, shift }: Modifiers,
): Selection {
  const key = rows[index];
  if (key === undefined) return selection;
  if (shift) return extendTo(selection, rows, index, ctrl);
  if (ctrl) return { ...selection, focus: key };
  return { keys: new Set([key]), anchor: key, focus: key };
}

/** The selection with row `index` switched over. */
export function toggleRow(selection: Selection, rows: readonly string[], index: number): Selection {
  const key = rows[index];
  if (key === undefined) return selection;
  const keys = new Set(selection.keys);
  if (!keys.delete(key)) keys.add(key);
  return { keys, anchor: key, focus: key };
}

/** Everything that is in `rows`, besides what is selected and not shown. */
export function selectAll(selection: Selection, rows: readonly string[]): Selection {
  return { ...selection, keys: new Set([...selection.keys, ...rows]) };
}

/** What a marquee leaves selected: the rows it covers, and with `toggles` those of `base` it does not cover. */
export function selectCovered(
  base: Selection,
  rows: readonly string[],
  covered: { readonly first: number; readonly last: number } | undefined,
  toggles: boolean,
): Selection {
  const under = covered === undefined ? [] : rows.slice(covered.first, covered.last + 1);
  const keys = new Set<string>(toggles ? base.keys : []);
  for (const key of under) {
    if (toggles && base.keys.has(key)) keys.delete(key);
    else keys.add(key);
  }
  return { ...base, keys };
}

/** The selected rows in the order of `rows`. */
export function selectedOf<Row>(
  selection: Selection,
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): readonly Row[] {
  return rows.filter((row) => selection.keys.has(keyOf(row)));
}

function extendTo(selection: Selection, rows: readonly string[], index: number, keepsRest: boolean): Selection {
  const start = selection.anchor === undefined ? 0 : Math.max(0, rows.indexOf(selection.anchor));
  const range = rows.slice(Math.min(start, index), Math.max(start, index) + 1);
  const anchor = rows[start];
  const focus = rows[index];
  return {
    keys: new Set(keepsRest ? [...selection.keys, ...range] : range),
    ...(anchor === undefined ? {} : { anchor }),
    ...(focus === undefined ? {} : { focus }),
  };
}
