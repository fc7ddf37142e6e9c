/** The row a key of movement leads to; undefined for any other key and for an empty grid. */
export function rowForKey(key: string, current: number, rowCount: number, rowsPerPage: number): number | undefined {
  if (rowCount === 0) return undefined;
  const to = targetOf(key, current, rowCount, Math.max(1, rowsPerPage));
  return to === undefined ? undefined : Math.min(rowCount - 1, Math.max(0, to));
}

function targetOf(key: string, current: number, rowCount: number, rowsPerPage: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return current + 1;
    case 'ArrowUp':
      return current < 0 ? 0 : current - 1;
    case 'PageDown':
      return Math.max(0, current) + rowsPerPage;
    case 'PageUp':
      return current - rowsPerPage;
    case 'Home':
      return 0;
    case 'End':
      return rowCount - 1;
    default:
      return undefined;
  }
}
