import type { JobSummary } from '../../contract/models.ts';
import type { ConnectionWish } from '../../contract/requests.ts';
import { failureOfThrown } from '../../app/errors.ts';
import type { App, JobIntent } from '../../app/app.ts';
import type { Prepared } from '../../app/prepare.ts';
import type { ReadWish } from '../../app/wishes.ts';
import { sayFindings } from './findings.ts';
import { ProgressBoard } from './progress.ts';
import { checkReportFile, writeReport } from './report.ts';
import type { CommandContext } from './run.ts';
import { failuresOf, type Place, showSummary, type SummaryFacts } from './summary.ts';

/** What a copying command does besides copying. */
export interface Copying {
  /** How the images are named on the command line, for failures that belong to none of them. */
  readonly place: Place;
  /** Rounds in which failed images are copied again. */
  readonly rounds: number;
  readonly report: string | undefined;
  /** What the history keeps of it. */
  readonly intent: JobIntent;
  /** How to reach the registries, where it is not as the flags say. */
  readonly connection?: ConnectionWish;
  /** Writes what else was asked for, once the end is known; throws CopyError. */
  readonly afterwards?: (summary: JobSummary) => Promise<void>;
}

/** Copies a wish, shows how it goes and writes what was asked for about it. */
export async function copyWish(wish: ReadWish, copying: Copying, context: CommandContext): Promise<SummaryFacts> {
  const { console, signal } = context;
  const { report, connection } = copying;
  if (report !== undefined) await checkReportFile(report);
  const app = await context.app({
    copies: true,
    ...(wish.auths === undefined ? {} : { auths: wish.auths }),
    ...(connection === undefined ? {} : { connection }),
  });
  const prepared = await app.prepare(wish, signal);
  sayFindings(console, [...prepared.findings, ...app.lint(wish)]);
  return copyPrepared(app, prepared, wish.options, copying, context);
}

/** Copies what was prepared, shows how it goes and writes what was asked for about it. */
export async function copyPrepared(
  app: App,
  prepared: Prepared,
  options: ReadWish['options'],
  copying: Copying,
  context: CommandContext,
): Promise<SummaryFacts> {
  const { console, signal } = context;
  const { place, report, rounds, intent } = copying;
  const board = new ProgressBoard(console);
  const begun = (job: number, attempt: number): void => context.begun(String(job), attempt);
  const course = { rounds, intent, begun };
  const summary = await app.copy(prepared, options, course, board, signal).finally(() => board.close());
  if (summary.images.total === 0 && prepared.findings.length === 0) console.warn(console.words.noTags(place.source));
  const facts = context.facts({ ...summary, failures: failuresOf(summary.results) });
  showSummary(console, { ...facts, results: summary.results });
  try {
    if (report !== undefined) await writeReport(report, facts, summary.results);
    await copying.afterwards?.(summary);
    return facts;
  } catch (thrown) {
    const failure = failureOfThrown(thrown);
    console.failure(failure);
    return { ...facts, ok: false, failures: [...facts.failures, { ...place, ...failure }] };
  }
}
