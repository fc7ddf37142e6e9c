/** One way to authenticate that a server offers (RFC 9110, 11.6.1). */
export interface Challenge {
  /** Lower case: `bearer`, `basic`, `negotiate`. */
  readonly scheme: string;
  /** What some schemes have instead of parameters. */
  readonly token68?: string;
  /** Names in lower case; of a name given twice the first counts. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** The most characters of all WWW-Authenticate headers of one answer; a header that passes it is ignored. */
export const maxChallengeChars: number = 64 * 1024;
/** The most challenges of one answer; those behind are ignored. */
export const maxChallenges = 32;

// A header with one of these was folded, split or forged on its way.
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const forbidden = /[\u0000-\u0008\u000a-\u001f\u007f]/;
const token = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const token68 = /[A-Za-z0-9._~+/-]+=*/y;
const blanks = /[ \t]*/y;
const separators = /[ \t,]*/y;
// Registries write realms without quotes, although `:` and `/` are not allowed there.
const unquotedValue = /[^ \t,"]+/y;

interface Open {
  readonly scheme: string;
  readonly parameters: Map<string, string>;
  token68?: string;
}

/**
 * All challenges of an answer's WWW-Authenticate headers, in their order; never throws.
 * Elements that break the grammar are left out, and headers with control characters as a whole.
 */
export function parseChallenges(headerValues: readonly string[]): readonly Challenge[] {
  const challenges: Open[] = [];
  let room = maxChallengeChars;
  for (const value of headerValues) {
    if (value.length > room) continue;
    room -= value.length;
    if (!forbidden.test(value)) readHeader(new Cursor(value), challenges);
  }
  return challenges.slice(0, maxChallenges);
}

/**
 * Challenges and parameters are both separated by commas, so only the next character tells them apart:
 * a word before `=` is a parameter of the challenge at hand, any other word begins a new challenge.
 */
function readHeader(cursor: Cursor, challenges: Open[]): void {
  let open: Open | undefined;
  while (challenges.length <= maxChallenges) {
    cursor.take(separators);
    if (cursor.isAtEnd()) return;
    const word = cursor.take(token);
    if (word === '') {
      cursor.skipElement();
      continue;
    }
    const blanksAfter = cursor.take(blanks);
    if (cursor.next() === '=') {
      readParameter(cursor, word, open?.token68 === undefined ? open : undefined);
    } else if (blanksAfter !== '' || cursor.isAtEnd() || cursor.next() === ',') {
      open = { scheme: word.toLowerCase(), parameters: new Map() };
      challenges.push(open);
      const credentials = blanksAfter === '' ? '' : cursor.takeWholeElement(token68);
      if (credentials !== '') open.token68 = credentials;
    } else {
      cursor.skipElement();
    }
  }
}

function readParameter(cursor: Cursor, name: string, open: Open | undefined): void {
  cursor.advance();
  cursor.take(blanks);
  const value = cursor.next() === '"' ? cursor.takeQuoted() : cursor.take(unquotedValue);
  if (value === undefined || open === undefined) return;
  const key = name.toLowerCase();
  if (!open.parameters.has(key)) open.parameters.set(key, value);
}

class Cursor {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  next(): string {
    return this.#text.charAt(this.#at);
  }

  advance(): void {
    this.#at++;
  }

  take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }

  /** What matches, if it reaches to the next comma or the end; otherwise nothing is taken. */
  takeWholeElement(pattern: RegExp): string {
    const start = this.#at;
    const found = this.take(pattern);
    this.take(blanks);
    if (this.isAtEnd() || this.next() === ',') return found;
    this.#at = start;
    return '';
  }

  /** The text of a quoted string; undefined, with the rest taken, when it does not end. */
  takeQuoted(): string | undefined {
    let value = '';
    for (let at = this.#at + 1; at < this.#text.length; at++) {
      const char = this.#text.charAt(at);
      if (char === '"') {
        this.#at = at + 1;
        return value;
      }
      value += char === '\\' ? this.#text.charAt(++at) : char;
    }
    this.#at = this.#text.length;
    return undefined;
  }

  /** Past a malformed element: to the next comma, or past a quoted string on the way. */
  skipElement(): void {
    while (!this.isAtEnd() && this.next() !== ',') {
      if (this.next() === '"') this.takeQuoted();
      else this.advance();
    }
  }
}
