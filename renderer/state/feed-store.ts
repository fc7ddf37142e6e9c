import type { Client, OpenFeed } from '../../electron/contract/client.ts';
import type { Failure } from '../../electron/contract/errors.ts';
import type { FeedName, ScopeOf, SnapshotOf } from '../../electron/contract/feeds.ts';

/** How a feed stands: neither member as long as nothing was heard. */
export interface Heard<Name extends FeedName> {
  readonly snapshot?: SnapshotOf<Name>;
  readonly failure?: Failure;
}

interface Entry {
  heard: Heard<FeedName>;
  readonly listeners: Set<() => void>;
  open: OpenFeed | undefined;
}

/** Nothing heard yet. */
export const silence: Heard<never> = {};

/** Every feed that somebody looks at, opened once however many look. */
export class FeedStore {
  private readonly client: Client;
  private readonly entries = new Map<string, Entry>();

  constructor(client: Client) {
    this.client = client;
  }

  /** How the feed stands; the same object until it changes. */
  read<Name extends FeedName>(name: Name, scope: ScopeOf<Name>): Heard<Name> {
    const entry = this.entries.get(keyOf(name, scope));
    return entry?.heard ?? silence;
  }

  /** Calls `changed` after every change until the returned function is called; the last to leave closes the feed. */
  watch<Name extends FeedName>(name: Name, scope: ScopeOf<Name>, changed: () => void): () => void {
    const key = keyOf(name, scope);
    const entry: Entry = this.entries.get(key) ?? { heard: silence, listeners: new Set(), open: undefined };
    this.entries.set(key, entry);
    entry.listeners.add(changed);
    const tell = (heard: Heard<FeedName>): void => {
      entry.heard = heard;
      for (const listener of entry.listeners) listener();
    };
    entry.open ??= this.client.feed(name, scope, {
      changed: (snapshot) => tell({ snapshot }),
      failed: (failure) => tell({ ...entry.heard, failure }),
    });
    return () => {
      entry.listeners.delete(changed);
      if (entry.listeners.size > 0) return;
      entry.open?.close();
      entry.open = undefined;
      if (this.entries.get(key) === entry) this.entries.delete(key);
    };
  }
}

function keyOf(name: string, scope: unknown): string {
  return `${name} ${JSON.stringify(scope)}`;
}
