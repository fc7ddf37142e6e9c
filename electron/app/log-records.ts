import { type LogLevel, redactFacts, redactText } from '../engine/engine.ts';

export type { Logger, LogLevel } from '../engine/engine.ts';

/** One record of a log. */
export interface LogRecord {
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly level: LogLevel;
  readonly message: string;
  /** The job that it is about. */
  readonly job?: number;
  readonly facts: Readonly<Record<string, unknown>>;
}

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];
/** So much of a text is cleaned before it is cut to `longestText`. */
const longestLooked = 32_768;
const longestSecret = 8192;
const longestText = 2000;
/** No record is a longer line, in characters. */
export const longestLine = 65_536;

/** A record as one line of JSON without its end, cleaned of secrets; what could move a cursor or end a line is encoded (S-LOG-2). */
export function recordLine(
  at: Date,
  level: LogLevel,
  message: string,
  facts: Readonly<Record<string, unknown>> = {},
  clean: (text: string) => string = redactText,
): string {
  const cut = (text: string): string => {
    const looked = redactText(clean(text.slice(0, longestLooked)));
    // of a secret that lies across the end only a part was seen, and so not known
    const known = text.length > longestLooked ? looked.slice(0, -longestSecret) : looked;
    return known.length > longestText ? `${known.slice(0, longestText)}…` : known;
  };
  const { at: _at, level: _level, message: _message, ...others } = facts;
  const whole = { at: at.toISOString(), level, message: cut(message), ...Object(redactFacts(others, cut)) };
  const line = encoded(JSON.stringify(whole));
  if (line.length <= longestLine) return line;
  const { job } = others;
  return encoded(JSON.stringify({ at: whole.at, level, message: whole.message, job, leftOut: 'too long' }));
}

/** The record that a line holds; undefined when it holds none, as when a disk was full in the middle of it. */
export function readRecord(line: string): LogRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { at, level, message, job, ...facts }: Readonly<Record<string, unknown>> = { ...value };
  const known = levels.find((each) => each === level);
  if (typeof at !== 'string' || !isInstant(at) || known === undefined || typeof message !== 'string') return undefined;
  return { at, level: known, message, facts, ...(typeof job === 'number' ? { job } : {}) };
}

function isInstant(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text);
}

const unsafe = /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

function encoded(json: string): string {
  return json.replace(unsafe, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
