import type { Client } from '../../electron/contract/client.ts';
import type { Failure } from '../../electron/contract/errors.ts';
import { keyOfRow, type ListedImage } from './image-rows.ts';

/** What is listed so far of a place. */
export interface Listed {
  readonly rows: readonly ListedImage[];
  readonly isLoading: boolean;
  /** Repositories whose tags are in `rows`, and those known so far. */
  readonly repositories: { readonly done: number; readonly known: number; readonly hasMore: boolean };
  /** `closed`: the registry names no repositories; they can be typed. */
  readonly listing?: 'catalog' | 'vendor' | 'typed' | 'closed';
  readonly failure?: Failure;
}

const atATime = 4;
const repositoriesAtOnce = 50;

/** Nothing listed yet. */
export const nothingListed: Listed = { rows: [], isLoading: true, repositories: { done: 0, known: 0, hasMore: false } };

/**
 * Lists the tags of a registry, repository after repository, or of one of them. Fifty repositories at first, so that a look at
 * a large registry does not ask it for everything; `more` goes on.
 */
export class Listing {
  private readonly client: Client;
  private readonly registry: string;
  private readonly changed: () => void;
  private readonly failureOf: (thrown: unknown) => Failure;
  private listed: Listed = nothingListed;
  private waiting: string[] = [];
  private next: string | undefined;
  private isClosed = false;
  private isTold = false;

  constructor(client: Client, registry: string, changed: () => void, failureOf: (thrown: unknown) => Failure) {
    this.client = client;
    this.registry = registry;
    this.changed = changed;
    this.failureOf = failureOf;
  }

  /** How it stands; the same object until it changes. */
  read(): Listed {
    return this.listed;
  }

  /** Begins with one repository, or with those the registry names. */
  async start(repository: string | undefined): Promise<void> {
    if (repository === undefined) return this.more();
    this.waiting = [repository];
    this.set({ repositories: { done: 0, known: 1, hasMore: false } });
    await this.listWaiting();
  }

  /** Lists the next repositories. */
  async more(): Promise<void> {
    this.set({ isLoading: true });
    try {
      if (this.waiting.length === 0) {
        const place = { kind: 'registry', id: this.registry } as const;
        const after = this.next === undefined ? {} : { after: this.next };
        const page = await this.client.call('images.repositories', { place, most: repositoriesAtOnce, ...after });
        this.waiting.push(...page.repositories.map(({ path }) => path));
        this.next = page.next;
        const { done, known } = this.listed.repositories;
        this.set({
          repositories: { done, known: known + page.repositories.length, hasMore: page.next !== undefined },
          listing: page.listing,
          ...(page.why === undefined || page.repositories.length > 0 ? {} : { failure: page.why }),
        });
      }
    } catch (thrown) {
      this.set({ isLoading: false, failure: this.failureOf(thrown) });
      return;
    }
    await this.listWaiting();
  }

  /** Stops listing. */
  close(): void {
    this.isClosed = true;
  }

  private async listWaiting(): Promise<void> {
    const one = async (): Promise<void> => {
      for (let path = this.waiting.shift(); path !== undefined && !this.isClosed; path = this.waiting.shift()) {
        try {
          await this.listTags(path);
        } catch (thrown) {
          this.set({ failure: this.failureOf(thrown) });
        }
        const { repositories } = this.listed;
        this.set({ repositories: { ...repositories, done: repositories.done + 1 } });
      }
    };
    await Promise.all(Array.from({ length: atATime }, one));
    this.set({ isLoading: false });
  }

  private async listTags(repository: string): Promise<void> {
    const place = { kind: 'registry', id: this.registry } as const;
    let after: string | undefined;
    do {
      const from = after === undefined ? {} : { after };
      const page = await this.client.call('images.tags', { place, repository, most: 1000, ...from });
      const rows = page.rows.map((row) => ({ ...row, key: keyOfRow(row) }));
      this.set({ rows: [...this.listed.rows, ...rows] });
      after = page.next;
    } while (after !== undefined && !this.isClosed);
  }

  /** Tells of changes once a turn, since many pages may arrive together. */
  private set(change: Partial<Listed>): void {
    this.listed = { ...this.listed, ...change };
    if (this.isTold || this.isClosed) return;
    this.isTold = true;
    queueMicrotask(() => {
      this.isTold = false;
      if (!this.isClosed) this.changed();
    });
  }
}
