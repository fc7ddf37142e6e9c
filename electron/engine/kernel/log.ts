/** How much a line matters. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Where lines go. Callers pass facts, not sentences built from them; a Logger must redact before it writes. */
export interface Logger {
  log(level: LogLevel, message: string, facts?: Readonly<Record<string, unknown>>): void;
}

/** A Logger that keeps nothing. */
export const silentLogger: Logger = { log: () => {} };
