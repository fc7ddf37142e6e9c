import { applyFeedMessage, type FeedMessage } from '../../electron/contract/feed-message.ts';

/** What to do after a message of a feed. */
export type FeedStep =
  | { readonly kind: 'show'; readonly snapshot: Readonly<Record<string, unknown>> }
  /** More messages belong to the same change. */
  | { readonly kind: 'wait' }
  /** A number is missing: the feed must be opened again. */
  | { readonly kind: 'hole' };

/** Puts the messages of one feed together again, in the order they come. */
export class FeedReader {
  private state: Readonly<Record<string, unknown>> | undefined;
  private number = 0;

  /** Takes the next message. */
  read(message: FeedMessage): FeedStep {
    if (!message.isFirst && (this.state === undefined || message.number !== this.number + 1)) {
      this.state = undefined;
      return { kind: 'hole' };
    }
    this.number = message.number;
    this.state = applyFeedMessage(this.state, message);
    return message.isLast ? { kind: 'show', snapshot: this.state } : { kind: 'wait' };
  }
}
