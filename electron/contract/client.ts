import type { CommandName, InputOf, OutputOf } from './commands.ts';
import type { Failure } from './errors.ts';
import type { FeedName, ScopeOf, SnapshotOf } from './feeds.ts';

/** What a window has of its engine, whatever lies between them. */
export interface Client {
  /** Has a command done; rejects with ContractError when it could not be. */
  call<Name extends CommandName>(name: Name, input: InputOf<Name>): Promise<OutputOf<Name>>;
  /** Hears of a feed until closed. Must begin again by itself after a broken line. */
  feed<Name extends FeedName>(name: Name, scope: ScopeOf<Name>, listener: FeedListener<Name>): OpenFeed;
}

/** Who hears of a feed. */
export interface FeedListener<Name extends FeedName> {
  /** How it stands now; called with the first snapshot and after every change. */
  readonly changed: (snapshot: SnapshotOf<Name>) => void;
  /** It ended for this reason and says no more. */
  readonly failed?: (failure: Failure) => void;
}

/** A feed that is being heard. */
export interface OpenFeed {
  /** Ends it; harmless when repeated. */
  close(): void;
}

/** A command that could not be done. */
export class ContractError extends Error {
  override readonly name = 'ContractError';
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}
