import { type FeedRequest, feedRequest } from '../../contract/wire.ts';
import { isPlainData } from './plain-data.ts';

/** What a page asks through `call`: a command of the contract, or a handle for a file that was dropped on it. */
export type CallRequest =
  | { readonly name: string; readonly input: unknown }
  /** Only the preload makes these, of a file that a person dropped. */
  | { readonly dropped: string };

const longestName = 100;
const longestPath = 4096;

/** Every channel between page and program: its name, and the reader of all that may come through it (S-IPC-2). */
export const channels: {
  readonly call: Channel<CallRequest>;
  readonly feed: Channel<Exclude<FeedRequest, { readonly open: true }>>;
} = {
  call: { name: 'call', read: readCall },
  feed: { name: 'feed', read: readFeed },
};

interface Channel<Request> {
  readonly name: string;
  /** Undefined for what was never declared; must not throw. */
  readonly read: (given: readonly unknown[]) => Request | undefined;
}

function readCall(given: readonly unknown[]): CallRequest | undefined {
  const members = membersOf(given);
  if (members?.size === 1) {
    const dropped = members.get('dropped');
    return typeof dropped === 'string' && dropped.length <= longestPath ? { dropped } : undefined;
  }
  const name = members?.get('name');
  if (members?.size !== 2 || !members.has('input') || typeof name !== 'string' || name.length > longestName)
    return undefined;
  return { name, input: members.get('input') };
}

function readFeed(given: readonly unknown[]): ReturnType<typeof channels.feed.read> {
  const read = membersOf(given) === undefined ? undefined : feedRequest.safeParse(given[0]);
  return read?.success === true && 'stream' in read.data ? read.data : undefined;
}

/** The members of the one plain object that was given. */
function membersOf(given: readonly unknown[]): ReadonlyMap<string, unknown> | undefined {
  const [only] = given;
  if (given.length !== 1 || typeof only !== 'object' || only === null || Array.isArray(only)) return undefined;
  return isPlainData(only) ? new Map(Object.entries(only)) : undefined;
}
