import { readWish } from '../../../app/wishes.ts';
import { ProgressBoard } from '../progress.ts';
import { copyWishOptions, type CopyFlags } from '../options.ts';
import { checkReportFile, writeReport } from '../report.ts';
import { type CommandContext, exitStatus } from '../run.ts';
import { newJobName, showSummary, summaryFacts } from '../summary.ts';

/** `copy SOURCE DESTINATION…` */
export async function copy(
  source: string,
  destinations: readonly string[],
  flags: CopyFlags,
  context: CommandContext,
): Promise<number> {
  const { console, signal } = context;
  const wish = readWish({ source, destinations, allTags: flags.allTags, options: copyWishOptions(flags) });
  if (flags.report !== undefined) checkReportFile(flags.report);
  const app = await context.app();
  const job = newJobName(new Date());
  console.event('job', { job });
  const board = new ProgressBoard(console);
  const summary = await app.copy(wish, board, signal).finally(() => board.close());
  if (flags.report !== undefined) await writeReport(flags.report, summary, job);
  showSummary(console, summary);
  console.summary(summaryFacts(summary, job));
  return summary.ok ? exitStatus.ok : exitStatus.failed;
}
