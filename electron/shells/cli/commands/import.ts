import { formatBytes } from '../../../contract/format.ts';
import type { Carrier, CarriedFile, FileCheck } from '../../../app/carrying/carrier.ts';
import { carryIntent } from '../../../app/carrying/carry-intents.ts';
import type { CopyFromFile } from '../../../app/carrying/file-jobs.ts';
import { readMapping } from '../../../app/carrying/map-rules.ts';
import { checkTrustWish } from '../../../app/carrying/senders.ts';
import type { ImportWish } from '../../../app/carrying/wishes.ts';
import { isLibraryPlace, readReference } from '../../../app/places.ts';
import { readOptions } from '../../../app/wishes.ts';
import { showingBytes } from '../byte-picture.ts';
import { carryWordsOf } from '../carry-words.ts';
import { copyPrepared } from '../copying.ts';
import { copyWishOptions, type ImportFlags, trustWish } from '../options.ts';
import { planPrepared } from '../planning.ts';
import { checkReportFile } from '../report.ts';
import type { CommandContext } from '../run.ts';
import type { Place, SummaryFacts } from '../summary.ts';
import { endOfCheck, sayFile, saySender } from './verify.ts';

/** `import FILE… [--to HOST[/PREFIX]]`: everything in the file is checked before anything is pushed. */
export function importFiles(
  files: readonly string[],
  flags: ImportFlags,
  context: CommandContext,
): Promise<SummaryFacts> {
  const wish: ImportWish = {
    files,
    maps: flags.map,
    createsProjects: flags.createProjects,
    isPartial: flags.partial,
    options: copyWishOptions(flags),
    ...(flags.to === undefined ? {} : { to: flags.to }),
    ...trustWish(flags),
  };
  return importWish(wish, flags.report, context);
}

/** Brings what a wish names from files to where they go, and shows how it goes. */
export async function importWish(
  wish: ImportWish,
  report: string | undefined,
  context: CommandContext,
): Promise<SummaryFacts> {
  const { console, signal, connection } = context;
  const { files, to, options } = wish;
  const copyOptions = readOptions(options);
  const { isLibrary } = readMapping(to, wish.maps);
  checkTrustWish(wish);
  if (report !== undefined) await checkReportFile(report);
  const app = await context.app({ copies: true, isDirect: isLibrary !== true });
  const carrier = app.carrier();
  try {
    const words = carryWordsOf(console.language);
    const text = files.join(' ');
    const file = await carrier.open(files, { acceptIncomplete: wish.isPartial === true }, signal);
    sayFile(file, console);
    const sender = await carrier.trust(file, wish);
    const check = await showingBytes(console, words.checking, (received) => file.verify(received, signal));
    const isTaken = wish.isPartial === true && check.images.some(({ isComplete }) => isComplete);
    const failed = endOfCheck(file, check, text, context);
    if (failed !== undefined && !isTaken) return failed;
    if (failed === undefined) console.say(words.checked(check.blobs, formatBytes(check.bytes)));
    saySender(sender, console);
    const prepared = await prepare(carrier, file, wish, check, context);
    await carrier.remember(sender);
    const place = importPlace(files, { to });
    const intent = carryIntent({ command: 'import', place, options, asked: wish, connection });
    return await copyPrepared(app, prepared, copyOptions, { place, rounds: 0, report, intent }, context);
  } finally {
    await carrier.close();
  }
}

async function prepare(
  carrier: Carrier,
  file: CarriedFile,
  wish: ImportWish,
  check: FileCheck,
  { console, signal }: CommandContext,
): ReturnType<Carrier['prepareImport']> {
  const prepared = await carrier.prepareImport(file, wish, signal, check);
  if (prepared.requests.length + prepared.refused.length === 0)
    console.warn(carryWordsOf(console.language).noImages(file.name));
  return prepared;
}

/** What the arguments say is the source, and what the destination. */
export function importPlace(
  files: readonly string[],
  { to = 'library:' }: { readonly to?: string | undefined },
): Place {
  return { source: files.join(' '), destination: to };
}

/** `copy` whose source is `oci:DIR[:NAME]` or another place of a file. */
export async function copyFromFile(
  asked: CopyFromFile,
  { report, dryRun }: { readonly report?: string | undefined; readonly dryRun: boolean },
  context: CommandContext,
): Promise<SummaryFacts> {
  const { signal, connection } = context;
  const { source, destinations, options } = asked;
  const copyOptions = readOptions(options);
  const references = destinations.map(readReference);
  if (report !== undefined && !dryRun) await checkReportFile(report);
  const app = await context.app({ copies: true, isDirect: !destinations.some(isLibraryPlace) });
  const carrier = app.carrier();
  try {
    const prepared = await carrier.prepareCopy(source, references, signal);
    const place: Place = { source, destination: destinations.join(' ') };
    if (dryRun) return await planPrepared(app, prepared, copyOptions, { place, report }, context);
    const intent = carryIntent({ command: 'copy', place, options, asked, connection });
    return await copyPrepared(app, prepared, copyOptions, { place, rounds: 0, report, intent }, context);
  } finally {
    await carrier.close();
  }
}
