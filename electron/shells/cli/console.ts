import { errorText } from '../../contract/error-text.ts';
import type { Failure } from '../../contract/errors.ts';
import { terminalText } from '../../contract/format.ts';
import type { Language } from '../../contract/language.ts';
import { terminalLanguage, type Words, wordsOf } from './words.ts';

/** How a command speaks. */
export interface ConsoleOptions {
  readonly json: boolean;
  readonly quiet: boolean;
}

/** The terminal door's voice: results to stdout, everything else to stderr; with `--json` one object a line on stdout. */
export class Console {
  readonly language: Language;
  readonly words: Words;
  readonly #options: ConsoleOptions;

  constructor(options: ConsoleOptions, environment: Readonly<Record<string, string | undefined>> = process.env) {
    this.#options = options;
    this.language = terminalLanguage(environment);
    this.words = wordsOf(this.language);
  }

  get isJson(): boolean {
    return this.#options.json;
  }

  /** True when a moving picture can be drawn on stderr. */
  get canDraw(): boolean {
    return !this.#options.json && !this.#options.quiet && process.stderr.isTTY;
  }

  /** A line of the result; nothing with `--json`. */
  result(line: string): void {
    if (!this.#options.json) process.stdout.write(`${terminalText(line)}\n`);
  }

  /** An event with the time it happened; nothing without `--json`. */
  event(event: string, facts: object): void {
    if (this.#options.json)
      process.stdout.write(`${JSON.stringify({ event, at: new Date().toISOString(), ...facts })}\n`);
  }

  /** The last line of `--json`. */
  summary(facts: object): void {
    if (this.#options.json) process.stdout.write(`${JSON.stringify({ event: 'summary', ...facts })}\n`);
  }

  /** A line about how things go. */
  say(line: string): void {
    if (!this.#options.json && !this.#options.quiet) process.stderr.write(`${terminalText(line)}\n`);
  }

  /** Something to know that is no failure. */
  warn(text: string): void {
    this.event('warning', { text });
    if (!this.#options.json) process.stderr.write(`${this.words.warning}: ${terminalText(text)}\n`);
  }

  /** One line of cause and one of remedy. */
  failure(failure: Failure, name?: string): void {
    if (this.#options.json) return;
    const cause = name === undefined ? failure.message : `${name}: ${failure.message}`;
    process.stderr.write(`${terminalText(cause)}\n  ${this.words.remedy}: ${this.remedyOf(failure)}\n`);
  }

  /** The remedy in the terminal's language. */
  remedyOf(failure: Failure): string {
    return errorText(failure.kind, failure.hint, this.language).remedy;
  }
}
