import type { CommandName } from '../../contract/commands.ts';
import type { HandlersOf } from './context.ts';
import { bundleHandlers } from './handlers/bundles.ts';
import { dockHandlers } from './handlers/docks.ts';
import { fileHandlers } from './handlers/files.ts';
import { historyHandlers } from './handlers/history.ts';
import { imageHandlers } from './handlers/images.ts';
import { jobHandlers } from './handlers/jobs.ts';
import { programHandlers } from './handlers/program.ts';
import { questionHandlers } from './handlers/questions.ts';
import { registryHandlers } from './handlers/registries.ts';

/** The one handler table of every shell; a command without a handler does not compile. */
export const handlers: HandlersOf<CommandName> = {
  ...registryHandlers,
  ...imageHandlers,
  ...jobHandlers,
  ...historyHandlers,
  ...fileHandlers,
  ...bundleHandlers,
  ...dockHandlers,
  ...programHandlers,
  ...questionHandlers,
};
