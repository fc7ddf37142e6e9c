import type { Comparison, ImageGroup, ImageName, ImageRow } from '../../electron/contract/images.ts';
import type { Failure } from '../../electron/contract/errors.ts';
import { naturalOrder } from '../../electron/oci/natural-order.ts';

/** An image as the grid shows it. */
export interface ListedImage extends ImageRow {
  readonly key: string;
  /** Against the chosen destinations; undefined as long as it was not asked. */
  readonly state?: ImageState;
  /** How far its copying is, from 0 to 1; undefined when it is not being copied. */
  readonly moving?: number;
  /** Why nothing more is known of it. */
  readonly failure?: Failure;
}

/** How an image stands against all destinations together. */
export type ImageState = Comparison | 'some';

/** The order of the grid. */
export interface ImageOrder {
  readonly column: string;
  readonly isDescending: boolean;
}

/** What names a row for good. */
export function keyOfRow(row: { readonly repository: string; readonly tag: string }): string {
  return `${row.repository}:${row.tag}`;
}

/** The image of a row, as commands take it. */
export function nameOfRow(registry: string, row: ImageRow): ImageName {
  return { place: { kind: 'registry', id: registry }, repository: row.repository, tag: row.tag };
}

/** Images with those of one repository named together: thousands of names each by itself would be longer than a request may be. */
export function groupNames(names: readonly ImageName[]): readonly (ImageName | ImageGroup)[] {
  const groups = Map.groupBy(names, ({ repository }) => repository);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    const tags = group.flatMap(({ tag }) => tag ?? []);
    if (first === undefined || group.length === 1 || tags.length < group.length) return group;
    return [{ place: first.place, repository: first.repository, tags }];
  });
}

/** The rows that hold every word of the filter in their name, digest or platforms; case does not count. */
export function filterRows(rows: readonly ListedImage[], filter: string): readonly ListedImage[] {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return rows;
  return rows.filter((row) => {
    const text = `${row.key} ${row.digest ?? ''} ${row.platforms?.join(' ') ?? ''}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** The rows in an order; what is not known stands last either way. */
export function orderRows(rows: readonly ListedImage[], order: ImageOrder): readonly ListedImage[] {
  const way = order.isDescending ? -1 : 1;
  const byName = (a: ListedImage, b: ListedImage): number =>
    naturalOrder(a.repository, b.repository) || naturalOrder(a.tag, b.tag);
  const known = (a: number | string | undefined, b: number | string | undefined): number => {
    if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1;
    return a === b ? 0 : a < b ? -way : way;
  };
  switch (order.column) {
    case 'tag':
      return rows.toSorted((a, b) => way * naturalOrder(a.tag, b.tag) || byName(a, b));
    case 'size':
      return rows.toSorted((a, b) => known(a.sizeBytes, b.sizeBytes) || byName(a, b));
    case 'pushed':
      return rows.toSorted((a, b) => known(a.pushedAt, b.pushedAt) || byName(a, b));
    default:
      return rows.toSorted((a, b) => way * byName(a, b));
  }
}

/** One word for how an image stands at several destinations. */
export function combineStates(states: readonly Comparison[]): ImageState | undefined {
  const [first] = states;
  if (first === undefined) return undefined;
  if (states.every((state) => state === first)) return first;
  if (states.includes('differs')) return 'differs';
  return states.includes('unknown') ? 'unknown' : 'some';
}

/** The rows with how far those are that are being copied from `host`; the others stay the same objects. */
export function withMoving(
  rows: readonly ListedImage[],
  host: string,
  shares: ReadonlyMap<string, number>,
): readonly ListedImage[] {
  if (shares.size === 0) return rows;
  return rows.map((row) => {
    const moving = shares.get(`${host}/${row.key}`);
    return moving === undefined ? row : { ...row, moving };
  });
}
