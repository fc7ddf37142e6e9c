import type { Answer } from '../../electron/contract/envelope.ts';
import type { Failure } from '../../electron/contract/errors.ts';
import type { FeedMessage } from '../../electron/contract/feed-message.ts';
import './renderer-fake-globals.ts';
import { DeclinedError, FakeEngine } from './renderer-fake-engine.ts';

/** An engine that is not there, as the desktop's preload would show it; loaded into the page before anything else. */
const engine = new FakeEngine(globalThis.ferryFake ?? {});
const calls: [string, unknown][] = [];
globalThis.fakeCalls = calls;

type State = Readonly<Record<string, unknown>>;

globalThis.ferry = {
  call: async (name: string, input: unknown): Promise<Answer<unknown>> => {
    calls.push([name, input]);
    await new Promise((resolve) => setTimeout(resolve, engine.delayMs));
    try {
      return { ok: true, value: structuredClone(await engine.answer(name, input)) };
    } catch (thrown) {
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      const failure: Failure = {
        kind: thrown instanceof DeclinedError ? 'cancelled' : 'internal',
        side: 'local',
        op: name,
        subject: name,
        message,
        remedy: '',
        codes: [],
      };
      return { ok: false, failure };
    }
  },
  feed: (name: string, scope: unknown, heard: (event: { readonly message: FeedMessage }) => void): (() => void) => {
    let before: State | undefined;
    let number = 0;
    const tell = (): void => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every snapshot is an object
      const state = structuredClone(engine.snapshot(name, scope)) as State;
      const message = difference(before, state, ++number);
      before = state;
      if (message !== undefined) heard({ message });
      else number--;
    };
    setTimeout(tell, 0);
    const timer = setInterval(tell, 200);
    return () => clearInterval(timer);
  },
};

/** What changed from one state to the next, as the engine says it; undefined for nothing. */
function difference(before: State | undefined, after: State, number: number): FeedMessage | undefined {
  const set: Record<string, unknown> = {};
  const lists: Record<string, { length: number; rows: [number, unknown][] }> = {};
  for (const [name, value] of Object.entries(after)) {
    const old = before?.[name];
    if (Array.isArray(value)) {
      const olds: readonly unknown[] = Array.isArray(old) ? old : [];
      const rows = value.flatMap((row, at): [number, unknown][] =>
        JSON.stringify(row) === JSON.stringify(olds[at]) ? [] : [[at, row]],
      );
      if (rows.length > 0 || value.length !== olds.length || before === undefined)
        lists[name] = { length: value.length, rows };
    } else if (JSON.stringify(value) !== JSON.stringify(old)) set[name] = value;
  }
  const unset = Object.keys(before ?? {}).filter((name) => !(name in after));
  const isFirst = before === undefined;
  if (!isFirst && Object.keys(set).length + Object.keys(lists).length + unset.length === 0) return undefined;
  return { number, isFirst, isLast: true, set, unset, lists };
}
