import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { followDrag } from './drag.ts';
import { useSizes } from './sizes.ts';

/** The narrowest and the widest that a column may be made. */
export const columnWidths = { least: 48, most: 1200 } as const;

const step = 16;

/** The edge of a column: pulled with the pointer, or moved with the arrow keys; a double click or Home gives the first width back. */
export function ColumnHandle(props: { readonly name: string; readonly title: string }) {
  const { name, title } = props;
  const { t } = useTranslation();
  const width = useSizes((sizes) => sizes.of[name]);
  const { set, forget } = useSizes.getState();
  const handle = useRef<HTMLSpanElement>(null);
  const [measured, setMeasured] = useState<number>(columnWidths.least);
  const now = (): number => width ?? handle.current?.parentElement?.offsetWidth ?? columnWidths.least;
  const resize = (to: number): void => set(name, Math.min(columnWidths.most, Math.max(columnWidths.least, to)));
  const drag = (event: PointerEvent<HTMLSpanElement>): void => {
    event.stopPropagation();
    const start = now();
    followDrag(event, (x) => resize(start + x));
  };
  const pressed = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowRight') resize(now() + step);
    else if (event.key === 'ArrowLeft') resize(now() - step);
    else if (event.key === 'Home') forget(name);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <span
      ref={handle}
      className="column-handle"
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={t('grid.width', { column: title })}
      aria-valuenow={width ?? measured}
      aria-valuemin={columnWidths.least}
      aria-valuemax={columnWidths.most}
      onFocus={() => setMeasured(now())}
      onPointerDown={drag}
      onDoubleClick={() => forget(name)}
      onKeyDown={pressed}
    />
  );
}
