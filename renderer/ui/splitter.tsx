import { type KeyboardEvent, type PointerEvent, type ReactNode, useState } from 'react';

/**
 * Two panes with a bar between them that the pointer drags and the arrow keys move. `size` is that of the sized pane in
 * pixels: the left one, or with `rows` the lower one.
 */
export function Splitter(props: {
  readonly direction: 'columns' | 'rows';
  readonly label: string;
  readonly initial: number;
  readonly least: number;
  readonly most: number;
  readonly children: readonly [ReactNode, ReactNode];
}) {
  const { direction, label, initial, least, most, children } = props;
  const [size, setSize] = useState(initial);
  const isColumns = direction === 'columns';
  const resize = (to: number): void => setSize(Math.round(Math.min(most, Math.max(least, to))));

  const drag = (event: PointerEvent<HTMLDivElement>): void => {
    const bar = event.currentTarget;
    const start = { at: isColumns ? event.clientX : event.clientY, size };
    bar.setPointerCapture(event.pointerId);
    const move = (moved: globalThis.PointerEvent): void =>
      resize(isColumns ? start.size + moved.clientX - start.at : start.size - (moved.clientY - start.at));
    const end = (): void => {
      bar.removeEventListener('pointermove', move);
      bar.removeEventListener('pointerup', end);
      bar.removeEventListener('pointercancel', end);
    };
    bar.addEventListener('pointermove', move);
    bar.addEventListener('pointerup', end);
    bar.addEventListener('pointercancel', end);
  };
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
        onKeyDown={step}
      />
      <div className="split-pane" style={isColumns ? undefined : sized} data-sized={!isColumns}>
        {children[1]}
      </div>
    </div>
  );
}
