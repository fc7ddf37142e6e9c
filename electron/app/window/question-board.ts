import { randomUUID } from 'node:crypto';
import { type Deed, type EngineQuestion, mostQuestions } from '../../contract/questions.ts';
import { unknownThing } from './failures.ts';
import { Listeners } from './listeners.ts';

interface Waiting {
  readonly question: EngineQuestion;
  readonly answer: (isYes: boolean) => void;
}

/** Questions that pages are asked before something changes the world: each has an id that is good for one answer (S-IPC-9). */
export class QuestionBoard {
  readonly #waiting = new Map<string, Waiting>();
  readonly #listeners = new Listeners();

  /** Oldest first. */
  get all(): readonly EngineQuestion[] {
    return [...this.#waiting.values()].map(({ question }) => question);
  }

  /** Resolves with the answer of whoever looks at a page; with no when there are too many questions, or when the signal fires. */
  ask(deed: Deed, subject: string, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted || this.#waiting.size >= mostQuestions) return Promise.resolve(false);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const id = randomUUID();
    const gone = (): void => end(false);
    const end = (isYes: boolean): void => {
      signal.removeEventListener('abort', gone);
      this.#waiting.delete(id);
      resolve(isYes);
      this.#listeners.tell();
    };
    signal.addEventListener('abort', gone, { once: true });
    this.#waiting.set(id, { question: { id, deed, subject: subject.slice(0, 1000) }, answer: end });
    this.#listeners.tell();
    return promise;
  }

  /** Answers a question; throws `not-found` for one that was answered already or never asked. */
  answer(id: string, isYes: boolean): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) throw unknownThing('question', id);
    waiting.answer(isYes);
  }

  /** Calls back when a question comes or goes; gives what stops it. */
  onChange(changed: () => void): () => void {
    return this.#listeners.add(changed);
  }
}
