import { errorText } from '../../contract/error-text.ts';
import type { Failure } from '../../contract/errors.ts';
import { failureText } from '../../app/findings.ts';
import { terminalText } from '../../contract/format.ts';
import type { Language } from '../../contract/language.ts';
import { terminalLanguage, type Words, wordsOf } from './words.ts';

/** How a command speaks. */
export interface ConsoleOptions {
  readonly json: boolean;
  readonly quiet: boolean;
}

/** What lines are written to; a terminal knows its size. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/** What a console is surrounded by; the process's own unless given. */
export interface ConsoleSurroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdout: Screen;
  readonly stderr: Screen;
}

/** A moving picture on stderr. */
export interface Picture {
  /** Must take away all that was drawn. */
  clear(): void;
}

/** The terminal door's voice: results to stdout, everything else to stderr; with `--json` one object a line on stdout. */
export class Console {
  readonly language: Language;
  readonly words: Words;
  readonly #options: ConsoleOptions;
  readonly #surroundings: ConsoleSurroundings;
  /** What is drawn at the moment; it is taken away before a line is written, so that neither damages the other. */
  picture: Picture | undefined;
  /** Where every line is kept, whatever is shown. */
  log: { add(line: string): void } | undefined;

  constructor(
    options: ConsoleOptions,
    surroundings: ConsoleSurroundings = { environment: process.env, stdout: process.stdout, stderr: process.stderr },
  ) {
    this.#options = options;
    this.#surroundings = surroundings;
    this.language = terminalLanguage(surroundings.environment);
    this.words = wordsOf(this.language);
  }

  /** Where a moving picture can be drawn; undefined when there is no such place or nobody wants one. */
  get drawingScreen(): Screen | undefined {
    const { stderr } = this.#surroundings;
    return !this.#options.json && !this.#options.quiet && stderr.isTTY === true ? stderr : undefined;
  }

  /** A line of the result; nothing with `--json`. */
  result(line: string): void {
    if (!this.#options.json) this.#write('stdout', line);
    else this.log?.add(terminalText(line));
  }

  /** An event with the time it happened; nothing without `--json`. */
  event(event: string, facts: object): void {
    if (this.#options.json) this.#writeJson({ event, at: new Date().toISOString(), ...facts });
  }

  /** An event that only tells how far things are; nothing with `--quiet`. */
  step(event: string, facts: object): void {
    if (!this.#options.quiet) this.event(event, facts);
  }

  /** The last line of `--json`. */
  summary(facts: object): void {
    if (this.#options.json) this.#writeJson({ event: 'summary', ...facts });
  }

  /** A line about how things go. */
  say(line: string): void {
    if (!this.#options.json && !this.#options.quiet) this.#write('stderr', line);
    else this.log?.add(terminalText(line));
  }

  /** Something to know that is no failure. */
  warn(text: string): void {
    this.event('warning', { text });
    const line = `${this.words.warning}${this.words.colon}${text}`;
    if (!this.#options.json) this.#write('stderr', line);
    else this.log?.add(terminalText(line));
  }

  /** One line of cause and one of remedy; only in the log with `--json`, whose summary has them. */
  failure(failure: Failure, name?: string): void {
    if (!this.#options.json) this.complain(failure, name);
    else for (const line of this.#linesOf(failure, name)) this.log?.add(terminalText(line));
  }

  /** One line of cause and one of remedy, in any case. */
  complain(failure: Failure, name?: string): void {
    for (const line of this.#linesOf(failure, name)) this.#write('stderr', line);
  }

  #linesOf(failure: Failure, name: string | undefined): readonly [cause: string, remedy: string] {
    const { colon, line, remedy } = this.words;
    const begin = (what: string | undefined): string => (what === undefined ? '' : `${what}${colon}`);
    const found = this.language === 'en' ? undefined : failureText(failure, this.language);
    if (found !== undefined) {
      const at = failure.finding?.line;
      const place = at === undefined ? '' : begin(line(at));
      return [`${begin(name ?? failure.subject)}${place}${found.text}`, `  ${remedy}${colon}${found.remedy}`];
    }
    const told = this.language === 'en' ? failure.remedy : errorText(failure.kind, failure.hint, this.language).remedy;
    return [`${begin(name)}${this.#causeOf(failure)}`, `  ${remedy}${colon}${told}`];
  }

  /** What happened, with the facts as they are told in English behind the sentence of another language. */
  #causeOf(failure: Failure): string {
    const { attempts = 1, kind, hint, message } = failure;
    const told = attempts > 1 ? `${message}${this.words.attempts(attempts)}` : message;
    if (this.language === 'en') return told;
    return `${errorText(kind, hint, this.language).cause.replace(/。$/, '')}（${told}）`;
  }

  #write(to: 'stdout' | 'stderr', line: string): void {
    this.picture?.clear();
    this.#surroundings[to].write(`${terminalText(line)}\n`);
    this.log?.add(terminalText(line));
  }

  #writeJson(facts: object): void {
    this.#surroundings.stdout.write(`${JSON.stringify(facts)}\n`);
  }
}
