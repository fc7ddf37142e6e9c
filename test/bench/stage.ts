import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchCase } from './cases.ts';
import { measure, type Run } from './measure.ts';
import { BenchRegistry } from './registry.ts';
import { findProblems, writeImages } from './storage.ts';
import type { CopyTask, Tool } from './tools.ts';

/** Images at a time, where a tool can be told: what ours does when nobody says otherwise. */
const concurrency = 8;

/** Two registries with a case between them. */
export class Stage {
  readonly source: BenchRegistry;
  readonly destination: BenchRegistry;
  readonly #case: BenchCase;
  readonly #folder: string;
  #isCounted = false;

  private constructor(source: BenchRegistry, destination: BenchRegistry, benchCase: BenchCase, folder: string) {
    this.source = source;
    this.destination = destination;
    this.#case = benchCase;
    this.#folder = folder;
  }

  /** Fills the source, and the destination where the case wants it so. */
  static async open(benchCase: BenchCase, folder: string): Promise<Stage> {
    const source = await BenchRegistry.create(join(folder, 'source'));
    const destination = await BenchRegistry.create(join(folder, 'destination'));
    writeImages(source.root, benchCase.images);
    if (benchCase.startsFull) writeImages(destination.root, benchCase.images);
    const stage = new Stage(source, destination, benchCase, folder);
    await source.start();
    await destination.start();
    return stage;
  }

  /** From now on both registries write down what they are asked. */
  count(): void {
    this.#isCounted = true;
  }

  /** Makes the destination what it was, and forgets the requests that were counted. */
  async reset(): Promise<void> {
    rmSync(join(this.#folder, 'kept'), { recursive: true, force: true });
    if (this.#isCounted) {
      await this.source.stop();
      await this.source.start(true);
    }
    if (!this.#case.startsFull) return this.destination.restartEmpty(this.#isCounted);
    await this.destination.stop();
    await this.destination.start(this.#isCounted);
  }

  /** Runs a tool; undefined if it cannot do what the case asks. */
  async run(
    tool: Tool,
    timeoutMs: number,
    environment: Readonly<Record<string, string>> = {},
    until?: (isOver: () => boolean) => Promise<void>,
  ): Promise<Run | undefined> {
    const folder = join(this.#folder, 'work');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const kept = join(this.#folder, 'kept');
    const command = tool.command({ ...this.#task(folder), ...(this.#case.id === 'e' ? { kept } : {}) });
    if (command === undefined) return undefined;
    return measure({ ...command, environment: { ...command.environment, ...environment } }, folder, timeoutMs, until);
  }

  /** What is wrong with a run or with what it left at the destination; undefined if nothing is. */
  problemOf(run: Run): string | undefined {
    if (run.status !== 0)
      return `ended with ${run.status ?? 'a kill at its time limit'}: ${run.output.trim().slice(-300)}`;
    const problems = findProblems(this.destination.root, this.#case.images);
    return problems.length === 0
      ? undefined
      : `${problems.length} things wrong at the destination: ${problems[0] ?? ''}`;
  }

  /** Ends the registries and removes their files. */
  async close(): Promise<void> {
    await this.source.stop();
    await this.destination.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #task(folder: string): CopyTask {
    return {
      asks: this.#case.asks,
      source: this.source.host,
      destination: this.destination.host,
      names: this.#case.images.map(({ repository, tag }) => `${repository}:${tag}`),
      folder,
      concurrency,
    };
  }
}
