import { Console, type ConsoleOptions, type Screen } from '../../../../electron/shells/cli/console.ts';

/** A terminal that keeps what was written to it. */
export class FakeScreen implements Screen {
  readonly isTTY: boolean;
  readonly columns: number;
  readonly rows: number;
  readonly writes: string[] = [];

  constructor(options: { isTTY?: boolean; columns?: number; rows?: number } = {}) {
    this.isTTY = options.isTTY ?? true;
    this.columns = options.columns ?? 80;
    this.rows = options.rows ?? 24;
  }

  get text(): string {
    return this.writes.join('');
  }

  write(text: string): void {
    this.writes.push(text);
  }

  /** The lines a person would see now: knows the two movements that a picture is made of. */
  shown(): readonly string[] {
    const lines = [''];
    // oxlint-disable-next-line no-control-regex -- the escapes are what is being read
    for (const [part, up] of this.text.matchAll(/\u001b\[(\d+)A\u001b\[0J|\n|[^\n\u001b]+/g)) {
      if (up !== undefined) lines.splice(Math.max(0, lines.length - 1 - Number(up)), Infinity, '');
      else if (part === '\n') lines.push('');
      else lines[lines.length - 1] += part;
    }
    return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
  }
}

/** A console over fake screens. */
export function consoleOver(
  screens: { stdout?: FakeScreen; stderr?: FakeScreen } = {},
  options: Partial<ConsoleOptions> = {},
  locale = 'C',
): Console {
  const { stdout = new FakeScreen(), stderr = new FakeScreen() } = screens;
  return new Console({ json: false, quiet: false, ...options }, { environment: { LC_ALL: locale }, stdout, stderr });
}
