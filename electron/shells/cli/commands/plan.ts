import { formatBytes } from '../../../contract/format.ts';
import type { PlannedImage } from '../../../contract/models.ts';
import { readWish } from '../../../app/wishes.ts';
import { copyWishOptions, type CopyFlags } from '../options.ts';
import { type CommandContext, exitStatus } from '../run.ts';

/** `plan SOURCE DESTINATION…`: what copying would do; changes nothing. */
export async function plan(
  source: string,
  destinations: readonly string[],
  flags: CopyFlags,
  context: CommandContext,
): Promise<number> {
  const { console, signal } = context;
  const { words } = console;
  const wish = readWish({ source, destinations, allTags: flags.allTags, options: copyWishOptions(flags) });
  const app = await context.app();
  const images = { total: 0, copy: 0, unchanged: 0, skip: 0, fail: 0 };
  const bytes = { toSend: 0, toMount: 0, present: 0 };
  const failures: object[] = [];
  for await (const image of app.plan(wish, signal)) {
    images.total++;
    images[image.action]++;
    bytes.toSend += image.bytes.toSend;
    bytes.toMount += image.bytes.toMount;
    bytes.present += image.bytes.present;
    console.event('plan', image);
    console.result(
      `${words.actions[image.action]} ${image.source} → ${image.destination}${detailOf(image, words.planned)}`,
    );
    for (const notice of image.notices) console.result(`  ${words.note}: ${notice.text}`);
    if (image.failure === undefined) continue;
    failures.push({ source: image.source, destination: image.destination, ...image.failure });
    console.failure(image.failure);
  }
  console.result(words.planned(formatBytes(bytes.toSend), formatBytes(bytes.toMount), formatBytes(bytes.present)));
  const ok = images.fail === 0;
  console.summary({ ok, images, bytes, failures });
  return ok ? exitStatus.ok : exitStatus.failed;
}

function detailOf(image: PlannedImage, planned: (toSend: string, toMount: string, present: string) => string): string {
  if (image.action !== 'copy') return '';
  const { toSend, toMount, present } = image.bytes;
  return `  ${planned(formatBytes(toSend), formatBytes(toMount), formatBytes(present))}`;
}
