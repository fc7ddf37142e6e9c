import { formatReference } from '../../oci/reference.ts';
import type { ImageGroup, ImageName } from '../../contract/images.ts';
import { type CopyOrder, mostOrdered } from '../../contract/plans.ts';
import { assertNever, type CopyOptions, formatSyncPlace } from '../../engine/engine.ts';
import { readListText, readOptions, type ReadWish, refuseIfStopped } from '../wishes.ts';
import { type FromFile, readBundleOrder } from './bundle-order.ts';
import { refuseRequest } from './failures.ts';
import { type NamedText, noVariables, readGiven } from './given-text.ts';
import type { ExtraAccess, WindowParts } from './parts.ts';
import { KnownPlaces } from './places.ts';
import { concurrency } from './setting-list.ts';
import { readSyncText } from './sync-text.ts';

/** An order in the words of the app. */
export interface ReadOrder {
  readonly wish: ReadWish;
  readonly title: string;
  readonly command: 'copy' | 'sync' | 'import';
  readonly extra?: ExtraAccess;
  /** What of it is of an open file. */
  readonly fromFile?: FromFile;
}

type Parts = Pick<WindowParts, 'registries' | 'files' | 'settings' | 'carry'>;
type FileOrder = Extract<CopyOrder, { readonly file: unknown }>;

/** Reads what was ordered; throws CopyError or OciError for what cannot be read, before any registry is asked. */
export async function readOrder(order: CopyOrder, parts: Parts, signal: AbortSignal): Promise<ReadOrder> {
  const places = await KnownPlaces.read(parts.registries);
  const options = readOptions({ ...order.options, concurrency: await parts.settings.get(concurrency) });
  if ('images' in order) {
    const sources = order.images.flatMap(namesOf).map((image) => places.reference(image));
    if (sources.length > mostOrdered) throw refuseRequest(`an order names at most ${mostOrdered} images`, 'order');
    const origin = {
      kind: 'list',
      sources,
      templates: order.destinations.map((each) => places.template(each)),
    } as const;
    const title = titleOf(sources.map(formatReference), hostsOf(order.destinations, places));
    return { wish: { origin, options, refused: [], findings: [] }, title, command: 'copy' };
  }
  if ('bundle' in order) return readBundleOrder(order, options, places, parts);
  const given = await readGiven(order.file, parts.files, signal);
  const auth = order.auth && (await readGiven(order.auth, parts.files, signal));
  const extra = auth && ({ kind: 'auth-text', text: auth.text } as const);
  switch (order.kind) {
    case 'list':
      return { ...readList(order, given, places, options), ...(extra && { extra }) };
    case 'image-syncer':
      return readRules(given, options, extra);
    default:
      return assertNever(order.kind);
  }
}

/** The images that one entry of an order names. */
export function namesOf(image: ImageName | ImageGroup): readonly ImageName[] {
  if (!('tags' in image)) return [image];
  const { tags, ...rest } = image;
  return tags.map((tag) => ({ ...rest, tag }));
}

function readList(
  { destinations = [] }: FileOrder,
  { name, text }: NamedText,
  places: KnownPlaces,
  options: CopyOptions,
): ReadOrder {
  if (destinations.length === 0) throw refuseRequest('a list of images needs a destination', name);
  const list = readListText(name, text, noVariables, () => destinations.map((each) => places.template(each)));
  const title = titleOf(list.origin.sources.map(formatReference), hostsOf(destinations, places));
  return { wish: { ...list, options }, title, command: 'copy' };
}

function readRules({ name, text }: NamedText, options: CopyOptions, given: ExtraAccess | undefined): ReadOrder {
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
