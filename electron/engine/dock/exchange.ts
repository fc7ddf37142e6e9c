import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../kernel/clock.ts';
import type { Library } from '../ports/library.ts';
import type { DockLimits } from './options.ts';
import type { Pace } from './pace.ts';
import type { Scope } from './scopes.ts';
import type { UploadSessions } from './uploads.ts';

/** What every request of a dock shares. */
export interface DockState {
  readonly library: Library;
  readonly uploads: UploadSessions;
  readonly limits: DockLimits;
  readonly clock: Clock;
  readonly pace: Pace;
}

/** One request and its answer. */
export interface Exchange extends DockState {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Fires when the client is gone or the dock closes. */
  readonly signal: AbortSignal;
  /** True when whoever asks may also do this. */
  readonly allows: (scope: Scope) => boolean;
}
