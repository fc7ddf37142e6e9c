import type { CopyWish } from '../../../contract/requests.ts';
import { type FilePlace, isFilePlace, readFilePlace } from '../../../app/carrying/file-places.ts';
import type { ExportWish } from '../../../app/carrying/wishes.ts';
import { type FindingCode, FindingError, finding } from '../../../app/findings.ts';
import { intentOf } from '../../../app/intents.ts';
import { readWish } from '../../../app/wishes.ts';
import { copyWish } from '../copying.ts';
import { type ChoiceFlags, copyWishOptions, type CopyFlags, tagWish } from '../options.ts';
import { planWish } from '../planning.ts';
import type { CommandContext } from '../run.ts';
import { writeWish } from './export.ts';
import { copyFromFile } from './import.ts';
import { type Place, type SummaryFacts, titleOf } from '../summary.ts';

/** `copy SOURCE DESTINATION…`, or with `--list` `copy DESTINATION…`; with `--dry-run` only the plan. */
export async function copy(
  places: readonly string[],
  flags: CopyFlags & ChoiceFlags,
  context: CommandContext,
): Promise<SummaryFacts> {
  const destinations = flags.list === undefined ? places.slice(1) : places;
  const [source = ''] = places;
  const toFile = destinations.find(isFilePlace);
  if (toFile !== undefined) {
    if (flags.list !== undefined || destinations.length > 1) throw unfit('file-only-destination', toFile);
    return copyToFile(source, toFile, flags, context);
  }
  if (flags.list === undefined && isFilePlace(source)) {
    if (tagWish(flags) !== undefined) throw unfit('file-takes-no-tags', source);
    return copyFromFile({ source, destinations, options: copyWishOptions(flags) }, flags, context);
  }
  const asked = wishOf(places, flags);
  const wish = await readWish(asked);
  const place = placeOf(places, flags);
  if (flags.dryRun) return planWish(wish, { place, report: flags.report }, context);
  const intent = intentOf({
    command: 'copy',
    title: titleOf(place),
    asked,
    options: asked.options,
    rounds: 0,
    connection: context.connection,
  });
  return copyWish(wish, { place, rounds: 0, report: flags.report, intent }, context);
}

/** `plan SOURCE DESTINATION…`: what copying would do; changes nothing. */
export async function plan(
  places: readonly string[],
  flags: CopyFlags & ChoiceFlags,
  context: CommandContext,
): Promise<SummaryFacts> {
  return copy(places, { ...flags, dryRun: true }, context);
}

/** `copy` into `oci:DIR[:NAME]` or another place of a file. */
async function copyToFile(
  source: string,
  destination: string,
  flags: CopyFlags & ChoiceFlags,
  context: CommandContext,
): Promise<SummaryFacts> {
  if (flags.dryRun) throw unfit('file-takes-no-plan', destination);
  const place: FilePlace | undefined = readFilePlace(destination);
  if (place === undefined) throw new Error('only places of files are written');
  const tags = tagWish(flags);
  const wish: ExportWish = {
    references: [source],
    path: place.path,
    format: place.kind,
    bases: [],
    compression: 'none',
    options: copyWishOptions(flags),
    ...(place.name === undefined ? {} : { name: place.name }),
    ...(tags === undefined ? {} : { tags }),
  };
  return writeWish(wish, { source, destination }, flags.report, context);
}

function unfit(code: FindingCode, place: string): FindingError {
  return new FindingError(place, finding(code, {}, { place }));
}

/** What the arguments say is the source, and what the destination. */
export function placeOf(places: readonly string[], flags: Pick<ChoiceFlags, 'list'>): Place {
  return flags.list === undefined
    ? { source: places[0] ?? '', destination: places.slice(1).join(' ') }
    : { source: flags.list, destination: places.join(' ') };
}

function wishOf(places: readonly string[], flags: CopyFlags & ChoiceFlags): CopyWish {
  const tags = tagWish(flags);
  return {
    source: flags.list === undefined ? places[0] : undefined,
    destinations: flags.list === undefined ? places.slice(1) : places,
    options: copyWishOptions(flags),
    ...(tags === undefined ? {} : { tags }),
    ...(flags.list === undefined ? {} : { listFile: flags.list }),
  };
}
