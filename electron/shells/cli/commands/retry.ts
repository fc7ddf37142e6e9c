import { readAgain } from '../../../app/again.ts';
import { type FileAgain, readFileAgain } from '../../../app/carrying/file-again.ts';
import { commandOf } from '../../../app/carrying/file-jobs.ts';
import { connectionAgain, intentOf } from '../../../app/intents.ts';
import { copyWish } from '../copying.ts';
import type { CommandContext } from '../run.ts';
import type { SummaryFacts } from '../summary.ts';
import { exportPlace, writeWish } from './export.ts';
import { jobNumber } from './history.ts';
import { copyFromFile, importWish } from './import.ts';

/** The options of `retry`. */
export interface RetryFlags {
  readonly all: boolean;
  readonly report?: string;
}

/** `retry JOB`: again what of a job failed, was cancelled or never ended; one that never came to its end keeps its number. */
export async function retry(text: string, flags: RetryFlags, context: CommandContext): Promise<SummaryFacts> {
  const number = jobNumber(text);
  const { store } = await context.workspace();
  const { words } = context.console;
  const ofFiles = await readFileAgain(store.history, number, context.signal);
  if (ofFiles !== undefined && (flags.all || !ofFiles.isDone)) return retryFileJob(ofFiles, flags, context);
  if (ofFiles !== undefined) {
    context.console.say(words.nothingToRetry(number));
    return context.facts({ ok: true, failures: [] });
  }
  const { wish, kept, title, isUnfinished, leftOut } = await readAgain(
    store.history,
    number,
    flags.all,
    context.signal,
  );
  if (leftOut > 0) context.console.warn(words.leftOut(leftOut));
  if (wish.origin.kind === 'pairs' && wish.origin.pairs.length === 0) {
    context.console.say(words.nothingToRetry(number));
    return context.facts({ ok: leftOut === 0, failures: [] });
  }
  const connection = connectionAgain(context.connection, kept.connection);
  const intent = intentOf({
    command: 'retry',
    title: isUnfinished ? title : words.retryOf(number, title),
    asked: { again: number, failedOnly: !flags.all },
    connection,
    options: kept.options,
    rounds: kept.rounds,
    ...(isUnfinished ? { adopts: number } : {}),
    ...(kept.sync === undefined ? {} : { sync: kept.sync }),
  });
  const place = { source: words.job(number), destination: '' };
  return copyWish(
    wish,
    {
      place,
      rounds: kept.rounds,
      report: flags.report,
      intent,
      connection,
    },
    context,
  );
}

/** A job of files is run again whole: what is there already is not written or sent twice. */
function retryFileJob(
  { job, connection: then }: FileAgain,
  { report }: RetryFlags,
  context: CommandContext,
): Promise<SummaryFacts> {
  const connection = connectionAgain(context.connection, then);
  const again: CommandContext = { ...context, connection, app: (use) => context.app({ connection, ...use }) };
  context.console.say(commandOf(job));
  if (job.command === 'import') return importWish(job.asked, report, again);
  if (job.command === 'copy') return copyFromFile(job.asked, { report, dryRun: false }, again);
  const { references, listFile, path } = job.asked;
  return writeWish(job.asked, exportPlace(references, { list: listFile, output: path }), report, again);
}
