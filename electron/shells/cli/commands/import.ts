import { formatBytes } from '../../../contract/format.ts';
import { carryIntent } from '../../../app/carrying/carry-intents.ts';
import { readMapping } from '../../../app/carrying/map-rules.ts';
import type { ImportWish } from '../../../app/carrying/wishes.ts';
import { readReference } from '../../../app/places.ts';
import { readOptions } from '../../../app/wishes.ts';
import { showingBytes } from '../byte-picture.ts';
import { carryWordsOf } from '../carry-words.ts';
import { copyPrepared } from '../copying.ts';
import { type ChoiceFlags, copyWishOptions, type CopyFlags, type ImportFlags } from '../options.ts';
import { checkReportFile } from '../report.ts';
import type { CommandContext } from '../run.ts';
import type { Place, SummaryFacts } from '../summary.ts';
import { endOfCheck, sayFile } from './verify.ts';

/** `import FILE… --to HOST[/PREFIX]`: everything in the file is checked before anything is pushed. */
export async function importFiles(
  files: readonly string[],
  flags: ImportFlags,
  context: CommandContext,
): Promise<SummaryFacts> {
  const { console, signal, connection } = context;
  const options = copyWishOptions(flags);
  const wish: ImportWish = { files, to: flags.to, maps: flags.map, createsProjects: flags.createProjects, options };
  const copyOptions = readOptions(options);
  readMapping(wish.to, wish.maps);
  if (flags.report !== undefined) await checkReportFile(flags.report);
  const app = await context.app({ copies: true });
  const carrier = app.carrier();
  try {
    const words = carryWordsOf(console.language);
    const file = await carrier.open(files, {}, signal);
    sayFile(file, console);
    const check = await showingBytes(console, words.checking, (received) => file.verify(received, signal));
    const failed = endOfCheck(file, check, files.join(' '), context);
    if (failed !== undefined) return failed;
    console.say(words.checked(check.blobs, formatBytes(check.bytes)));
    const prepared = await carrier.prepareImport(file, wish, signal);
    if (prepared.requests.length + prepared.refused.length === 0) console.warn(words.noImages(file.name));
    const place = importPlace(files, flags);
    const intent = carryIntent({ command: 'import', place, options, asked: wish, connection });
    return await copyPrepared(app, prepared, copyOptions, { place, rounds: 0, report: flags.report, intent }, context);
  } finally {
    await carrier.close();
  }
}

/** What the arguments say is the source, and what the destination. */
export function importPlace(files: readonly string[], flags: Pick<ImportFlags, 'to'>): Place {
  return { source: files.join(' '), destination: flags.to };
}

/** `copy` whose source is `oci:DIR[:NAME]` or another place of a file. */
export async function copyFromFile(
  source: string,
  destinations: readonly string[],
  flags: CopyFlags & ChoiceFlags,
  context: CommandContext,
): Promise<SummaryFacts> {
  const { signal, connection } = context;
  const options = copyWishOptions(flags);
  const copyOptions = readOptions(options);
  const references = destinations.map(readReference);
  if (flags.report !== undefined) await checkReportFile(flags.report);
  const app = await context.app({ copies: true });
  const carrier = app.carrier();
  try {
    const prepared = await carrier.prepareCopy(source, references, signal);
    const place: Place = { source, destination: destinations.join(' ') };
    const asked = { source, destinations };
    const intent = carryIntent({ command: 'copy', place, options, asked, connection });
    return await copyPrepared(app, prepared, copyOptions, { place, rounds: 0, report: flags.report, intent }, context);
  } finally {
    await carrier.close();
  }
}
