import { basename, join } from 'node:path';
import { openBackEnd } from '../../app/back-end/back-end.ts';
import { logLevel, openLog } from '../log.ts';
import { ui, type UiFlags, type UiSurroundings } from './commands/ui.ts';
import { type FolderFlags, withoutConnection, workspaceWish } from './options.ts';
import type { CommandContext } from './run.ts';
import type { SummaryFacts } from './summary.ts';

/** `ui` with the engine, the built page and a person's keyboard. */
export function runUi(flags: UiFlags & FolderFlags, context: CommandContext, version: string): Promise<SummaryFacts> {
  return ui(flags, context, uiSurroundings(version, flags));
}

function uiSurroundings(version: string, flags: FolderFlags): UiSurroundings {
  return {
    page: builtPage(import.meta.dirname),
    input: process.stdin,
    openWindow: ({ files, isDesktop }) =>
      openBackEnd({
        version,
        isDesktop,
        files,
        workspace: workspaceWish(withoutConnection(flags)),
        vault: async (workspace, typed) => ({ vault: workspace.passphraseVault(typed) }),
        log: (folder, clean) => openLog(folder, { level: logLevel(process.env), clean }),
      }),
  };
}

/** The page lies beside the bundled program; from the sources it is in the folder where that is made. */
function builtPage(here: string): string {
  return basename(here) === 'cli' ? join(here, '..', '..', '..', 'dist', 'renderer') : join(here, 'renderer');
}
