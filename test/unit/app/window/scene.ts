import { onTestFinished } from 'vitest';
import { WindowHost, type WindowSession } from '../../../../electron/app/window/window.ts';
import { type CommandName, Commands, type InputOf, type OutputOf } from '../../../../electron/contract/commands.ts';
import type { Failure } from '../../../../electron/contract/errors.ts';
import { image } from '../../../fakes/images.ts';
import { type QuirkRegistry, startQuirkRegistry } from '../../../fakes/quirk-registry/server.ts';
import { type MemoryParts, memoryParts } from './memory-parts.ts';

/** A caller who stays. */
export const never: AbortSignal = new AbortController().signal;
/** A window that opened, and all that is behind it. */
export interface Scene {
  readonly parts: MemoryParts;
  readonly session: WindowSession;
  readonly call: <Name extends CommandName>(name: Name, input: InputOf<Name>) => Promise<OutputOf<Name>>;
  readonly failure: (name: string, input: unknown) => Promise<Failure>;
}

/** A window over parts in memory whose answers are checked against their schemas; it closes after the test. */
export async function scene(): Promise<Scene> {
  const parts = await memoryParts();
  const host = new WindowHost(parts, { checksOutputs: true });
  onTestFinished(() => host.close());
  const session = host.openSession();
  return {
    parts,
    session,
    call: async (name, input) => {
      const answer = await session.call(name, input, never);
      if (!answer.ok) throw new Error(`${name}: ${answer.failure.kind}: ${answer.failure.message}`);
      return Commands[name].output.parse(answer.value);
    },
    failure: async (name, input) => {
      const answer = await session.call(name, input, never);
      if (answer.ok) throw new Error(`${name} went well`);
      return answer.failure;
    },
  };
}

/** A registry that holds `team/app` under these tags; it closes after the test. */
export async function registry(...tags: readonly string[]): Promise<QuirkRegistry> {
  const started = await startQuirkRegistry();
  onTestFinished(() => started.close());
  for (const tag of tags) started.seed('team/app', tag, image({ seed: `app-${tag}` }));
  return started;
}

/** What has to be said of a registry. */
export const draft = { plainHttp: true, insecure: false, remember: 'no' } as const;
