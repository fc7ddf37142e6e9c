import { create } from 'zustand';

/** Whether the window hears its engine. */
export const useLine = create<{ readonly isBroken: boolean }>()(() => ({ isBroken: false }));

/** Tells all of the window that the line to the engine broke, or is there again. */
export function tellLine(isBroken: boolean): void {
  useLine.setState({ isBroken });
}
