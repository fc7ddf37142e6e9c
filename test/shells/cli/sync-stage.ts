import { image, type SampleManifest } from '../../fakes/images.ts';
import { assertWorldIsWhole } from '../../fakes/oracle.ts';
import { push } from '../../fakes/push.ts';
import { ferry, type FerryEnd, type FerryOptions } from './ferry.ts';
import { fileWith, openDock, type WatchedDock } from './stage.ts';
import { jsonOf, type Summary } from './summary-shape.ts';

/** An image that is the same whenever asked for by the same name. */
export function named(name: string): SampleManifest {
  return image({ seed: name, layers: [2000] });
}

/** A dock that holds these repositories, each tag an image named `repository:tag`. */
export async function openShelf(shelf: Readonly<Record<string, readonly string[]>>): Promise<WatchedDock> {
  const dock = await openDock();
  for (const [repository, tags] of Object.entries(shelf))
    for (const tag of tags) await push(dock.url, repository, tag, named(`${repository}:${tag}`));
  dock.requests.length = 0;
  return dock;
}

/** How `sync` over a file with this text ended. */
export interface SyncEnd extends FerryEnd {
  readonly events: ReturnType<typeof jsonOf>['events'];
  readonly summary: Summary;
}

/** Runs `sync --images` over a file with this text, with `--json`. */
export async function syncImages(
  text: string,
  more: readonly string[] = [],
  options: FerryOptions & { readonly suffix?: string } = {},
): Promise<SyncEnd> {
  const file = await fileWith(text, options.suffix ?? '.yaml');
  return jsonEnd(await ferry(['sync', '--images', file, ...more, '--json'], options));
}

/** The end of a run with `--json` and what it said. */
export function jsonEnd(end: FerryEnd): SyncEnd {
  return { ...end, ...jsonOf(end) };
}

/** What the tags of a dock stand for, after everything they reach was found whole. */
export async function tagsAt(dock: WatchedDock): Promise<Readonly<Record<string, string>>> {
  return (await assertWorldIsWhole({ url: dock.url })).tags;
}

/** `{ place: digest }` for tags that hold the images of that name. */
export function holding(places: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(places).map(([place, name]) => [place, named(name).digest]));
}

/** The codes of the findings that were told. */
export function findingsOf({ events }: SyncEnd): readonly unknown[] {
  return events.filter((line) => line.event === 'finding').map((line) => line['code']);
}
