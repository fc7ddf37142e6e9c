import { failureOfThrown } from '../../../app/errors.ts';
import { readWish } from '../../../app/wishes.ts';
import { copyWishOptions, type CopyFlags } from '../options.ts';
import { ProgressBoard } from '../progress.ts';
import { checkReportFile, writeReport } from '../report.ts';
import type { CommandContext } from '../run.ts';
import { failuresOf, type Place, showSummary, type SummaryFacts } from '../summary.ts';

/** `copy SOURCE DESTINATION…` */
export async function copy(
  source: string,
  destinations: readonly string[],
  flags: CopyFlags,
  context: CommandContext,
): Promise<SummaryFacts> {
  const { console, job, signal } = context;
  const wish = readWish({ source, destinations, allTags: flags.allTags, options: copyWishOptions(flags) });
  if (flags.report !== undefined) await checkReportFile(flags.report);
  const app = await context.app();
  console.event('job', { job });
  const board = new ProgressBoard(console);
  const summary = await app.copy(wish, board, signal).finally(() => board.close());
  if (summary.images.total === 0) console.warn(console.words.noTags(source));
  const facts = context.facts({ ...summary, failures: failuresOf(summary.results) });
  showSummary(console, { ...facts, results: summary.results });
  if (flags.report === undefined) return facts;
  try {
    await writeReport(flags.report, facts, summary.results);
    return facts;
  } catch (thrown) {
    const failure = failureOfThrown(thrown);
    console.failure(failure);
    const place: Place = { source, destination: destinations.join(' ') };
    return { ...facts, ok: false, failures: [...facts.failures, { ...place, ...failure }] };
  }
}
