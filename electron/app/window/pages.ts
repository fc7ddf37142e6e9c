/** A page of a list that is known whole: what comes behind `after`, and where to go on when there is more. */
export function pageOf(
  all: readonly string[],
  after: string | undefined,
  most: number,
): { readonly rows: readonly string[]; readonly next?: string } {
  // one that has gone since begins the list again
  const from = after === undefined ? 0 : all.indexOf(after) + 1;
  const rows = all.slice(from, from + most);
  const last = rows.at(-1);
  return { rows, ...(last === undefined || from + most >= all.length ? {} : { next: last }) };
}
