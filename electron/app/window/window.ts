import { randomUUID } from 'node:crypto';
import type { Answer } from '../../contract/envelope.ts';
import { isFeedName } from '../../contract/feeds.ts';
import { cancelledError } from '../errors.ts';
import { type CallContext, newMemories } from './context.ts';
import { dispatch } from './dispatch.ts';
import { failureForWindow, refuseRequest } from './failures.ts';
import { type FeedSink, OpenFeed } from './feed-hub.ts';
import { type FeedSources, feedSources, openSource } from './feed-sources.ts';
import type { WindowParts } from './parts.ts';
import { PlanDesk } from './plan-desk.ts';
import { TaskList } from './task-list.ts';

/** At most so many feeds are heard in one session. */
const mostFeeds = 32;

/** Everything behind a window: the same for every shell, and for all windows of one program. */
export class WindowHost {
  readonly #shared: Omit<CallContext, 'signal'>;
  readonly #controller = new AbortController();
  readonly #sources: FeedSources;
  readonly #checksOutputs: boolean;
  readonly #sessions = new Set<WindowSession>();

  constructor(parts: WindowParts, options: { readonly checksOutputs: boolean } = { checksOutputs: false }) {
    const plans = new PlanDesk(parts.door);
    const tasks = new TaskList();
    const windowSignal = this.#controller.signal;
    this.#shared = { parts, plans, tasks, memories: newMemories(parts.clock), windowSignal };
    this.#sources = feedSources(parts, plans, tasks);
    this.#checksOutputs = options.checksOutputs;
  }

  /** A window that opened; it must be closed with it. */
  openSession(): WindowSession {
    const session = new WindowSession(this.#shared, this.#sources, this.#checksOutputs, () =>
      this.#sessions.delete(session),
    );
    this.#sessions.add(session);
    return session;
  }

  /** Ends all sessions, plans and tasks. */
  close(): void {
    for (const session of this.#sessions) session.close();
    this.#shared.plans.close();
    this.#controller.abort(cancelledError('the window'));
  }
}

/** One window, or one tab of a browser: its calls and its feeds end with it. */
export class WindowSession {
  readonly id: string = randomUUID();
  readonly #shared: Omit<CallContext, 'signal'>;
  readonly #sources: FeedSources;
  readonly #checksOutputs: boolean;
  readonly #closed: () => void;
  readonly #controller = new AbortController();
  readonly #feeds = new Set<OpenFeed>();

  constructor(shared: Omit<CallContext, 'signal'>, sources: FeedSources, checksOutputs: boolean, closed: () => void) {
    this.#shared = shared;
    this.#sources = sources;
    this.#checksOutputs = checksOutputs;
    this.#closed = closed;
  }

  /** Fires when the session ends. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Has a command done; `signal` fires when the caller is gone. Never rejects. */
  call(name: string, input: unknown, signal: AbortSignal): Promise<Answer<unknown>> {
    const both = AbortSignal.any([signal, this.#controller.signal]);
    return dispatch(name, input, { ...this.#shared, signal: both }, { checksOutputs: this.#checksOutputs });
  }

  /** Hears of a feed until closed; what cannot be heard of ends at once. */
  feed(name: string, scope: unknown, sink: FeedSink): { close(): void } {
    try {
      if (this.#controller.signal.aborted) throw cancelledError('the session');
      if (!isFeedName(name)) throw refuseRequest('there is no such feed', 'feed');
      if (this.#feeds.size >= mostFeeds) throw refuseRequest(`more than ${mostFeeds} feeds are open`, 'feed');
      const feed = new OpenFeed(openSource(this.#sources, name, scope), sink, this.#shared.parts.clock);
      this.#feeds.add(feed);
      return {
        close: () => {
          feed.close();
          this.#feeds.delete(feed);
        },
      };
    } catch (thrown) {
      sink.end(failureForWindow(thrown, 'feed'));
      return { close: () => {} };
    }
  }

  /** Ends its calls and its feeds; harmless when repeated. */
  close(): void {
    this.#controller.abort(cancelledError('the session'));
    for (const feed of this.#feeds) feed.close();
    this.#feeds.clear();
    this.#closed();
  }
}
