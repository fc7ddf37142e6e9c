import { formatBytes } from '../../../contract/format.ts';
import type { JobSummary } from '../../../contract/models.ts';
import { carryIntent } from '../../../app/carrying/carry-intents.ts';
import { readExport } from '../../../app/carrying/export-plan.ts';
import type { ExportWish } from '../../../app/carrying/wishes.ts';
import { refuse } from '../../../app/places.ts';
import { carryWordsOf } from '../carry-words.ts';
import { copyWishOptions, type ExportFlags, tagWish } from '../options.ts';
import { ProgressBoard } from '../progress.ts';
import { checkReportFile, writeReport } from '../report.ts';
import type { CommandContext } from '../run.ts';
import { failuresOf, type Place, showSummary, type SummaryFacts } from '../summary.ts';

/** `export -o FILE REFERENCE…`: images into a file that crosses a gap. */
export async function exportToFile(
  references: readonly string[],
  flags: ExportFlags,
  context: CommandContext,
): Promise<SummaryFacts> {
  const { set, volume, volumeSize, list, sign } = flags;
  if ((set === undefined) !== (volume === undefined)) throw refuse('--set and --volume go together');
  const tags = tagWish(flags);
  const wish: ExportWish = {
    references,
    path: flags.output,
    format: flags.format,
    bases: flags.base,
    compression: flags.zstd ? 'zstd' : 'none',
    options: copyWishOptions({ ...flags, force: false, onConflict: 'overwrite', dryRun: false }),
    ...(volumeSize === undefined ? {} : { volumeBytes: volumeSize }),
    ...(list === undefined ? {} : { listFile: list }),
    ...(tags === undefined ? {} : { tags }),
    ...(sign === undefined ? {} : { keyFile: sign }),
    ...(set === undefined || volume === undefined ? {} : { again: { set, volume } }),
  };
  return writeWish(wish, exportPlace(references, flags), flags.report, context);
}

/** What the arguments say is the source, and what the destination. */
export function exportPlace(
  references: readonly string[],
  { list, output }: { readonly list?: string | undefined; readonly output: string },
): Place {
  return { source: [...(list === undefined ? [] : [list]), ...references].join(' '), destination: output };
}

/** Writes a wish into a file, shows how it goes and what was written. */
export async function writeWish(
  wish: ExportWish,
  place: Place,
  report: string | undefined,
  context: CommandContext,
): Promise<SummaryFacts> {
  const { console, signal, connection } = context;
  const words = carryWordsOf(console.language);
  const read = await readExport(wish);
  if (report !== undefined) await checkReportFile(report);
  const app = await context.app({ copies: true });
  const carrier = app.carrier();
  const board = new ProgressBoard(console);
  try {
    const intent = carryIntent({ command: 'export', place, options: wish.options, asked: wish, connection });
    const begun = (job: number, attempt: number): void => context.begun(String(job), attempt);
    const end = await carrier.export(read, { intent, begun }, board, signal).finally(() => board.close());
    const facts = context.facts({ ...end, failures: failuresOf(end.results) });
    const { file } = end;
    if (file !== undefined) {
      console.event('exported', { format: wish.format, ...file });
      for (const path of file.paths) console.result(words.written(path));
      if (file.paths.length === 0) console.result(words.nothingMissing);
      if (file.set !== undefined) console.result(words.set(file.set, file.volumes));
      console.result(words.contents(file.blobs, formatBytes(file.blobBytes), formatBytes(file.totalBytes)));
      if (file.leftOut > 0) console.result(words.leftOut(file.leftOut, formatBytes(file.leftOutBytes)));
    }
    const shown: JobSummary = { ...facts, results: end.results };
    showSummary(console, shown);
    if (report !== undefined) await writeReport(report, facts, end.results);
    return facts;
  } finally {
    board.close();
    await carrier.close();
  }
}
