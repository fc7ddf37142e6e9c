import type { FeedMessage } from '../../contract/feed-message.ts';
import type { Failure } from '../../contract/errors.ts';
import { changeOf, type SentState } from './feed-change.ts';
import { failureForWindow } from './failures.ts';
import type { Clock } from './clock.ts';

/** How a feed stands, and whether it is to be looked at again without being told. */
export interface Sample {
  readonly snapshot: object;
  readonly isMoving: boolean;
}

/** Something that can be heard of in one scope. */
export interface FeedSource {
  /** Must be cheap; throws when there is nothing to hear of any more. */
  sample(): Sample;
  /** Calls back when the next sample may be another; gives what stops it. */
  onChange(changed: () => void): () => void;
}

/** Where the messages of one feed go. */
export interface FeedSink {
  /** True while what was sent before has not left: nothing new is made then, and what changed meanwhile is told as one. */
  readonly isFull: boolean;
  send(message: FeedMessage): void;
  /** The feed has ended and says no more. */
  end(failure: Failure): void;
}

/** A change is told at most so often. */
const pauseMs = 100;

/** Tells one sink how one source stands: a snapshot, then what changed, at most ten times a second (S-IPC-8). Closed with `close`. */
export class OpenFeed {
  readonly #source: FeedSource;
  readonly #sink: FeedSink;
  readonly #clock: Clock;
  readonly #stopListening: () => void;
  #sent: SentState | undefined;
  #number = 0;
  #timer: { cancel(): void } | undefined;
  #isDirty = false;
  #isClosed = false;

  constructor(source: FeedSource, sink: FeedSink, clock: Clock) {
    this.#source = source;
    this.#sink = sink;
    this.#clock = clock;
    this.#stopListening = source.onChange(() => this.#touch());
    this.#tell();
  }

  /** Says no more; harmless when repeated. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#stopListening();
  }

  #touch(): void {
    if (this.#isClosed) return;
    if (this.#timer === undefined) this.#tell();
    else this.#isDirty = true;
  }

  #tell(): void {
    this.#isDirty = this.#sink.isFull;
    let isMoving = false;
    if (!this.#sink.isFull) {
      try {
        isMoving = this.#sendChange();
      } catch (thrown) {
        this.close();
        this.#sink.end(failureForWindow(thrown, 'feed'));
        return;
      }
    }
    this.#timer = this.#clock.schedule(pauseMs, () => {
      this.#timer = undefined;
      if (isMoving || this.#isDirty) this.#tell();
    });
  }

  #sendChange(): boolean {
    const { snapshot, isMoving } = this.#source.sample();
    const { messages, sent } = changeOf(this.#sent, snapshot);
    this.#sent = sent;
    for (const message of messages) this.#sink.send({ number: ++this.#number, ...message });
    return isMoving;
  }
}
