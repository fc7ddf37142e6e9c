import type { imageCommands } from '../../../contract/images.ts';
import type { ErrorKind } from '../../../contract/errors.ts';
import type { InputOf, OutputOf } from '../../../contract/commands.ts';
import type { Comparison, ImageName, ImageRow } from '../../../contract/images.ts';
import type { ImageDescription } from '../../../contract/models.ts';
import { asCopyError, mapLimited, mapReference, previewMapping, readImageList } from '../../../engine/engine.ts';
import { formatReference, type Reference, withDefaultTag } from '../../../oci/reference.ts';
import { FindingError } from '../../findings.ts';
import type { CallContext, HandlersOf } from '../context.ts';
import { failureForWindow } from '../failures.ts';
import { noVariables } from '../given-text.ts';
import { pageOf } from '../pages.ts';
import { KnownPlaces } from '../places.ts';
import { descriptionForWindow } from '../planned.ts';
import { shownFindings } from '../shown.ts';

type Names = keyof typeof imageCommands;

const looksAtOnce = 8;

/** Failures that mean a registry keeps its list closed, not that it cannot be asked. */
const closed: ReadonlySet<ErrorKind> = new Set([
  'unauthorized',
  'forbidden',
  'not-found',
  'unsupported',
  'refused',
  'protocol',
]);

/** Commands about what places hold. */
export const imageHandlers: HandlersOf<Names> = {
  'images.repositories': repositories,
  'images.tags': tags,
  'images.details': async ({ images }, context) => {
    const places = await KnownPlaces.read(context.parts.registries);
    const rows = await mapLimited(images, looksAtOnce, async (image) => {
      try {
        return await rowOf(image, places, context);
      } catch (thrown) {
        if (context.signal.aborted) throw thrown;
        return { failure: failureForWindow(thrown, 'images.details') };
      }
    });
    return { rows };
  },
  'images.compare': compare,
  'images.describe': async ({ image }, context) => {
    const { parts, signal } = context;
    const reference = (await KnownPlaces.read(parts.registries)).reference(image);
    return descriptionForWindow(await parts.door.looks.inspect(formatReference(reference), signal));
  },
  'images.preview': async ({ images, template, registry }, { parts }) => {
    const places = await KnownPlaces.read(parts.registries);
    const whole = places.template({ registry, template });
    const { rows, conflicts } = previewMapping(
      whole,
      images.map((image) => places.reference(image)),
    );
    return {
      rows: rows.map(({ source, destination, finding }) => ({
        source: formatReference(source),
        ...(destination && { destination: formatReference(destination) }),
        ...(finding && { failure: failureForWindow(new FindingError(template, finding), 'images.preview') }),
      })),
      conflicts: conflicts.map(({ destination }) => formatReference(destination)),
    };
  },
  'images.pasted': async ({ text, place }, { parts }) => {
    const host = place && (await KnownPlaces.read(parts.registries)).registryAt(place).host;
    const { images, findings } = readPasted(text, host);
    return {
      images: images.slice(0, 20_000).map(({ reference }) => ({
        reference: formatReference(reference),
        repository: reference.path,
        host: reference.host,
        ...(reference.tag === undefined ? {} : { tag: reference.tag }),
        ...(reference.digest === undefined ? {} : { digest: reference.digest }),
      })),
      findings: shownFindings(findings),
    };
  },
};

async function repositories(
  { place, ...query }: InputOf<'images.repositories'>,
  { parts, memories, signal, windowSignal }: CallContext,
): Promise<OutputOf<'images.repositories'>> {
  const { host, namespaces } = (await KnownPlaces.read(parts.registries)).registryAt(place);
  const better = await parts.vendors.repositories(host, query, signal);
  if (better !== undefined) return { ...better, listing: 'vendor' };
  const pageOfPaths = (paths: readonly string[]): Pick<OutputOf<'images.repositories'>, 'repositories' | 'next'> => {
    const { search } = query;
    const found = search === undefined ? paths : paths.filter((path) => path.includes(search));
    const { rows, ...next } = pageOf(found, query.after, query.most);
    return { repositories: rows.map((path) => ({ path })), ...next };
  };
  try {
    const listed = await memories.catalogs.get(
      host,
      async () => (await parts.door.looks.repositories(host, windowSignal)).repositories,
    );
    return { ...pageOfPaths(listed), listing: 'catalog' };
  } catch (thrown) {
    if (!closed.has(asCopyError(thrown, { side: 'source', op: 'catalog', subject: host }).kind)) throw thrown;
    const why = failureForWindow(thrown, 'images.repositories');
    return { ...pageOfPaths(namespaces), listing: namespaces.length > 0 ? 'typed' : 'closed', why };
  }
}

async function tags(
  { place, repository, after, most }: InputOf<'images.tags'>,
  { parts, memories, signal, windowSignal }: CallContext,
): Promise<OutputOf<'images.tags'>> {
  const { host } = (await KnownPlaces.read(parts.registries)).registryAt(place);
  const query = { repository, most, ...(after === undefined ? {} : { after }) };
  const better = await parts.vendors.tags(host, query, signal);
  if (better !== undefined) return better;
  const name = `${host}/${repository}`;
  const listed = await memories.tags.get(
    name,
    async () => (await parts.door.looks.tags(name, false, windowSignal)).tags,
  );
  const { rows, ...next } = pageOf(listed, after, most);
  return { rows: rows.map((tag) => ({ repository, tag })), ...next };
}

async function rowOf(image: ImageName, places: KnownPlaces, context: CallContext): Promise<ImageRow> {
  const { tag = 'latest', repository } = image;
  const { digest, manifests } = await describe(places.reference(image), context);
  const images = manifests.filter((manifest) => !manifest.isAttestation);
  return {
    repository,
    tag,
    digest,
    sizeBytes: images.reduce((sum, { totalBytes }) => sum + totalBytes, 0),
    platforms: [...new Set(images.flatMap(({ platform }) => platform ?? []))].slice(0, 100),
  };
}

async function compare(
  { images, destination }: InputOf<'images.compare'>,
  context: CallContext,
): Promise<OutputOf<'images.compare'>> {
  const places = await KnownPlaces.read(context.parts.registries);
  const template = places.template(destination);
  const rows = images.map((image) => mapReference(template, places.reference(image)));
  const states = await mapLimited(rows, looksAtOnce, (row) => comparisonOf(row.source, row.destination, context));
  return { states, references: rows.map((row) => (row.destination ? formatReference(row.destination) : '')) };
}

async function comparisonOf(
  source: Reference,
  destination: Reference | undefined,
  context: CallContext,
): Promise<Comparison> {
  const { signal, parts } = context;
  if (destination === undefined) return 'unknown';
  try {
    const wanted = source.digest ?? (await digestOf(source, context));
    // what is there changes as we copy, so it is asked each time
    const found = await parts.door.looks.digest(formatReference(destination), signal);
    if (wanted === undefined) return 'unknown';
    if (found === undefined) return 'new';
    return found === wanted ? 'same' : 'differs';
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    return 'unknown';
  }
}

/** Out of what is known of the image, or is being asked already; else by one HEAD. Undefined when there is no such image. */
async function digestOf(reference: Reference, context: CallContext): Promise<string | undefined> {
  const { parts, memories, windowSignal } = context;
  const name = formatReference(withDefaultTag(reference));
  const known = await memories.descriptions.kept(name)?.catch(() => undefined);
  return known?.digest ?? memories.digests.get(name, () => parts.door.looks.digest(name, windowSignal));
}

/** What the grid shows of an image. By digest it never changes; by tag it is believed for some minutes. */
function describe(reference: Reference, { parts, memories, windowSignal }: CallContext): Promise<ImageDescription> {
  const name = formatReference(withDefaultTag(reference));
  return memories.descriptions.get(name, async () =>
    descriptionForWindow(await parts.door.looks.look(name, windowSignal)),
  );
}

/** In a list of lines a name without a host is one of the place it was pasted into. */
function readPasted(text: string, host: string | undefined): ReturnType<typeof readImageList> {
  const read = readImageList(text, noVariables);
  if (host === undefined || read.kinds.some((kind) => kind !== 'lines')) return read;
  const whole = text.replace(/^([ \t]*)(?![#\s])(?=\S)(?![^\s/]*[.:][^\s/]*\/|localhost\/)/gm, `$1${host}/`);
  return readImageList(whole, noVariables);
}
