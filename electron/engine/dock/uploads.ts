import { randomUUID } from 'node:crypto';
import type { Clock } from '../kernel/clock.ts';
import type { Upload } from '../ports/library.ts';
import type { DockLimits } from './options.ts';
import { refusal } from './refusal.ts';

/** A blob upload that a client can come back to. */
export interface UploadSession {
  readonly id: string;
  readonly repository: string;
  readonly upload: Upload;
}

interface Entry {
  readonly session: UploadSession;
  /** The request that is writing to it; a retry may come in before the broken one is known to be over. */
  writer: Promise<unknown> | undefined;
  expiry: { cancel(): void };
}

const writerPatienceMs = 5000;

/** The uploads in progress: capped in number, each used by one request at a time, given up when nobody comes back. */
export class UploadSessions {
  readonly #clock: Clock;
  readonly #limits: DockLimits;
  readonly #entries = new Map<string, Entry>();
  #opening = 0;

  constructor(clock: Clock, limits: DockLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** How many there are. */
  get count(): number {
    return this.#entries.size;
  }

  /** Opens an upload; refuses with 429 when there are too many. */
  async open(repository: string, begin: () => Promise<Upload>): Promise<UploadSession> {
    if (this.#entries.size + this.#opening >= this.#limits.uploads) {
      throw refusal(429, 'TOOMANYREQUESTS', 'too many uploads are in progress', { 'Retry-After': '5' });
    }
    this.#opening++;
    try {
      const session = { id: randomUUID(), repository, upload: await begin() };
      this.#entries.set(session.id, { session, writer: undefined, expiry: this.#expire(session.id) });
      return session;
    } finally {
      this.#opening--;
    }
  }

  /** The session for looking at; refuses with 404 when it is not of this repository. */
  find(repository: string, id: string): UploadSession {
    return this.#entry(repository, id).session;
  }

  /** Runs `work` with the session to itself; another writer is waited for, but not long. */
  async use<Result>(
    repository: string,
    id: string,
    signal: AbortSignal,
    work: (session: UploadSession) => Promise<Result>,
  ): Promise<Result> {
    await this.#waitForWriter(this.#entry(repository, id), signal);
    const entry = this.#entry(repository, id);
    if (entry.writer !== undefined) {
      throw refusal(409, 'BLOB_UPLOAD_INVALID', 'another request is writing to this upload');
    }
    entry.expiry.cancel();
    const writing = work(entry.session);
    entry.writer = writing;
    try {
      return await writing;
    } finally {
      entry.writer = undefined;
      if (this.#entries.has(id)) entry.expiry = this.#expire(id);
    }
  }

  /** Ends the session and gives up what was not committed. */
  async end(session: UploadSession): Promise<void> {
    this.#entries.get(session.id)?.expiry.cancel();
    this.#entries.delete(session.id);
    await session.upload.abort();
  }

  /** Ends all sessions. */
  async close(): Promise<void> {
    await Promise.all([...this.#entries.values()].map((entry) => this.end(entry.session)));
  }

  async #waitForWriter(entry: Entry, signal: AbortSignal): Promise<void> {
    if (entry.writer === undefined) return;
    const isEnough = new AbortController();
    const patience = this.#clock.sleep(writerPatienceMs, AbortSignal.any([signal, isEnough.signal]));
    await Promise.allSettled([Promise.race([entry.writer, patience])]);
    isEnough.abort();
    await Promise.allSettled([patience]);
  }

  #entry(repository: string, id: string): Entry {
    const entry = this.#entries.get(id);
    if (entry === undefined || entry.session.repository !== repository) {
      throw refusal(404, 'BLOB_UPLOAD_UNKNOWN', 'there is no such upload');
    }
    return entry;
  }

  #expire(id: string): { cancel(): void } {
    return this.#clock.schedule(this.#limits.uploadIdleMs, () => {
      const entry = this.#entries.get(id);
      if (entry !== undefined && entry.writer === undefined) void this.end(entry.session);
    });
  }
}
