/**
 * What changed in a feed, at most 64 KiB. A whole snapshot is a change of nothing: its first message has `isFirst`.
 * Numbers go up by one; after a hole the feed must be opened again.
 */
export interface FeedMessage {
  readonly number: number;
  /** Begins from nothing: whatever was known before is to be dropped. */
  readonly isFirst: boolean;
  /** False when more messages belong to the same change; what is shown must wait for the last of them. */
  readonly isLast: boolean;
  /** Members that are no list, by name. */
  readonly set: Readonly<Record<string, unknown>>;
  /** Members that are gone. */
  readonly unset: readonly string[];
  /** Members that are lists, by name. */
  readonly lists: Readonly<Record<string, ListChange>>;
}

/** What changed in a list: how long it is now, and the rows that are others now, by their place. */
export interface ListChange {
  readonly length: number;
  readonly rows: readonly (readonly [at: number, row: unknown])[];
}

type State = Readonly<Record<string, unknown>>;

/** The state of a feed after a message; rows that did not change stay the same objects. */
export function applyFeedMessage(state: State | undefined, message: FeedMessage): State {
  const next: Record<string, unknown> = message.isFirst ? {} : { ...state };
  for (const name of message.unset) delete next[name];
  Object.assign(next, message.set);
  for (const [name, { length, rows }] of Object.entries(message.lists)) {
    const before: unknown = next[name];
    const list: unknown[] = Array.isArray(before) ? before.slice(0, length) : [];
    for (const [at, row] of rows) list[at] = row;
    next[name] = list;
  }
  return next;
}
