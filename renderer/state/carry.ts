import { create } from 'zustand';

interface Carry {
  /** How many images are in the hand; 0 when none. */
  readonly count: number;
  readonly x: number;
  readonly y: number;
  /** What it would be dropped on: ids of registries joined by a blank; empty for nothing. */
  readonly over: string;
}

const nothing: Carry = { count: 0, x: 0, y: 0, over: '' };

/** What the pointer carries from the grid to a destination. */
export const useCarry = create<Carry>()(() => nothing);

/**
 * Carries `count` images until the button is released or Esc pressed. Whatever has the attribute `data-drop` takes them: its
 * value names the registries.
 */
export function carry(count: number, begin: PointerEvent, dropped: (registries: readonly string[]) => void): void {
  const moved = (event: PointerEvent): void => {
    const under = document.elementFromPoint(event.clientX, event.clientY)?.closest('[data-drop]');
    useCarry.setState({ count, x: event.clientX, y: event.clientY, over: under?.getAttribute('data-drop') ?? '' });
  };
  const end = (): void => {
    removeEventListener('pointermove', moved);
    removeEventListener('pointerup', released);
    removeEventListener('pointercancel', end);
    removeEventListener('keydown', key, true);
    useCarry.setState(nothing);
  };
  const released = (event: PointerEvent): void => {
    moved(event);
    const { over } = useCarry.getState();
    end();
    if (over !== '') dropped(over.split(' '));
  };
  const key = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    end();
  };
  addEventListener('pointermove', moved);
  addEventListener('pointerup', released);
  addEventListener('pointercancel', end);
  addEventListener('keydown', key, true);
  moved(begin);
}
