import type { EventEmitter } from 'node:events';

/** An event that can be prevented, as Electron gives it. */
export interface FakeEvent {
  defaultPrevented: boolean;
  preventDefault(): void;
}

/** A fresh event with these members. */
export function fakeEvent<Extra extends object>(extra: Extra): Extra & FakeEvent {
  const event = {
    ...extra,
    defaultPrevented: false,
    preventDefault: () => {
      event.defaultPrevented = true;
    },
  };
  return event;
}

/** Emits an event and says whether somebody prevented it. */
export function isPrevented(
  emitter: EventEmitter,
  name: string,
  extra: object = {},
  ...more: readonly unknown[]
): boolean {
  const event = fakeEvent(extra);
  emitter.emit(name, event, ...more);
  return event.defaultPrevented;
}

/** What was asked of parts that only write down what they are asked, in order. */
export const calls: (readonly [what: string, ...given: readonly unknown[]])[] = [];

/** A part that writes down what it is asked. */
export function recorded(what: string): (...given: readonly unknown[]) => void {
  return (...given) => void calls.push([what, ...given]);
}
