import type { IncomingHttpHeaders } from 'node:http';

/** What came is no HTTP/1.1 answer. */
export class NotHttpError extends Error {
  override readonly name = 'NotHttpError';
  readonly code = 'ERR_NOT_HTTP';
}

/** How the end of an answer's body is known (RFC 9112, 6.3). */
export type Framing =
  | { readonly by: 'nothing' }
  | { readonly by: 'length'; readonly sizeBytes: number }
  | { readonly by: 'chunks' }
  | { readonly by: 'close' };

/** The head of an answer as it stood on the wire. */
export interface AnswerHead {
  readonly status: number;
  /** Names in lower case; a name that came more than once has all its values. */
  readonly headers: IncomingHttpHeaders;
  readonly framing: Framing;
  /** False when the connection ends with this answer. */
  readonly isKept: boolean;
}

/** Headers as they came, also those that should come once and did not. */
type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

const statusLine = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: .*)?$/;
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Line ends that are none, and what no header may hold (RFC 9110, 5.5). */
// oxlint-disable-next-line no-control-regex -- these are the characters that it looks for
const strayControl = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)|(?<!\r)\n/;
const mostLength = 15;

/** Names as they came → in lower case; the few that registries use come again and again. */
const knownNames = new Map<string, string>();
const mostKnownNames = 500;

/** Reads a head without its last empty line; `method` is what was asked. Throws NotHttpError. */
export function readHead(text: string, method: string): AnswerHead {
  if (strayControl.test(text)) throw new NotHttpError('a control character in the head');
  const [first = '', ...lines] = text.split('\r\n');
  const [, minor, digits] = statusLine.exec(first) ?? [];
  if (digits === undefined) throw new NotHttpError('no status line');
  const status = Number(digits);
  const headers: Record<string, string | string[]> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = nameOf(line.slice(0, Math.max(0, colon)));
    const value = trimmed(line, colon + 1);
    const before = headers[name];
    if (before === undefined || !Object.hasOwn(headers, name)) define(headers, name, value);
    else define(headers, name, Array.isArray(before) ? [...before, value] : [before, value]);
  }
  const framing = framingOf(status, method, headers, minor === '1');
  return { status, headers, framing, isKept: framing.by !== 'close' && isKept(headers, minor === '1') };
}

/** Plain assignment, but for the one name that would be taken for something else. */
function define(headers: Record<string, string | string[]>, name: string, value: string | string[]): void {
  if (name !== '__proto__') headers[name] = value;
}

function nameOf(raw: string): string {
  const known = knownNames.get(raw);
  if (known !== undefined) return known;
  if (!token.test(raw)) throw new NotHttpError('no header name');
  const name = raw.toLowerCase();
  if (knownNames.size < mostKnownNames) knownNames.set(raw, name);
  return name;
}

/** Without the blanks and tabs around it; other white space is part of a value. */
function trimmed(line: string, from: number): string {
  let start = from;
  let end = line.length;
  while (start < end && isBlank(line.charCodeAt(start))) start++;
  while (end > start && isBlank(line.charCodeAt(end - 1))) end--;
  return line.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function framingOf(status: number, method: string, headers: Headers, isNew: boolean): Framing {
  const { 'transfer-encoding': coding, 'content-length': length }: Headers = headers;
  if (coding !== undefined && length !== undefined) throw new NotHttpError('two ways to know where the answer ends');
  if (coding !== undefined && (!isNew || textOf(coding) !== 'chunked'))
    throw new NotHttpError('an unknown transfer coding');
  if (length !== undefined && !isLength(length)) throw new NotHttpError('a length that is none');
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return { by: 'nothing' };
  if (coding !== undefined) return { by: 'chunks' };
  return length === undefined ? { by: 'close' } : { by: 'length', sizeBytes: Number(length) };
}

function isLength(text: unknown): boolean {
  return typeof text === 'string' && text.length <= mostLength && /^\d+$/.test(text);
}

function isKept({ connection = '' }: Headers, isNew: boolean): boolean {
  const words = textOf(connection);
  return isNew ? !/\bclose\b/.test(words) : /\bkeep-alive\b/.test(words);
}

function textOf(value: string | readonly string[]): string {
  return (typeof value === 'string' ? value : value.join(', ')).toLowerCase();
}
