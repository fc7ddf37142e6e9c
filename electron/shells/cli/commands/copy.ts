import type { CopyWish } from '../../../contract/requests.ts';
import { intentOf } from '../../../app/intents.ts';
import { readWish } from '../../../app/wishes.ts';
import { copyWish } from '../copying.ts';
import { type ChoiceFlags, copyWishOptions, type CopyFlags, tagWish } from '../options.ts';
import { planWish } from '../planning.ts';
import type { CommandContext } from '../run.ts';
import { type Place, type SummaryFacts, titleOf } from '../summary.ts';

/** `copy SOURCE DESTINATION…`, or with `--list` `copy DESTINATION…`; with `--dry-run` only the plan. */
export async function copy(
  places: readonly string[],
  flags: CopyFlags & ChoiceFlags,
  context: CommandContext,
): Promise<SummaryFacts> {
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
