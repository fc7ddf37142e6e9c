import { formatBytes } from '../../contract/format.ts';
import type { PlannedImage } from '../../contract/models.ts';
import { refuse } from '../../app/places.ts';
import type { App } from '../../app/app.ts';
import type { Prepared } from '../../app/prepare.ts';
import type { ReadWish } from '../../app/wishes.ts';
import { sayFindings } from './findings.ts';
import type { CommandContext } from './run.ts';
import { noImages, type Place, type PlacedFailure, type SummaryFacts } from './summary.ts';
import type { Words } from './words.ts';

/** What a plan is of, as typed. */
interface Planning {
  readonly place: Place;
  readonly report: string | undefined;
}

/** Says what copying a wish would do; changes nothing. */
export async function planWish(wish: ReadWish, planning: Planning, context: CommandContext): Promise<SummaryFacts> {
  const { console, signal } = context;
  refuseReport(planning);
  const app = await context.app({ copies: true, ...(wish.auths === undefined ? {} : { auths: wish.auths }) });
  const prepared = await app.prepare(wish, signal);
  sayFindings(console, [...prepared.findings, ...app.lint(wish)]);
  return planPrepared(app, prepared, wish.options, planning, context);
}

/** Says what copying what was prepared would do; changes nothing. */
export async function planPrepared(
  app: App,
  prepared: Prepared,
  options: ReadWish['options'],
  planning: Planning,
  context: CommandContext,
): Promise<SummaryFacts> {
  const { console, signal } = context;
  const { words } = console;
  refuseReport(planning);
  const images = { total: 0, copy: 0, unchanged: 0, skip: 0, fail: 0 };
  const bytes = { toSend: 0, toMount: 0, present: 0, toFetch: 0, direct: 0, cached: 0 };
  const failures: PlacedFailure[] = [];
  for await (const image of app.plan(prepared, options, signal)) {
    images.total++;
    images[image.action]++;
    bytes.toSend += image.bytes.toSend;
    bytes.toMount += image.bytes.toMount;
    bytes.present += image.bytes.present;
    bytes.toFetch += image.bytes.toFetch ?? 0;
    bytes.direct += image.bytes.direct ?? 0;
    bytes.cached += image.bytes.cached ?? 0;
    console.event('plan', image);
    console.result(`${words.actions[image.action]} ${image.source} → ${image.destination}${detailOf(image, words)}`);
    for (const notice of image.notices) console.result(`  ${words.note}${words.colon}${notice.text}`);
    if (image.failure === undefined) continue;
    failures.push({ source: image.source, destination: image.destination, ...image.failure });
    console.failure(image.failure, `${image.source} → ${image.destination}`);
  }
  if (images.total === 0 && prepared.findings.length === 0) console.warn(words.noTags(planning.place.source));
  const isCached = !app.isDirect;
  const diskBytes = isCached ? bytes.toFetch - bytes.direct : 0;
  console.event('planned', { images, bytes, disk: { needed: diskBytes, isDirect: !isCached } });
  console.result(plannedBytes(bytes, words));
  if (isCached)
    console.result(words.plannedHere(formatBytes(bytes.toFetch), formatBytes(diskBytes), formatBytes(bytes.cached)));
  else console.result(words.plannedDirect(formatBytes(bytes.toFetch)));
  const { total, unchanged, skip: skipped, fail: failed } = images;
  return context.facts({ ok: failed === 0, images: { ...noImages, total, unchanged, skipped, failed }, failures });
}

function refuseReport({ report }: Planning): void {
  if (report !== undefined) throw refuse('a plan writes no report; leave --report out, or read --json');
}

function detailOf(image: PlannedImage, words: Words): string {
  return image.action === 'copy' ? `${words.colon}${plannedBytes(image.bytes, words)}` : '';
}

function plannedBytes(bytes: PlannedImage['bytes'], words: Words): string {
  return words.planned(formatBytes(bytes.toSend), formatBytes(bytes.toMount), formatBytes(bytes.present));
}
