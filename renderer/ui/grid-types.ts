import type { ReactNode } from 'react';

/** One column; `width` is a track of a CSS grid such as `120px` or `minmax(160px, 2fr)`. */
export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  readonly width: string;
  /** Plain elements only: parts of the kit cost five times the frame time. */
  readonly cell: (row: Row) => ReactNode;
  readonly isNumber?: boolean;
  readonly canSort?: boolean;
}

/** What of a grid is selected and where its keyboard is, as the grid needs to know it. */
export interface GridSelection {
  readonly keys: ReadonlySet<string>;
  readonly focus?: string;
}

/** The keys held with a gesture. */
export interface GridModifiers {
  readonly ctrl: boolean;
  readonly shift: boolean;
}

/** What a person does in a grid, by row index. A grid whose rows are only looked at leaves the selecting ones out. */
export interface GridActions {
  readonly click?: (index: number, modifiers: GridModifiers) => void;
  readonly move?: (index: number, modifiers: GridModifiers) => void;
  readonly toggle?: (index: number) => void;
  readonly all?: () => void;
  readonly none?: () => void;
  /** Called when a marquee begins, so that what it adds to can be kept. */
  readonly marqueeBegins?: () => void;
  readonly marquee?: (covered: { readonly first: number; readonly last: number } | undefined, toggles: boolean) => void;
  /** Enter or a double click. */
  readonly open?: (index: number) => void;
  /** The selection is taken up with the pointer; returns false when there is nothing to carry. */
  readonly carry?: (event: PointerEvent) => boolean;
}

/** The order rows stand in. */
export interface GridOrder {
  readonly column: string;
  readonly isDescending: boolean;
}

/** What the width of a column is kept under. */
export function sizeName(grid: string, { id }: { readonly id: string }): string {
  return `${grid} ${id}`;
}

/** Height of the header row in pixels. */
export const headerHeight: number = 32;
