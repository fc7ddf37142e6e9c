import type { PointerEvent } from 'react';

/** Follows a pointer that pressed a handle until it is let go; `moved` is told how far it is from where it began. */
export function followDrag(event: PointerEvent<HTMLElement>, moved: (x: number, y: number) => void): void {
  const handle = event.currentTarget;
  const start = { x: event.clientX, y: event.clientY };
  handle.setPointerCapture(event.pointerId);
  const move = (now: globalThis.PointerEvent): void => moved(now.clientX - start.x, now.clientY - start.y);
  const end = (): void => {
    handle.removeEventListener('pointermove', move);
    handle.removeEventListener('pointerup', end);
    handle.removeEventListener('pointercancel', end);
  };
  handle.addEventListener('pointermove', move);
  handle.addEventListener('pointerup', end);
  handle.addEventListener('pointercancel', end);
}
