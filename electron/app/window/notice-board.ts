import { randomUUID } from 'node:crypto';
import type { WindowNotice } from '../../contract/feeds.ts';
import { Listeners } from './listeners.ts';
import type { Clock } from './clock.ts';

const most = 100;

/** What an operator should know, newest first; of what is posted again under the same key only the last stays. */
export class NoticeBoard {
  readonly #clock: Pick<Clock, 'wallMs'>;
  readonly #notices = new Map<string, WindowNotice>();
  readonly #listeners = new Listeners();

  constructor(clock: Pick<Clock, 'wallMs'>) {
    this.#clock = clock;
  }

  /** At most 100. */
  get all(): readonly WindowNotice[] {
    return [...this.#notices.values()].toReversed();
  }

  /** Puts a notice up; `key` says what it is about, such as a host. */
  post(key: string, notice: Omit<WindowNotice, 'id' | 'at'>): void {
    const place = `${notice.code} ${key}`;
    this.#notices.delete(place);
    this.#notices.set(place, { ...notice, id: randomUUID(), at: new Date(this.#clock.wallMs()).toISOString() });
    const [oldest] = this.#notices.keys();
    if (this.#notices.size > most && oldest !== undefined) this.#notices.delete(oldest);
    this.#listeners.tell();
  }

  /** Takes down what was posted under this key; harmless when there is none. */
  remove(code: WindowNotice['code'], key: string): void {
    if (this.#notices.delete(`${code} ${key}`)) this.#listeners.tell();
  }

  /** Calls back at every change; gives what stops it. */
  onChange(changed: () => void): () => void {
    return this.#listeners.add(changed);
  }
}
