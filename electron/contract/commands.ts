import type { z } from 'zod';
import { aboutCommands } from './about.ts';
import { bundleCommands } from './bundles.ts';
import { cacheCommands } from './cache-state.ts';
import { dockCommands } from './docks.ts';
import { fileCommands } from './files.ts';
import { imageCommands } from './images.ts';
import { jobCommands } from './jobs.ts';
import type { Data, Operation } from './operation.ts';
import { pastJobCommands } from './past-jobs.ts';
import { planCommands } from './plans.ts';
import { questionCommands } from './questions.ts';
import { registryCommands } from './registries.ts';
import { settingCommands } from './settings.ts';
import { vaultCommands } from './vault-state.ts';

const commands = {
  ...registryCommands,
  ...imageCommands,
  ...planCommands,
  ...jobCommands,
  ...pastJobCommands,
  ...fileCommands,
  ...bundleCommands,
  ...dockCommands,
  ...settingCommands,
  ...vaultCommands,
  ...cacheCommands,
  ...aboutCommands,
  ...questionCommands,
} as const;

/** The name of a command. */
export type CommandName = keyof typeof commands;

/** What a command takes. */
export type InputOf<Name extends CommandName> = Data<(typeof commands)[Name]['input']>;

/** What a command gives. */
export type OutputOf<Name extends CommandName> = Data<(typeof commands)[Name]['output']>;

/** Everything a window can ask for, by `noun.verb`; client, handlers and routes are made of it. */
export const Commands: {
  readonly [Name in CommandName]: Operation<z.ZodType<InputOf<Name>>, z.ZodType<OutputOf<Name>>>;
} = commands;

/** True for the name of a command. */
export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(Commands, name);
}
