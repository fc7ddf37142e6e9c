import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openBackEnd } from '../../../../electron/app/back-end/back-end.ts';
import { copyError } from '../../../../electron/app/errors.ts';
import type { FileDesk } from '../../../../electron/app/window/parts.ts';
import { Commands, type InputOf, type CommandName, type OutputOf } from '../../../../electron/contract/commands.ts';
import type { Failure } from '../../../../electron/contract/errors.ts';
import { applyFeedMessage, type FeedMessage } from '../../../../electron/contract/feed-message.ts';
import { type FeedName, Feeds, type ScopeOf, type SnapshotOf } from '../../../../electron/contract/feeds.ts';

const never: AbortSignal = new AbortController().signal;

/** A program with a window, its data folder and a folder whose files the window may have; all is closed after the test. */
export interface Program {
  /** Where files of the test are. */
  readonly folder: string;
  readonly call: <Name extends CommandName>(name: Name, input: InputOf<Name>) => Promise<OutputOf<Name>>;
  readonly failure: (name: CommandName, input: unknown) => Promise<Failure>;
  /** Waits until a feed stands so; gives how it then stands. */
  readonly until: <Name extends FeedName>(
    name: Name,
    scope: ScopeOf<Name>,
    stands: (snapshot: SnapshotOf<Name>) => boolean,
  ) => Promise<SnapshotOf<Name>>;
  /** The handle of a file or folder of the test. */
  readonly handle: (name: string) => string;
  /** Ends it, as when a person quits. */
  readonly close: () => Promise<void>;
  /** A registry is known to it. */
  readonly know: (host: string) => Promise<string>;
}

/** Opens the program over a data folder; a fresh one unless given. */
export async function openProgram(given: { readonly data?: string; readonly folder?: string } = {}): Promise<Program> {
  const folder = given.folder ?? (await freshFolder());
  const data = given.data ?? (await freshFolder());
  const program = await openBackEnd({
    version: '0',
    isDesktop: false,
    workspace: { dataDir: data, cache: true },
    files: filesIn(folder),
    confirm: () => Promise.resolve(true),
    vault: () => Promise.resolve({}),
    log: () => Promise.resolve({ log: () => {}, close: () => {} }),
  });
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (isOpen) await program.close();
    isOpen = false;
  };
  onTestFinished(close);
  const session = program.window.openSession();
  const call: Program['call'] = async (name, input) => {
    const answer = await session.call(name, input, never);
    if (!answer.ok) throw new Error(`${name}: ${answer.failure.kind}: ${answer.failure.message}`);
    return Commands[name].output.parse(answer.value);
  };
  return {
    folder,
    close,
    call,
    failure: async (name, input) => {
      const answer = await session.call(name, input, never);
      if (answer.ok) throw new Error(`${name} went well`);
      return answer.failure;
    },
    until: (name, scope, stands) => {
      const { promise, resolve, reject } = Promise.withResolvers<SnapshotOf<typeof name>>();
      let state: Readonly<Record<string, unknown>> = {};
      const sink = {
        isFull: false,
        send: (message: FeedMessage) => {
          state = applyFeedMessage(state, message);
          if (!message.isLast) return;
          const snapshot = Feeds[name].snapshot.parse(state);
          if (stands(snapshot)) resolve(snapshot);
        },
        end: (failure: Failure) => reject(new Error(`${name} ended: ${failure.message}`)),
      };
      const feed = session.feed(name, scope, sink);
      return promise.finally(() => feed.close());
    },
    handle: (name) => Buffer.from(name).toString('base64url'),
    know: async (host) =>
      (await call('registries.save', { host, plainHttp: true, insecure: false, remember: 'no' })).id,
  };
}

/** An empty folder that is gone after the test. */
export async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ferry-back-end-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

function filesIn(folder: string): FileDesk {
  const pathOf = (handle: string): string => join(folder, Buffer.from(handle, 'base64url').toString());
  return {
    pick: () => Promise.resolve({ files: [] }),
    list: () => Promise.resolve({ folder: '', entries: [], isCut: false }),
    open: async (handle) => {
      const found = await stat(pathOf(handle)).catch(() => undefined);
      const message = 'there is no such file';
      if (found === undefined) throw copyError('not-found', { side: 'local', op: 'files', subject: handle, message });
      return { name: handle, sizeBytes: found.size, text: () => Promise.resolve('') };
    },
    place: (handle) => Promise.resolve(pathOf(handle)),
  };
}
