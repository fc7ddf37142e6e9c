import { z } from 'zod';
import { id, line, list } from './bounded.ts';
import type { Failure } from './errors.ts';
import type { FeedMessage } from './feed-message.ts';
import type { Data } from './operation.ts';

/** The body that exchanges the code of an address for a token. */
export const sessionRequest = z.strictObject({ code: line(200) });

/** The body that opens the stream of a window, or says what it is to tell of. */
export const feedRequest = z.union([
  z.strictObject({ open: z.literal(true) }),
  z.strictObject({
    stream: id,
    /** `feed` is made up by the window; one that is there already gets the new scope. */
    add: list(z.strictObject({ feed: id, name: line(50), scope: z.unknown() }), 50),
    remove: list(id, 50),
  }),
]);

/** The body that says what a stream is to tell of. */
export type FeedRequest = Data<typeof feedRequest>;

/** A line of the stream; an empty one only says that it is still there. */
export type StreamLine =
  | { readonly stream: string }
  | { readonly feed: string; readonly message: FeedMessage }
  | { readonly feed: string; readonly failure: Failure }
  | Readonly<Record<string, never>>;
