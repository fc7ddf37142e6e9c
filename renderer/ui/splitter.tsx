import type { KeyboardEvent, PointerEvent, ReactNode } from 'react';
import { followDrag } from './drag.ts';
import { useSizes } from './sizes.ts';

/**
 * Two panes with a bar between them that the pointer drags and the arrow keys move; a double click gives the first size back.
 * Sizes are those of the left pane in pixels, or with `rows` of the lower one; they are kept under `name`.
 */
export function Splitter(props: {
  readonly name: string;
  readonly direction: 'columns' | 'rows';
  readonly label: string;
  readonly initial: number;
  readonly least: number;
  readonly most: number;
  readonly children: readonly [ReactNode, ReactNode];
}) {
  const { name, direction, label, initial, least, most, children } = props;
  const kept = useSizes((sizes) => sizes.of[name]);
  const { set, forget } = useSizes.getState();
  const size = Math.min(most, Math.max(least, kept ?? initial));
  const isColumns = direction === 'columns';
  const resize = (to: number): void => set(name, Math.min(most, Math.max(least, to)));

  const drag = (event: PointerEvent<HTMLDivElement>): void =>
    followDrag(event, (x, y) => resize(isColumns ? size + x : size - y));
  const step = (event: KeyboardEvent): void => {
    const grow = isColumns ? 'ArrowRight' : 'ArrowUp';
    const shrink = isColumns ? 'ArrowLeft' : 'ArrowDown';
    if (event.key !== grow && event.key !== shrink) return;
    event.preventDefault();
    resize(size + (event.key === grow ? 16 : -16));
  };
  const sized = isColumns ? { width: size } : { height: size };
  return (
    <div className={`split split-${direction}`}>
      <div className="split-pane" style={isColumns ? sized : undefined} data-sized={isColumns}>
        {children[0]}
      </div>
      <div
        className="split-bar"
        role="separator"
        tabIndex={0}
        aria-label={label}
        aria-orientation={isColumns ? 'vertical' : 'horizontal'}
        aria-valuenow={size}
        aria-valuemin={least}
        aria-valuemax={most}
        onPointerDown={drag}
        onDoubleClick={() => forget(name)}
        onKeyDown={step}
      />
      <div className="split-pane" style={isColumns ? undefined : sized} data-sized={!isColumns}>
        {children[1]}
      </div>
    </div>
  );
}
