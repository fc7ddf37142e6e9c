import { formatReference } from '../../oci/reference.ts';
import { parsePlatform } from '../../oci/platform.ts';
import type { ImageGroup, ImageName } from '../../contract/images.ts';
import { type CopyOrder, type CopyOrderOptions, mostOrdered } from '../../contract/plans.ts';
import { assertNever, type CopyOptions, type Finding, formatSyncPlace, readImageList } from '../../engine/engine.ts';
import { FindingError } from '../findings.ts';
import type { ReadWish } from '../wishes.ts';
import { refuseRequest } from './failures.ts';
import { type NamedText, readGiven } from './given-text.ts';
import type { ExtraAccess, WindowParts } from './parts.ts';
import { KnownPlaces } from './places.ts';
import { concurrency } from './setting-list.ts';
import { readSyncText } from './sync-text.ts';

/** An order in the words of the app. */
export interface ReadOrder {
  readonly order: CopyOrder;
  readonly wish: ReadWish;
  readonly title: string;
  readonly command: 'copy' | 'sync';
  readonly extra?: ExtraAccess;
}

type Parts = Pick<WindowParts, 'registries' | 'files' | 'settings'>;
type FileOrder = Extract<CopyOrder, { readonly file: unknown }>;

/** Reads what was ordered; throws CopyError or OciError for what cannot be read, before any registry is asked. */
export async function readOrder(order: CopyOrder, parts: Parts, signal: AbortSignal): Promise<ReadOrder> {
  const places = await KnownPlaces.read(parts.registries);
  const options = copyOptions(order.options, await parts.settings.get(concurrency));
  if ('images' in order) {
    const sources = order.images.flatMap(namesOf).map((image) => places.reference(image));
    if (sources.length > mostOrdered) throw refuseRequest(`an order names at most ${mostOrdered} images`, 'order');
    const origin = {
      kind: 'list',
      sources,
      templates: order.destinations.map((each) => places.template(each)),
    } as const;
    const title = titleOf(sources.map(formatReference), hostsOf(order.destinations, places));
    return { order, wish: { origin, options, refused: [], findings: [] }, title, command: 'copy' };
  }
  const given = await readGiven(order.file, parts.files, signal);
  const extra = order.auth === undefined ? undefined : await readAuth(order.auth, parts, signal);
  switch (order.kind) {
    case 'list':
      return { order, ...readList(order, given, places, options), ...(extra && { extra }) };
    case 'image-syncer':
      return { order, ...readRules(given, options, extra) };
    default:
      return assertNever(order.kind);
  }
}

function namesOf(image: ImageName | ImageGroup): readonly ImageName[] {
  if (!('tags' in image)) return [image];
  const { tags, ...rest } = image;
  return tags.map((tag) => ({ ...rest, tag }));
}

function readList(
  { destinations = [] }: FileOrder,
  { name, text }: NamedText,
  places: KnownPlaces,
  options: CopyOptions,
): Pick<ReadOrder, 'wish' | 'title' | 'command'> {
  if (destinations.length === 0) throw refuseRequest('a list of images needs a destination', name);
  const { images, findings } = readImageList(text, {});
  refuseIfStopped(name, findings);
  const sources = images.map((image) => image.reference);
  const templates = destinations.map((each) => places.template(each));
  const refused = findings
    .filter((found) => found.severity === 'error')
    .map((found) => ({
      source: found.values['text'] ?? name,
      destination: '',
      line: found.where.line ?? 0,
      finding: found,
    }));
  return {
    wish: { origin: { kind: 'list', sources, templates }, options, refused, findings },
    title: titleOf(sources.map(formatReference), hostsOf(destinations, places)),
    command: 'copy',
  };
}

function readRules(
  { name, text }: NamedText,
  options: CopyOptions,
  given: ExtraAccess | undefined,
): Pick<ReadOrder, 'wish' | 'title' | 'command' | 'extra'> {
  const { rules, refused, findings, auth } = readSyncText(text);
  refuseIfStopped(name, findings);
  // as with image-syncer, the credentials of a combined file go before its auth file
  const extra = auth === undefined ? given : ({ kind: 'auths', auths: auth } as const);
  const destinations = rules.flatMap((rule) => rule.destinations.map(({ repository }) => repository.host));
  return {
    wish: { origin: { kind: 'rules', rules }, options, refused, findings },
    title: titleOf(
      rules.map(({ source }) => formatSyncPlace(source)),
      destinations,
    ),
    command: 'sync',
    ...(extra && { extra }),
  };
}

async function readAuth(handle: string, { files }: Parts, signal: AbortSignal): Promise<ExtraAccess> {
  return { kind: 'auth-text', text: (await readGiven({ handle }, files, signal)).text };
}

function copyOptions(options: CopyOrderOptions, atOnce: number): CopyOptions {
  return {
    platforms: options.platforms.map(parsePlatform),
    attestations: options.attestations,
    onConflict: options.onConflict,
    isForced: options.force,
    withReferrers: options.referrers,
    concurrency: atOnce,
  };
}

function refuseIfStopped(name: string, findings: readonly Finding[]): void {
  const stop = findings.find((found) => found.severity === 'stop');
  if (stop === undefined) return;
  const line = stop.where.line === undefined ? '' : `, line ${stop.where.line}`;
  throw new FindingError(`${name}${line}`, stop);
}

function hostsOf(destinations: NonNullable<FileOrder['destinations']>, places: KnownPlaces): readonly string[] {
  return destinations.map(({ registry }) => places.registry(registry).host);
}

/** `docker.io/library/nginx:1.27 +11 → harbor.example`, in no language. */
function titleOf(sources: readonly string[], destinations: readonly string[]): string {
  return `${firstOf(sources)} → ${firstOf([...new Set(destinations)])}`.slice(0, 500);
}

function firstOf(names: readonly string[]): string {
  return names.length > 1 ? `${names[0] ?? ''} +${names.length - 1}` : (names[0] ?? '');
}
