import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useId, useMemo, useRef } from 'react';
import { GridHeader } from './grid-header.tsx';
import { rowForKey } from './grid-keys.ts';
import { useGridPointer } from './grid-pointer.ts';
import { GridRow } from './grid-row.tsx';
import { useSizes } from './sizes.ts';
import {
  type Column,
  type GridActions,
  type GridOrder,
  type GridSelection,
  headerHeight,
  sizeName,
} from './grid-types.ts';

interface GridProps<Row> {
  /** What widths of its columns are kept under. */
  readonly name: string;
  readonly label: string;
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row, index: number) => string;
  readonly columns: readonly Column<Row>[];
  readonly selection?: GridSelection;
  readonly actions?: GridActions;
  readonly order?: GridOrder;
  readonly onOrder?: (order: GridOrder) => void;
  readonly rowHeight?: number;
  /** Adds a mark before each row and one for all in the header. */
  readonly hasChecks?: boolean;
  readonly toneOf?: (row: Row) => 'quiet' | 'failed' | undefined;
  /** Rows in view, both ends included, whenever they change. */
  readonly onVisible?: (first: number, last: number) => void;
  /** How many rows there are when `rows` holds only those around the view; then `offset` is the index of the first of them. */
  readonly total?: number;
  readonly offset?: number;
  /** What stands in place of rows when there are none. */
  readonly empty?: ReactNode;
  readonly scroller?: RefObject<HTMLDivElement | null>;
}

/** A grid of any number of rows of one height, of which only those in view are mounted. */
export function Grid<Row>(props: GridProps<Row>) {
  const {
    name,
    label,
    rows,
    keyOf,
    columns,
    selection,
    actions,
    rowHeight = 28,
    hasChecks = false,
    onVisible,
    toneOf,
  } = props;
  const { total = rows.length, offset = 0 } = props;
  const id = useId();
  const own = useRef<HTMLDivElement | null>(null);
  const scroller = props.scroller ?? own;
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    paddingStart: headerHeight,
    scrollPaddingStart: headerHeight,
    initialRect: { width: 800, height: 600 },
  });
  const items = virtual.getVirtualItems();
  const shown = virtual.range;
  const first = shown?.startIndex ?? 0;
  const last = shown?.endIndex ?? 0;
  useEffect(() => {
    if (total > 0) onVisible?.(first, Math.min(last, total - 1));
  }, [onVisible, first, last, total]);

  const rowAt = (index: number): Row | undefined => rows[index - offset];
  const focusIndex = useMemo(() => {
    if (selection?.focus === undefined) return -1;
    const at = rows.findIndex((row, index) => keyOf(row, index + offset) === selection.focus);
    return at < 0 ? -1 : at + offset;
  }, [rows, keyOf, offset, selection?.focus]);
  const { box, onPointerDown } = useGridPointer({
    scroller,
    rowHeight,
    rowCount: total,
    actions,
    isSelected: (index) => {
      const row = rowAt(index);
      return row !== undefined && selection?.keys.has(keyOf(row, index)) === true;
    },
  });

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (event.target !== event.currentTarget || event.altKey) return;
    const modifiers = { ctrl: event.ctrlKey || event.metaKey, shift: event.shiftKey };
    const page = Math.floor(((scroller.current?.clientHeight ?? 0) - headerHeight) / rowHeight) - 1;
    const to = rowForKey(event.key, focusIndex, total, page);
    if (to !== undefined && actions?.move !== undefined) {
      actions.move(to, modifiers);
      virtual.scrollToIndex(to);
    } else if (event.key === ' ' && focusIndex >= 0 && actions?.toggle !== undefined) actions.toggle(focusIndex);
    else if (event.key === 'a' && modifiers.ctrl && actions?.all !== undefined) actions.all();
    else if (event.key === 'Escape' && (selection?.keys.size ?? 0) > 0 && actions?.none !== undefined) actions.none();
    else if (event.key === 'Enter' && !modifiers.ctrl && focusIndex >= 0 && actions?.open !== undefined)
      actions.open(focusIndex);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const sizes = useSizes(({ of }) => of);
  const widths = columns.map((column) => {
    const kept = sizes[sizeName(name, column)];
    return kept === undefined ? column.width : `${kept}px`;
  });
  const tracks = `${hasChecks ? '36px ' : ''}${widths.join(' ')}`;
  const isFocusShown = focusIndex >= 0 && items.some(({ index }) => index === focusIndex);
  return (
    <div
      ref={scroller}
      className="grid"
      role="grid"
      tabIndex={0}
      aria-label={label}
      aria-rowcount={total + 1}
      aria-colcount={columns.length + (hasChecks ? 1 : 0)}
      aria-multiselectable={actions?.all !== undefined}
      {...(isFocusShown ? { 'aria-activedescendant': `${id}-${focusIndex}` } : {})}
      onKeyDown={onKeyDown}
      onPointerDown={onPointerDown}
    >
      <div
        className="grid-content"
        role="presentation"
        style={{ height: Math.max(virtual.getTotalSize(), headerHeight) }}
      >
        <GridHeader
          name={name}
          columns={columns}
          tracks={tracks}
          order={props.order}
          onOrder={props.onOrder}
          checks={
            hasChecks ? { state: checkState(selection, total), all: actions?.all, none: actions?.none } : undefined
          }
        />
        <div className="grid-rows" role="rowgroup">
          {items.map(({ index, start }) => {
            const row = rowAt(index);
            const key = row === undefined ? undefined : keyOf(row, index);
            return (
              <GridRow
                key={index}
                id={`${id}-${index}`}
                index={index}
                top={start}
                height={rowHeight}
                tracks={tracks}
                columns={columns}
                row={row}
                hasCheck={hasChecks}
                isSelected={key !== undefined && selection?.keys.has(key) === true}
                isFocused={index === focusIndex}
                canSelect={selection !== undefined}
                tone={row === undefined ? undefined : toneOf?.(row)}
                open={actions?.open}
              />
            );
          })}
        </div>
        {box === undefined ? null : (
          <div
            className="marquee"
            style={{ left: box.left, top: box.top + headerHeight, width: box.width, height: box.height }}
          />
        )}
      </div>
      {total === 0 && props.empty !== undefined ? <div className="grid-empty">{props.empty}</div> : null}
    </div>
  );
}

function checkState(selection: GridSelection | undefined, total: number): 'none' | 'some' | 'all' {
  const count = selection?.keys.size ?? 0;
  return count === 0 ? 'none' : count >= total ? 'all' : 'some';
}
