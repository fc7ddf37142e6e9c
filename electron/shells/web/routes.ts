import type { IncomingMessage, ServerResponse } from 'node:http';
import { feedRequest, sessionRequest } from '../../contract/wire.ts';
import type { Clock } from '../../app/window/clock.ts';
import type { WindowSession } from '../../app/window/window.ts';
import { answerJson, refuse } from './answers.ts';
import type { Attempts } from './attempts.ts';
import { readJsonBody } from './body.ts';
import { only } from './guard.ts';
import type { WebSessions } from './sessions.ts';
import { WebStream } from './stream.ts';

const callRoute = /^\/api\/call\/([a-z]+\.[a-zA-Z]+)$/;
const mostStreams = 4;

/** What the routes are answered with. */
export interface RouteParts {
  readonly sessions: WebSessions;
  readonly attempts: Attempts;
  readonly clock: Clock;
}

/** The routes behind the guard: one that exchanges a code, and those that need a token (S-WEB-2). */
export class Routes {
  readonly #parts: RouteParts;
  readonly #streams = new WeakMap<WindowSession, Map<string, WebStream>>();

  constructor(parts: RouteParts) {
    this.#parts = parts;
  }

  /** Answers a POST that the guard let through. `signal` fires when the caller is gone. */
  async answer(request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void> {
    const { url = '' } = request;
    if (url === '/api/session') return this.#exchange(request, response, signal);
    const session = this.#sessionOf(request);
    if (session === undefined) {
      await this.#parts.attempts.wrong(signal);
      return refuse(response, 401);
    }
    const name = callRoute.exec(url)?.[1];
    if (name === undefined && url !== '/api/feed' && url !== '/api/lock') return refuse(response, 404);
    const body = await readJsonBody(request);
    if ('refusal' in body) return refuse(response, body.refusal);
    if (name !== undefined) return answerJson(response, await session.call(name, body.value, signal));
    if (url === '/api/feed') return this.#feed(session, body.value, response);
    session.close();
    answerJson(response, { ok: true, value: {} });
  }

  async #exchange(request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void> {
    const body = await readJsonBody(request);
    if ('refusal' in body) return refuse(response, body.refusal);
    const asked = sessionRequest.safeParse(body.value);
    const token = asked.success ? this.#parts.sessions.exchange(asked.data.code) : undefined;
    if (token === undefined) {
      await this.#parts.attempts.wrong(signal);
      return refuse(response, 401);
    }
    answerJson(response, { ok: true, value: { token } });
  }

  #feed(session: WindowSession, body: unknown, response: ServerResponse): void {
    const asked = feedRequest.safeParse(body);
    if (!asked.success) return refuse(response, 400);
    const streams = this.#streams.get(session) ?? new Map<string, WebStream>();
    this.#streams.set(session, streams);
    if ('open' in asked.data) {
      if (streams.size >= mostStreams) return refuse(response, 429);
      const stream = new WebStream(session, response, this.#parts.clock);
      streams.set(stream.id, stream);
      response.once('close', () => streams.delete(stream.id));
      return;
    }
    const stream = streams.get(asked.data.stream);
    if (stream === undefined) return refuse(response, 404);
    stream.change(asked.data);
    answerJson(response, { ok: true, value: {} });
  }

  /** By the header alone: never by a cookie, never by a query. */
  #sessionOf(request: IncomingMessage): WindowSession | undefined {
    const token = /^Bearer ([A-Za-z0-9_-]{43})$/.exec(only(request, 'authorization') ?? '')?.[1];
    return token === undefined ? undefined : this.#parts.sessions.find(token);
  }
}
