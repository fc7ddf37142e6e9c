import type { FeedMessage, ListChange } from '../../contract/feed-message.ts';

/** The most bytes of one message as JSON; lines around it have a little more. */
export const longestMessageBytes: number = 64 * 1024;

/** What was sent of a feed: members as JSON, lists row by row. */
export type SentState = ReadonlyMap<string, string | readonly string[]>;

type Message = Omit<FeedMessage, 'number'>;

interface Piece {
  readonly bytes: number;
  readonly apply: (message: Draft) => void;
}

interface Draft {
  set: Record<string, unknown>;
  unset: string[];
  lists: Record<string, { length: number; rows: [number, unknown][] }>;
}

const envelopeBytes = 200;
const longestValueBytes = longestMessageBytes - 1024;
const shortText = 200;

/**
 * The messages that lead from what was sent to `snapshot`, none when nothing changed; each at most 64 KiB. From undefined
 * the first of them begins from nothing. Texts of a value that is too large for a message are shortened.
 */
export function changeOf(
  sent: SentState | undefined,
  snapshot: object,
): { readonly messages: readonly Message[]; readonly sent: SentState } {
  const next = new Map<string, string | readonly string[]>();
  const pieces: Piece[] = [];
  for (const [name, value] of Object.entries(snapshot)) {
    if (value === undefined) continue;
    const before = sent?.get(name);
    if (Array.isArray(value)) {
      const rows = value.map(fittingJson);
      next.set(name, rows);
      pieces.push(...listPieces(name, rows, typeof before === 'string' ? undefined : before));
    } else {
      const text = fittingJson(value);
      next.set(name, text);
      if (before !== text)
        pieces.push({ bytes: sizeOf(name, text), apply: (draft) => (draft.set[name] = JSON.parse(text)) });
    }
  }
  for (const name of sent?.keys() ?? []) {
    if (!next.has(name)) pieces.push({ bytes: name.length + 8, apply: (draft) => draft.unset.push(name) });
  }
  return { messages: pack(pieces, sent === undefined), sent: next };
}

function listPieces(name: string, rows: readonly string[], before: readonly string[] | undefined): readonly Piece[] {
  const length = rows.length;
  const change = (draft: Draft): { rows: [number, unknown][] } => (draft.lists[name] ??= { length, rows: [] });
  const pieces = rows.flatMap((text, at): Piece[] =>
    before?.[at] === text
      ? []
      : [{ bytes: sizeOf(name, text), apply: (draft) => change(draft).rows.push([at, JSON.parse(text)]) }],
  );
  if (pieces.length > 0 || before?.length === length) return pieces;
  return [{ bytes: name.length + 40, apply: change }];
}

/** The value as JSON that fits into a message. */
function fittingJson(value: unknown): string {
  const json = JSON.stringify(value);
  if (json.length * 3 <= longestValueBytes || Buffer.byteLength(json) <= longestValueBytes) return json;
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'string' && member.length > shortText ? `${member.slice(0, shortText)}…` : member,
  );
}

/** The name counts for every piece: which of them opens a message is not known yet. */
function sizeOf(name: string, json: string): number {
  return name.length + Buffer.byteLength(json) + 48;
}

function pack(pieces: readonly Piece[], isFirst: boolean): readonly Message[] {
  const drafts: Draft[] = [];
  let bytes = Infinity;
  for (const piece of pieces) {
    if (bytes + piece.bytes > longestMessageBytes) {
      drafts.push({ set: {}, unset: [], lists: {} });
      bytes = envelopeBytes;
    }
    const draft = drafts.at(-1);
    if (draft !== undefined) piece.apply(draft);
    bytes += piece.bytes;
  }
  if (drafts.length === 0 && isFirst) drafts.push({ set: {}, unset: [], lists: {} });
  return drafts.map((draft, at) => ({
    isFirst: isFirst && at === 0,
    isLast: at === drafts.length - 1,
    set: draft.set,
    unset: draft.unset,
    lists: draft.lists satisfies Record<string, ListChange>,
  }));
}
