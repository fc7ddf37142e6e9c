import type { CommandName, InputOf, OutputOf } from '../../contract/commands.ts';
import type { ImageDescription } from '../../contract/models.ts';
import { cancelledError } from '../errors.ts';
import type { Confirm, WindowParts } from './parts.ts';
import type { PlanDesk } from './plan-desk.ts';
import { ShortMemory } from './short-memory.ts';
import type { TaskList } from './task-list.ts';

/** What was asked of registries a moment ago, by what was asked; it spares them every page and every scroll. */
export interface Memories {
  readonly catalogs: ShortMemory<readonly string[]>;
  readonly tags: ShortMemory<readonly string[]>;
  readonly descriptions: ShortMemory<ImageDescription>;
  readonly digests: ShortMemory<string | undefined>;
}

/** What a handler works with. */
export interface CallContext {
  readonly parts: WindowParts;
  readonly plans: PlanDesk;
  readonly tasks: TaskList;
  readonly memories: Memories;
  /** Fires when whoever called is gone. */
  readonly signal: AbortSignal;
  /** Fires when the window ends: for what goes on behind a call. */
  readonly windowSignal: AbortSignal;
}

/** Carries out one command; its input was decoded, what it throws becomes a failure. */
export type Handler<Name extends CommandName> = (input: InputOf<Name>, context: CallContext) => Promise<OutputOf<Name>>;

/** The handlers of some commands; one that is missing does not compile. */
export type HandlersOf<Names extends CommandName> = { readonly [Name in Names]: Handler<Name> };

/** Memories as they are when a window opens. */
export function newMemories(clock: WindowParts['clock']): Memories {
  return {
    catalogs: new ShortMemory(clock, 60_000, 20),
    tags: new ShortMemory(clock, 30_000, 100),
    descriptions: new ShortMemory(clock, 300_000, 2000),
    digests: new ShortMemory(clock, 300_000, 2000),
  };
}

/** Everything is another way now: access, settings, the list of registries. */
export async function renew({ parts, memories }: CallContext): Promise<void> {
  for (const memory of Object.values(memories)) memory.clear();
  await parts.door.renew();
}

/** Asks a person; rejects `cancelled` when the answer is no. */
export async function confirmed(
  { parts, signal }: CallContext,
  what: Parameters<Confirm>[0],
  subject: string,
): Promise<void> {
  if (!(await parts.confirm(what, subject, signal))) throw cancelledError(subject);
}
