import { type PointerEvent as ReactPointerEvent, type RefObject, useRef, useState } from 'react';
import { type GridActions, headerHeight } from './grid-types.ts';
import { boxOf, type Marquee, type RowRange, rowsUnder, scrollSpeed } from './marquee.ts';

interface Surroundings {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly rowHeight: number;
  readonly rowCount: number;
  readonly actions: GridActions | undefined;
  readonly isSelected: (index: number) => boolean;
}

/** Pixels before a press becomes a drag. */
const slack = 5;

/**
 * What the pointer does in a grid: a click selects, a press on what is selected takes it up, any other press and pull draws a
 * marquee, which scrolls past the edges. Returns the marquee's box to draw.
 */
export function useGridPointer(surroundings: Surroundings) {
  const [box, setBox] = useState<ReturnType<typeof boxOf>>();
  const latest = useRef(surroundings);
  latest.current = surroundings;

  const onPointerDown = (event: ReactPointerEvent<HTMLDivElement>): void => {
    const { scroller, rowHeight, actions, isSelected } = latest.current;
    const area = scroller.current;
    const target = event.target;
    if (area === null || event.button !== 0 || actions?.click === undefined) return;
    if (!(target instanceof Element) || target.closest('.grid-header, .grid-empty, button, a') !== null) return;
    const frame = area.getBoundingClientRect();
    // a press on the scroll bars is theirs
    if (event.clientX >= frame.left + area.clientWidth || event.clientY >= frame.top + area.clientHeight) return;
    const at = (x: number, y: number) => ({
      x: x - frame.left + area.scrollLeft,
      y: y - frame.top + area.scrollTop - headerHeight,
    });
    const start = at(event.clientX, event.clientY);
    const pressed = rowsUnder(
      { startX: start.x, startY: start.y, endX: start.x, endY: start.y },
      rowHeight,
      latest.current.rowCount,
    );
    const index = pressed?.first ?? -1;
    const modifiers = { ctrl: event.ctrlKey || event.metaKey, shift: event.shiftKey };
    const isCheck = target.closest('.grid-check') !== null;
    const isCarry = index >= 0 && !isCheck && !modifiers.ctrl && !modifiers.shift && isSelected(index);
    let isDrag = false;
    let pointer = { x: event.clientX, y: event.clientY };
    let frameId = 0;
    let before = 0;
    let drawn = false;
    let last: RowRange | undefined;

    const draw = (): void => {
      const end = at(pointer.x, pointer.y);
      const marquee: Marquee = { startX: start.x, startY: start.y, endX: end.x, endY: end.y };
      const { rowCount } = latest.current;
      setBox(boxOf(marquee, Math.max(rowCount * rowHeight, area.clientHeight - headerHeight)));
      const covered = rowsUnder(marquee, rowHeight, rowCount);
      const isSame = drawn && covered?.first === last?.first && covered?.last === last?.last;
      last = covered;
      drawn = true;
      if (!isSame) latest.current.actions?.marquee?.(covered, modifiers.ctrl);
    };
    const step = (now: number): void => {
      const speed = scrollSpeed(pointer.y, frame.top + headerHeight, frame.top + area.clientHeight);
      if (speed !== 0 && before > 0) area.scrollTop += (speed * Math.min(50, now - before)) / 1000;
      before = now;
      draw();
      frameId = requestAnimationFrame(step);
    };
    const move = (moved: PointerEvent): void => {
      pointer = { x: moved.clientX, y: moved.clientY };
      if (isDrag) return;
      if (Math.hypot(pointer.x - event.clientX, pointer.y - event.clientY) < slack) return;
      if (isCarry) {
        if (latest.current.actions?.carry?.(moved) === true) stop();
        return;
      }
      isDrag = true;
      area.setPointerCapture(event.pointerId);
      latest.current.actions?.marqueeBegins?.();
      frameId = requestAnimationFrame(step);
    };
    const stop = (): void => {
      cancelAnimationFrame(frameId);
      setBox(undefined);
      removeEventListener('pointermove', move);
      removeEventListener('pointerup', up);
      removeEventListener('pointercancel', stop);
      removeEventListener('keydown', key, true);
    };
    const up = (): void => {
      if (isDrag) draw();
      stop();
      if (isDrag) return;
      const { click, toggle, none } = latest.current.actions ?? {};
      if (index < 0) {
        if (!modifiers.ctrl && !modifiers.shift) none?.();
      } else if (isCheck && !modifiers.shift) toggle?.(index);
      else if (isCarry || isCheck || modifiers.ctrl) click?.(index, modifiers);
    };
    const key = (pressedKey: KeyboardEvent): void => {
      if (pressedKey.key !== 'Escape' || !isDrag) return;
      pressedKey.preventDefault();
      pressedKey.stopPropagation();
      stop();
      latest.current.actions?.marquee?.(undefined, true);
    };
    addEventListener('pointermove', move);
    addEventListener('pointerup', up);
    addEventListener('pointercancel', stop);
    addEventListener('keydown', key, true);
    // Explorer selects at the press; what may become a carry or an addition to the selection waits for the release
    if (index >= 0 && !isCarry && !isCheck && !modifiers.ctrl) actions.click(index, modifiers);
  };
  return { box, onPointerDown };
}
