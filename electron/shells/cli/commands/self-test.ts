import { dataFolder, passphraseVault } from '../../../app/home.ts';
import { selfTestLines } from '../../../app/self-test/lines.ts';
import { runSelfTest } from '../../../app/self-test/self-test.ts';
import { type FolderFlags, withoutConnection, workspaceWish } from '../options.ts';
import type { CommandContext } from '../run.ts';
import type { SummaryFacts } from '../summary.ts';

/** `self-test`: what this machine gives the program; status 1 when something is wrong with it. */
export async function selfTest(flags: FolderFlags, context: CommandContext, version: string): Promise<SummaryFacts> {
  const { console, facts, signal } = context;
  const wish = workspaceWish(withoutConnection(flags));
  const result = await runSelfTest(
    { version, folder: () => dataFolder(wish), vault: passphraseVault, keeper: 'passphrase' },
    signal,
  );
  for (const line of selfTestLines(result, console.language)) console.result(line);
  return { ...facts({ ok: result.ok, failures: [] }), checks: result.checks };
}
