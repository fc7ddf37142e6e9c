import type { Browser, Page } from 'playwright-core';

/** One task of the page's main thread, in milliseconds since the first mark. */
export interface Task {
  readonly atMs: number;
  /** As long as it kept the thread from anything else. */
  readonly wallMs: number;
  /** What of that the thread really worked. */
  readonly cpuMs: number;
}

/** What a page's main thread did, and the marks that the page set meanwhile by their names. */
export interface Trace {
  readonly tasks: readonly Task[];
  readonly marks: ReadonlyMap<string, number>;
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

const taskName = 'ThreadControllerImpl::RunTask';

/** Watches the page's main thread while `work` is done. */
export async function traced(browser: Browser, page: Page, work: () => Promise<void>): Promise<Trace> {
  await browser.startTracing(page, { categories: ['toplevel', 'blink.user_timing', '__metadata'] });
  await work();
  const text = (await browser.stopTracing()).toString();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- chromium's own words
  const { traceEvents } = JSON.parse(text) as { readonly traceEvents: readonly TraceEvent[] };
  return readTrace(traceEvents);
}

/** Tasks that lie between two marks, cut there. */
export function between({ tasks, marks }: Trace, from: string, to: string): readonly Task[] {
  const [begin = 0, end = 0] = [marks.get(from), marks.get(to)];
  return tasks.flatMap(({ atMs, wallMs, cpuMs }) => {
    const inside = Math.min(atMs + wallMs, end) - Math.max(atMs, begin);
    if (inside <= 0) return [];
    const share = wallMs === 0 ? 0 : inside / wallMs;
    return [{ atMs: Math.max(atMs, begin), wallMs: inside, cpuMs: cpuMs * share }];
  });
}

/** The sum of a member over tasks. */
export function sumOf(tasks: readonly Task[], member: 'wallMs' | 'cpuMs'): number {
  return tasks.reduce((sum, task) => sum + task[member], 0);
}

/** The longest task by a member; 0 when there is none. */
export function longestOf(tasks: readonly Task[], member: 'wallMs' | 'cpuMs'): number {
  return Math.max(0, ...tasks.map((task) => task[member]));
}

function readTrace(events: readonly TraceEvent[]): Trace {
  const marked = events.find(({ name }) => name.startsWith('bench '));
  if (marked === undefined) throw new Error('the page set no mark');
  // the thread that sets marks is the one that draws the page
  const own = events.filter(({ pid, tid }) => pid === marked.pid && tid === marked.tid);
  const zero = Math.min(
    ...own.filter(({ name }) => name === taskName || name.startsWith('bench ')).map(({ ts }) => ts),
  );
  const at = (ts: number): number => (ts - zero) / 1000;
  return {
    tasks: own
      .filter(({ name, dur }) => name === taskName && dur !== undefined)
      .map(({ ts, dur = 0, tdur = 0 }) => ({ atMs: at(ts), wallMs: dur / 1000, cpuMs: tdur / 1000 })),
    marks: new Map(own.filter(({ name }) => name.startsWith('bench ')).map(({ name, ts }) => [name.slice(6), at(ts)])),
  };
}
