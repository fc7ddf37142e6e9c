import { memo } from 'react';
import type { Column } from './grid-types.ts';

interface GridRowProps<Row> {
  readonly id: string;
  readonly index: number;
  readonly top: number;
  readonly height: number;
  readonly tracks: string;
  readonly columns: readonly Column<Row>[];
  /** Undefined while it is still on its way; the row keeps its place. */
  readonly row: Row | undefined;
  readonly hasCheck: boolean;
  readonly isSelected: boolean;
  readonly isFocused: boolean;
  readonly canSelect: boolean;
  readonly tone: 'quiet' | 'failed' | undefined;
  readonly open: ((index: number) => void) | undefined;
}

function PlainRow<Row>(props: GridRowProps<Row>) {
  const { id, index, top, height, tracks, columns, row, hasCheck, isSelected, isFocused, canSelect, tone, open } =
    props;
  const marks = `${isSelected ? ' is-selected' : ''}${isFocused ? ' is-focused' : ''}${tone === undefined ? '' : ` is-${tone}`}`;
  return (
    <div
      id={id}
      className={`grid-row grid-line${marks}`}
      role="row"
      aria-rowindex={index + 2}
      {...(canSelect ? { 'aria-selected': isSelected } : {})}
      data-index={index}
      style={{ top, height, gridTemplateColumns: tracks }}
      onDoubleClick={open === undefined ? undefined : () => open(index)}
    >
      {hasCheck ? (
        <div className="grid-check" role="gridcell">
          <span className={`check check-${isSelected ? 'all' : 'none'}`} data-check="" />
        </div>
      ) : null}
      {columns.map(({ id: column, cell, isNumber }) => (
        <div key={column} className={`grid-cell${isNumber === true ? ' grid-number' : ''}`} role="gridcell">
          {row === undefined ? <span className="grid-pending" /> : cell(row)}
        </div>
      ))}
    </div>
  );
}

/** One row; drawn again only when something about it changed. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- memo forgets that the row's type is a parameter
export const GridRow = memo(PlainRow) as typeof PlainRow;
