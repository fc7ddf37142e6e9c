import type { Client } from '../../electron/contract/client.ts';
import type { Comparison } from '../../electron/contract/images.ts';
import { combineStates, type ListedImage, nameOfRow } from './image-rows.ts';

/** A registry and the template of names there. */
export interface Target {
  readonly registry: string;
  readonly template: string;
}

const detailsAtOnce = 50;
const comparisonsAtOnce = 100;

/** What is learned of rows once they come into view: sizes, platforms, and how they stand at the destinations. */
export class RowFacts {
  private readonly client: Client;
  private readonly registry: string;
  private readonly changed: () => void;
  private readonly asked = new Set<string>();
  private readonly states = new Map<string, Map<string, Comparison>>();
  private readonly details = new Map<string, ListedImage>();
  private known = new Map<string, ListedImage>();
  private targets: readonly Target[] = [];
  private isClosed = false;

  constructor(client: Client, registry: string, changed: () => void) {
    this.client = client;
    this.registry = registry;
    this.changed = changed;
  }

  /** The row with what was learned of it; the same object until more is learned. */
  of(row: ListedImage): ListedImage {
    return this.known.get(row.key) ?? row;
  }

  /** Compares with these from now on. */
  aim(targets: readonly Target[]): void {
    this.targets = targets;
    this.known = new Map();
    for (const row of this.details.values()) this.merge(row);
    this.changed();
  }

  /** Asks for what is not known of the rows in view. */
  async look(rows: readonly ListedImage[]): Promise<void> {
    const unknown = rows.filter((row) => this.claim(`details ${row.key}`));
    const work: Promise<void>[] = [];
    for (let at = 0; at < unknown.length; at += detailsAtOnce)
      work.push(this.describe(unknown.slice(at, at + detailsAtOnce)));
    for (const target of this.targets) {
      const open = rows.filter((row) => this.claim(`${keyOfTarget(target)} ${row.key}`));
      for (let at = 0; at < open.length; at += comparisonsAtOnce) {
        work.push(this.compare(open.slice(at, at + comparisonsAtOnce), target));
      }
    }
    await Promise.all(work);
  }

  /** Has the destinations asked again when rows come into view; until they answer, what was heard before is shown. */
  doubtStates(): void {
    for (const key of this.asked) if (!key.startsWith('details ')) this.asked.delete(key);
  }

  /** Says no more. */
  close(): void {
    this.isClosed = true;
  }

  private claim(key: string): boolean {
    if (this.asked.has(key)) return false;
    this.asked.add(key);
    return true;
  }

  private async describe(rows: readonly ListedImage[]): Promise<void> {
    try {
      const answer = await this.client.call('images.details', {
        images: rows.map((row) => nameOfRow(this.registry, row)),
      });
      for (const [at, row] of rows.entries()) {
        const fact = answer.rows[at];
        if (fact === undefined) continue;
        this.details.set(row.key, 'failure' in fact ? { ...row, failure: fact.failure } : { ...row, ...fact });
        this.merge(row);
      }
      this.tell();
    } catch {
      // asked again when they come into view the next time; the listing tells what is wrong with the registry
      for (const row of rows) this.asked.delete(`details ${row.key}`);
    }
  }

  private async compare(rows: readonly ListedImage[], target: Target): Promise<void> {
    const name = keyOfTarget(target);
    let states: readonly Comparison[] = [];
    try {
      const images = rows.map((row) => nameOfRow(this.registry, row));
      ({ states } = await this.client.call('images.compare', { images, destination: target }));
    } catch {
      // a destination that does not answer leaves every row unknown; the plan says why
    }
    for (const [at, row] of rows.entries()) {
      const ofRow = this.states.get(row.key) ?? new Map<string, Comparison>();
      ofRow.set(name, states[at] ?? 'unknown');
      this.states.set(row.key, ofRow);
      this.merge(row);
    }
    this.tell();
  }

  private merge(row: ListedImage): void {
    const ofRow = this.states.get(row.key);
    const heard = this.targets.flatMap((target) => ofRow?.get(keyOfTarget(target)) ?? []);
    const state = heard.length < this.targets.length ? undefined : combineStates(heard);
    const detailed = this.details.get(row.key) ?? row;
    this.known.set(row.key, state === undefined ? detailed : { ...detailed, state });
  }

  private tell(): void {
    if (!this.isClosed) this.changed();
  }
}

function keyOfTarget(target: Target): string {
  return `${target.registry} ${target.template}`;
}
