import {
  type ConfigDocument,
  type ConfigEntry,
  type ConfigNode,
  type DuplicateKey,
  lastOfEach,
} from './config-node.ts';
import { Lines } from './lines.ts';

const deepest = 64;
const literal = /[-+.0-9A-Za-z]+/y;
const space = /[ \t\r\n]*/y;

/** The document in a JSON text. Unlike a YAML reader it takes keys of any length. */
export function readJson(text: string): ConfigDocument {
  const reader = new JsonReader(text);
  const lines: readonly [number, number] = [1, reader.lines.count + 1];
  try {
    const root = reader.read();
    return { root, lines, duplicates: reader.duplicates, tags: [] };
  } catch (thrown) {
    if (!(thrown instanceof JsonProblem)) throw thrown;
    const { line, column } = reader.lines.positionOf(thrown.at);
    return { root: undefined, lines, duplicates: [], tags: [], problem: { line, column, problem: thrown.message } };
  }
}

class JsonProblem extends Error {
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

/** Reads one JSON value, keeping order and lines; as strict as JSON.parse. */
class JsonReader {
  readonly lines: Lines;
  readonly duplicates: DuplicateKey[] = [];
  readonly #text: string;
  readonly #path: string[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.lines = new Lines(text);
  }

  read(): ConfigNode {
    const value = this.#value(0);
    if (this.#at < this.#text.length) throw this.#problem('something follows the value');
    return value;
  }

  #value(depth: number): ConfigNode {
    this.#skipSpace();
    if (depth > deepest) throw this.#problem(`nested deeper than ${deepest}`);
    const line = this.#line();
    const char = this.#text[this.#at];
    const value: ConfigNode =
      char === '{'
        ? { kind: 'map', line, entries: this.#entries(depth) }
        : char === '['
          ? { kind: 'list', line, items: this.#items(depth) }
          : char === '"'
            ? { kind: 'text', line, text: this.#string(), isPlain: false }
            : { kind: 'text', line, text: this.#literal(), isPlain: true };
    this.#skipSpace();
    return value;
  }

  #entries(depth: number): readonly ConfigEntry[] {
    const entries: ConfigEntry[] = [];
    this.#separated('}', () => {
      const line = this.#line();
      const key = this.#string();
      this.#skipSpace();
      if (!this.#take(':')) throw this.#problem('a colon is missing');
      this.#path.push(key);
      entries.push({ key, line, value: this.#value(depth + 1) });
      this.#path.pop();
    });
    return lastOfEach(entries, ({ key, line }, first) => {
      this.duplicates.push({ key, line, firstLine: first.line, path: [...this.#path] });
    });
  }

  #items(depth: number): readonly ConfigNode[] {
    const items: ConfigNode[] = [];
    this.#separated(']', () => items.push(this.#value(depth + 1)));
    return items;
  }

  #separated(end: string, one: () => void): void {
    this.#at++;
    this.#skipSpace();
    if (this.#take(end)) return;
    do {
      this.#skipSpace();
      one();
    } while (this.#take(','));
    if (!this.#take(end)) throw this.#problem(`a comma or ${end} is missing`);
  }

  #string(): string {
    if (this.#text[this.#at] !== '"') throw this.#problem('a text in quotes is missing');
    let end = this.#at + 1;
    while (end < this.#text.length && this.#text[end] !== '"') end += this.#text[end] === '\\' ? 2 : 1;
    return String(this.#parse(this.#text.slice(this.#at, end + 1), end + 1));
  }

  #literal(): string {
    literal.lastIndex = this.#at;
    const text = literal.exec(this.#text)?.[0] ?? '';
    this.#parse(text, this.#at + text.length);
    return text;
  }

  #parse(text: string, end: number): unknown {
    try {
      const value: unknown = JSON.parse(text);
      this.#at = end;
      return value;
    } catch {
      throw this.#problem('a value is malformed');
    }
  }

  #take(char: string): boolean {
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #skipSpace(): void {
    space.lastIndex = this.#at;
    this.#at += space.exec(this.#text)?.[0].length ?? 0;
  }

  #line(): number {
    return this.lines.positionOf(this.#at).line;
  }

  #problem(message: string): JsonProblem {
    return new JsonProblem(this.#at, message);
  }
}
