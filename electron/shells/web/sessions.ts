import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../app/window/clock.ts';
import type { WindowHost, WindowSession } from '../../app/window/window.ts';

/** How long things of a session live, in milliseconds. */
export interface SessionTimes {
  /** A code that nobody used. */
  readonly codeMs: number;
  /** A session that nobody asked anything of. */
  readonly idleMs: number;
}

/** The times of S-WEB-3 and S-WEB-11. */
export const usualTimes: SessionTimes = { codeMs: 60_000, idleMs: 60 * 60_000 };

const mostSessions = 8;
const mostCodes = 4;

interface Kept {
  readonly tokenHash: Buffer;
  readonly session: WindowSession;
  idle: { cancel(): void };
}

/** One-time codes and the sessions they open. Everything is in memory: a restart invalidates all of it. */
export class WebSessions {
  readonly #host: WindowHost;
  readonly #clock: Clock;
  readonly #times: SessionTimes;
  readonly #codes = new Map<string, { readonly hash: Buffer; readonly expiry: { cancel(): void } }>();
  #sessions: readonly Kept[] = [];

  constructor(host: WindowHost, clock: Clock, times: SessionTimes) {
    this.#host = host;
    this.#clock = clock;
    this.#times = times;
  }

  /** A fresh code of 256 bit, good once and for a minute. */
  newCode(): string {
    const code = randomBytes(32).toString('base64url');
    const [oldest] = this.#codes.keys();
    if (this.#codes.size >= mostCodes && oldest !== undefined) this.#forgetCode(oldest);
    const hash = hashOf(code);
    const key = hash.toString('hex');
    this.#codes.set(key, { hash, expiry: this.#clock.schedule(this.#times.codeMs, () => this.#codes.delete(key)) });
    return code;
  }

  /** The token of a new session of 256 bit; undefined for a code that was never given out, was used or is too old. */
  exchange(code: string): string | undefined {
    const hash = hashOf(code);
    const found = [...this.#codes].filter(([, kept]) => timingSafeEqual(kept.hash, hash));
    const [key] = found[0] ?? [];
    if (key === undefined) return undefined;
    this.#forgetCode(key);
    if (this.#sessions.length >= mostSessions) this.#sessions[0]?.session.close();
    const token = randomBytes(32).toString('base64url');
    const session = this.#host.openSession();
    const kept: Kept = { tokenHash: hashOf(token), session, idle: this.#idle(session) };
    this.#sessions = [...this.#sessions, kept];
    session.signal.addEventListener('abort', () => {
      kept.idle.cancel();
      this.#sessions = this.#sessions.filter((other) => other !== kept);
    });
    return token;
  }

  /** The session of a token, which lives on by being asked for; undefined when there is none. Every token is compared. */
  find(token: string): WindowSession | undefined {
    const hash = hashOf(token);
    const [kept] = this.#sessions.filter(({ tokenHash }) => timingSafeEqual(tokenHash, hash));
    if (kept === undefined) return undefined;
    kept.idle.cancel();
    kept.idle = this.#idle(kept.session);
    return kept.session;
  }

  /** Ends all sessions and codes. */
  close(): void {
    for (const key of this.#codes.keys()) this.#forgetCode(key);
    for (const { session } of this.#sessions) session.close();
  }

  #idle(session: WindowSession): { cancel(): void } {
    return this.#clock.schedule(this.#times.idleMs, () => session.close());
  }

  #forgetCode(key: string): void {
    this.#codes.get(key)?.expiry.cancel();
    this.#codes.delete(key);
  }
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
