import type { CopyWish, CopyWishOptions, SyncWish, TagWish } from '../contract/requests.ts';
import type { JsonObject } from '../oci/fields.ts';
import { parsePlatform } from '../oci/platform.ts';
import { formatReference, type Reference } from '../oci/reference.ts';
import {
  type CopyOptions,
  type Finding,
  mapReference,
  parseSyncPlatforms,
  presetTemplate,
  readConfigFile,
  readImageList,
  readImagesFile,
  type ReferencePair,
  type RefusedPair,
  type Selection,
  selectTags,
  type SyncRule,
} from '../engine/engine.ts';
import { FindingError } from './findings.ts';
import { readReference, refuse } from './places.ts';
import { readTextFile } from './text-file.ts';

/** What was wished, in the engine's words. */
export interface ReadWish {
  readonly origin: Origin;
  readonly options: CopyOptions;
  /** What the files it came from say that cannot be done, and what an operator should know of them. */
  readonly refused: readonly RefusedPair[];
  readonly findings: readonly Finding[];
  /** Credentials that came with it. */
  readonly auths?: JsonObject;
}

/** Where the images of a wish are named. */
export type Origin =
  | { readonly kind: 'pairs'; readonly pairs: readonly ReferencePair[] }
  | {
      readonly kind: 'tags';
      readonly source: Reference;
      readonly selection: Selection;
      readonly destinations: readonly Reference[];
    }
  | { readonly kind: 'list'; readonly sources: readonly Reference[]; readonly templates: readonly string[] }
  | { readonly kind: 'rules'; readonly rules: readonly SyncRule[] };

/** Reads what `copy` was asked; throws CopyError or OciError for what cannot be read, before anything is asked. */
export async function readWish(wish: CopyWish): Promise<ReadWish> {
  const options = readOptions(wish.options);
  if (wish.listFile !== undefined) return { ...(await readList(wish, wish.listFile)), options };
  if (wish.source === undefined) throw refuse('name a source, or a file of them with --list');
  const source = readReference(wish.source);
  const destinations = wish.destinations.map(readReference);
  for (const destination of destinations) {
    if (destination.digest !== undefined)
      throw refuse(`destination ${formatReference(destination)} names a digest; name a tag or leave it out`);
    if (wish.tags !== undefined && destination.tag !== undefined)
      throw refuse('with --all-tags a destination names no tag: every image keeps its own');
  }
  if (wish.tags !== undefined && (source.tag !== undefined || source.digest !== undefined)) {
    throw refuse('with --all-tags the source is a repository, without tag or digest');
  }
  const origin: Origin =
    wish.tags === undefined
      ? { kind: 'pairs', pairs: destinations.map((destination) => ({ source, destination })) }
      : { kind: 'tags', source, destinations, selection: readSelection(wish.tags) };
  return { origin, options, refused: [], findings: [] };
}

/** Reads what `sync` was asked: image-syncer's files, unchanged; throws as `readWish` does. */
export async function readSyncWish(wish: SyncWish): Promise<ReadWish> {
  const file = wish.configFile ?? wish.imagesFile;
  if (file === undefined) throw refuse('name a file with --images or --config');
  const what = wish.configFile === undefined ? 'the images file' : 'the config file';
  const text = await readTextFile(file, what);
  const platforms = readPlatformsOfSync(wish);
  const config = wish.configFile === undefined ? undefined : readConfigFile(text, process.env);
  const read = config ?? readImagesFile(text, process.env);
  refuseIfStopped(`${what} ${file}`, read.findings);
  return {
    origin: { kind: 'rules', rules: read.rules },
    options: { ...readOptions(wish.options), syncPlatforms: platforms },
    refused: read.refused,
    findings: read.findings,
    ...(config?.auth === undefined ? {} : { auths: config.auth }),
  };
}

/** image-syncer's choice of platforms. */
export function readPlatformsOfSync({
  os,
  arch,
}: Pick<SyncWish, 'os' | 'arch'>): NonNullable<CopyOptions['syncPlatforms']> {
  return parseSyncPlatforms(os, arch);
}

async function readList(wish: CopyWish, file: string): Promise<Omit<ReadWish, 'options'>> {
  if (wish.tags !== undefined) throw refuse('--list names whole references; leave the choice of tags out');
  const text = await readTextFile(file, 'the list');
  return readListText(`the list ${file}`, text, process.env, (sources) =>
    wish.destinations.map((destination) => readTemplate(destination, sources)),
  );
}

/** Reads a text that names images; `what` it is called, and `variables` are what `$NAME` in it stands for. Throws for a text that stops. */
export function readListText(
  what: string,
  text: string,
  variables: Readonly<Record<string, string | undefined>>,
  templatesFor: (sources: readonly Reference[]) => readonly string[],
): Omit<ReadWish, 'options'> & { readonly origin: Extract<Origin, { kind: 'list' }> } {
  const { images, findings } = readImageList(text, variables);
  refuseIfStopped(what, findings);
  const sources = images.map((image) => image.reference);
  const refused = findings
    .filter((found) => found.severity === 'error')
    .map((found) => ({
      source: found.values['text'] ?? what,
      destination: '',
      line: found.where.line ?? 0,
      finding: found,
    }));
  return { origin: { kind: 'list', sources, templates: templatesFor(sources) }, refused, findings };
}

/** A destination of a list as a template; throws for one that no source could have a place by. */
function readTemplate(text: string, sources: readonly Reference[]): string {
  const template = text.includes('{') ? text : presetTemplate('keep-path', text);
  const rows = sources.map((source) => mapReference(template, source).finding);
  const [first] = rows;
  if (first !== undefined && rows.every(Boolean)) throw new FindingError(`destination ${text}`, first);
  return template;
}

/** Throws the finding that says nothing of `what` may be tried, where there is one. */
export function refuseIfStopped(what: string, findings: readonly Finding[]): void {
  const stop = findings.find((found) => found.severity === 'stop');
  if (stop === undefined) return;
  const line = stop.where.line === undefined ? '' : `, line ${stop.where.line}`;
  throw new FindingError(`${what}${line}`, stop);
}

function readSelection({ globs, patterns, range, newest, exclude }: TagWish): Selection {
  const selection = {
    globs,
    patterns,
    exclude,
    ...(range === undefined ? {} : { range }),
    ...(newest === undefined ? {} : { newest }),
  };
  const [wrong] = selectTags([], selection).findings;
  if (wrong !== undefined) throw new FindingError('the choice of tags', wrong);
  return selection;
}

/** How images are to be copied, in the engine's words; throws OciError for a platform that cannot be read. */
export function readOptions(options: CopyWishOptions): CopyOptions {
  return {
    platforms: options.platforms.map(parsePlatform),
    attestations: options.attestations,
    onConflict: options.onConflict,
    isForced: options.force,
    withReferrers: options.referrers,
    concurrency: options.concurrency,
  };
}
