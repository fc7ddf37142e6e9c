import { useTranslation } from 'react-i18next';
import { ColumnHandle } from './column-handle.tsx';
import { type Column, type GridOrder, sizeName } from './grid-types.ts';

/** The header row: titles, the order, and the mark for all rows. */
export function GridHeader<Row>(props: {
  readonly name: string;
  readonly columns: readonly Column<Row>[];
  readonly tracks: string;
  readonly order: GridOrder | undefined;
  readonly onOrder: ((order: GridOrder) => void) | undefined;
  readonly checks:
    | {
        readonly state: 'none' | 'some' | 'all';
        readonly all: (() => void) | undefined;
        readonly none: (() => void) | undefined;
      }
    | undefined;
}) {
  const { name, columns, tracks, order, onOrder, checks } = props;
  const { t } = useTranslation();
  return (
    <div className="grid-header" role="rowgroup">
      <div className="grid-row grid-titles" role="row" aria-rowindex={1} style={{ gridTemplateColumns: tracks }}>
        {checks === undefined ? null : (
          <div className="grid-check" role="columnheader">
            <button
              type="button"
              className={`check check-${checks.state}`}
              role="checkbox"
              aria-checked={checks.state === 'some' ? 'mixed' : checks.state === 'all'}
              aria-label={t('grid.all')}
              onClick={checks.state === 'all' ? checks.none : checks.all}
            />
          </div>
        )}
        {columns.map(({ id, title, isNumber, canSort }) => {
          const isOrder = order?.column === id;
          const sorts = canSort === true && onOrder !== undefined;
          return (
            <div
              key={id}
              className={`grid-title${isNumber === true ? ' grid-number' : ''}`}
              role="columnheader"
              {...(isOrder ? { 'aria-sort': order.isDescending ? 'descending' : 'ascending' } : {})}
            >
              {sorts ? (
                <button
                  type="button"
                  className="grid-sort grid-title-text"
                  onClick={() => onOrder({ column: id, isDescending: isOrder && !order.isDescending })}
                >
                  {title}
                  <span aria-hidden="true" className="grid-arrow">
                    {isOrder ? (order.isDescending ? '▾' : '▴') : ''}
                  </span>
                </button>
              ) : (
                <span className="grid-title-text">{title}</span>
              )}
              <ColumnHandle name={sizeName(name, { id })} title={title} />
            </div>
          );
        })}
      </div>
    </div>
  );
}
