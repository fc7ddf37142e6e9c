import type { CopyWish } from '../../../contract/requests.ts';
import { isFilePlace, readFilePlace } from '../../../app/carrying/file-places.ts';
import type { ExportWish } from '../../../app/carrying/wishes.ts';
import { intentOf } from '../../../app/intents.ts';
import { refuse } from '../../../app/places.ts';
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
  const toFile = places
    .slice(1)
    .map(readFilePlace)
    .filter((place) => place !== undefined);
  const [source = ''] = places;
  if (flags.list === undefined && toFile.length > 0) return copyToFile(places, flags, context);
  if (flags.list === undefined && isFilePlace(source)) {
    if (flags.dryRun || tagWish(flags) !== undefined)
      throw refuse(`${source} is a file: leave --dry-run and the choice of tags out`);
    return copyFromFile(source, places.slice(1), flags, context);
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
  places: readonly string[],
  flags: CopyFlags & ChoiceFlags,
  context: CommandContext,
): Promise<SummaryFacts> {
  const [source = '', destination = '', ...more] = places;
  const place = readFilePlace(destination);
  if (place === undefined || more.length > 0)
    throw refuse('a file is the only destination of a copy; use export for more');
  if (flags.dryRun) throw refuse('there is no plan for a copy into a file; leave --dry-run out');
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
