import { type Client, ContractError, type FeedListener, type OpenFeed } from '../../electron/contract/client.ts';
import type { CommandName, InputOf, OutputOf } from '../../electron/contract/commands.ts';
import type { Answer } from '../../electron/contract/envelope.ts';
import type { Failure } from '../../electron/contract/errors.ts';
import type { FeedMessage } from '../../electron/contract/feed-message.ts';
import type { FeedName, ScopeOf, SnapshotOf } from '../../electron/contract/feeds.ts';
import { FeedReader } from './feed-reader.ts';

/** A file the shell knows by a handle, never by a path. */
export interface OpenedFile {
  readonly handle: string;
  readonly name: string;
}

/** What the desktop's preload puts on `window.ferry`: structured-cloneable values only. */
export interface FerryBridge {
  readonly call: (name: string, input: unknown) => Promise<Answer<unknown>>;
  /** Returns what ends the feed. */
  readonly feed: (name: string, scope: unknown, heard: (event: BridgeEvent) => void) => () => void;
  /** The handle of a file that was dropped, in place of its path; undefined where it may not be had. */
  readonly handleOf?: (file: unknown) => Promise<OpenedFile | undefined>;
  /** Hears of files that a person opened from outside. */
  readonly opened?: (heard: (file: OpenedFile) => void) => void;
}

/** What a feed tells. */
export type BridgeEvent = { readonly message: FeedMessage } | { readonly failure: Failure };

/** A client over the bridge of the desktop. */
export class BridgeClient implements Client {
  private readonly bridge: FerryBridge;

  constructor(bridge: FerryBridge) {
    this.bridge = bridge;
  }

  async call<Name extends CommandName>(name: Name, input: InputOf<Name>): Promise<OutputOf<Name>> {
    const answer = await this.bridge.call(name, input);
    if (!answer.ok) throw new ContractError(answer.failure);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the engine made it by the command's schema
    return answer.value as OutputOf<Name>;
  }

  feed<Name extends FeedName>(name: Name, scope: ScopeOf<Name>, listener: FeedListener<Name>): OpenFeed {
    let end = (): void => {};
    let isClosed = false;
    const open = (): void => {
      const reader = new FeedReader();
      let isOver = false;
      const close = this.bridge.feed(name, scope, (event) => {
        if (isClosed || isOver) return;
        if ('failure' in event) {
          listener.failed?.(event.failure);
          return;
        }
        const step = reader.read(event.message);
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what is heard is of the feed that was opened
        if (step.kind === 'show') listener.changed(step.snapshot as SnapshotOf<Name>);
        else if (step.kind === 'hole') {
          isOver = true;
          end();
          open();
        }
      });
      end = close;
    };
    open();
    return {
      close: () => {
        isClosed = true;
        end();
      },
    };
  }
}
