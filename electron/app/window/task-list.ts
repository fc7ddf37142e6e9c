import { randomUUID } from 'node:crypto';
import type { Task } from '../../contract/feeds.ts';
import { failureForWindow } from './failures.ts';
import { Listeners } from './listeners.ts';

const mostEnded = 20;

/** Long work that is no job: what runs, and what ended not long ago. */
export class TaskList {
  readonly #tasks = new Map<string, Task>();
  readonly #listeners = new Listeners();

  /** Newest first. */
  get all(): readonly Task[] {
    return [...this.#tasks.values()].toReversed();
  }

  /** The one of this kind that runs; undefined when none does. */
  running(kind: Task['kind']): Task | undefined {
    return this.all.find((task) => task.kind === kind && task.state === 'running');
  }

  /** Begins work and gives its name at once; `work` resolves with the number of problems found. */
  begin(kind: Task['kind'], work: (progress: (done: number, total: number) => void) => Promise<number>): string {
    const task = randomUUID();
    const put = (change: Partial<Task>): void => {
      const before = this.#tasks.get(task) ?? { task, kind, state: 'running', done: 0, problems: 0 };
      this.#tasks.set(task, { ...before, ...change });
    };
    put({});
    work((done, total) => put({ done, total })).then(
      (problems) => this.#end(() => put({ state: 'finished', problems })),
      (thrown: unknown) => this.#end(() => put({ state: 'failed', failure: failureForWindow(thrown, 'task') })),
    );
    this.#listeners.tell();
    return task;
  }

  /** Calls back when one begins or ends; gives what stops it. */
  onChange(changed: () => void): () => void {
    return this.#listeners.add(changed);
  }

  #end(put: () => void): void {
    put();
    const ended = [...this.#tasks.values()].filter((task) => task.state !== 'running');
    for (const { task } of ended.slice(0, -mostEnded)) this.#tasks.delete(task);
    this.#listeners.tell();
  }
}
