import { type Command, InvalidArgumentError, Option } from 'commander';
import type { TrustWish } from '../../app/carrying/wishes.ts';
import { outputRefusal } from '../../app/output-name.ts';
import type { ConnectionWish, CopyWishOptions, TagWish, WorkspaceWish } from '../../contract/requests.ts';

/** The options of commands that reach registries, as commander gives them. */
export interface ConnectionFlags {
  readonly plainHttp: readonly string[];
  readonly insecure: readonly string[];
  readonly ca?: string;
  readonly proxy?: string;
  readonly auth?: string;
  readonly retries: number;
  readonly wait: number;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly dataDir?: string;
  readonly limitRate?: number;
  /** Only commands that copy have it. */
  readonly cache?: boolean;
}

/** The options of commands that only look at the data folder. */
export type FolderFlags = Pick<ConnectionFlags, 'json' | 'quiet' | 'dataDir'>;

/** The options of commands that copy. */
export interface CopyFlags extends ConnectionFlags {
  readonly concurrency: number;
  readonly platform: readonly string[];
  readonly referrers: boolean;
  readonly attestations: CopyWishOptions['attestations'];
  readonly force: boolean;
  readonly onConflict: CopyWishOptions['onConflict'];
  readonly dryRun: boolean;
  readonly report?: string;
}

/** The options that choose what is copied, besides the arguments. */
export interface ChoiceFlags {
  readonly allTags: boolean;
  readonly tags: readonly string[];
  readonly tagsMatching: readonly string[];
  readonly tagsRange?: string;
  readonly newest?: number;
  readonly exclude: readonly string[];
  readonly list?: string;
}

/** image-syncer's options (CLI.md, `sync`). */
export interface SyncFlags {
  readonly images?: string;
  readonly config?: string;
  readonly proc: number;
  readonly rounds: number;
  readonly os: readonly string[];
  readonly arch: readonly string[];
  readonly log?: string;
  readonly outputSuccessImages?: string;
  readonly outputFailedImages?: string;
  readonly outputImagesFormat: string;
}

/** The options of `export`. */
export interface ExportFlags
  extends ConnectionFlags,
    ChoiceFlags,
    Pick<CopyFlags, 'concurrency' | 'platform' | 'referrers' | 'attestations' | 'report'> {
  readonly output: string;
  readonly volumeSize?: number;
  readonly base: readonly string[];
  readonly format: 'bundle' | 'oci' | 'docker-archive' | 'registry-storage';
  readonly set?: string;
  readonly volume?: number;
  readonly zstd: boolean;
  readonly sign?: string;
}

/** The options of commands that read files somebody sent. */
export interface TrustFlags {
  readonly signer?: string;
  readonly expectDigest?: string;
}

/** The options of `import`. */
export interface ImportFlags extends CopyFlags, TrustFlags {
  readonly to?: string;
  readonly partial: boolean;
  readonly map: readonly string[];
  readonly createProjects: boolean;
}

/** Tries after the first one, without progress, per transfer. */
export const defaultRetries = 5;
/** Patience with a host that answered earlier, in milliseconds. */
const defaultWaitMs = 30 * 60_000;

/** Gathers the values of an option that may be repeated. */
export function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

/** Adds what every command that reaches registries has. */
export function withConnection(command: Command): Command {
  return command
    .option('--plain-http <host>', 'this host speaks plain http (repeatable)', collect, [])
    .option('--insecure <host>', 'do not check the certificate of this host (repeatable)', collect, [])
    .option('--ca <file>', 'trust the CA in this PEM file')
    .option('--proxy <url>', 'go through this proxy (else HTTPS_PROXY, HTTP_PROXY, NO_PROXY)')
    .option('--auth <file>', "credentials: image-syncer's auth file or a docker config.json")
    .option(
      '--wait <time>',
      'patience with a host that answered earlier, such as 90s or 2h (30m)',
      durationMs,
      defaultWaitMs,
    )
    .option('--limit-rate <size>', 'at most so many bytes a second over all streams, such as 10MiB', positiveSize)
    .option('--data-dir <dir>', 'where history, settings and cache lie (else IMAGE_FERRY_DATA, else the usual places)')
    .option('--json', 'one JSON object a line on stdout', false)
    .option('--quiet', 'only results and failures', false);
}

/** Adds what commands have that only look at the data folder. */
export function withFolder(command: Command): Command {
  return command
    .option('--data-dir <dir>', 'where history, settings and cache lie (else IMAGE_FERRY_DATA, else the usual places)')
    .option('--json', 'one JSON object a line on stdout', false)
    .option('--quiet', 'only results and failures', false);
}

/** Adds what every command that copies has. */
export function withCopying(command: Command): Command {
  return withPolicies(withContent(command)).option('--dry-run', 'say what would be done, and change nothing', false);
}

/** Adds what says which parts of images travel, for whatever reads them. */
function withContent(command: Command): Command {
  return withConnection(command)
    .option('--platform <os/arch>', 'only this platform (repeatable)', collect, [])
    .option('--referrers', 'take signatures, SBOMs and other referrers along (default)', true)
    .option('--no-referrers', 'leave signatures, SBOMs and other referrers behind')
    .addOption(
      new Option('--attestations <what>', 'build attestations in an index: keep (default) or drop')
        .choices(['keep', 'drop'])
        .default('keep'),
    )
    .option('--report <file>', 'write a report: .json, .csv or .html', outputPath);
}

/** Adds what says how images are put where others may be. */
function withPolicies(command: Command): Command {
  return command
    .option('--force', 'publish again what is there already', false)
    .addOption(
      new Option(
        '--on-conflict <policy>',
        'when the destination tag is another image: overwrite (default), skip, fail, backup',
      )
        .choices(['overwrite', 'skip', 'fail', 'backup'])
        .default('overwrite'),
    )
    .option('--no-cache', 'copy straight through, with nothing of the images on disk');
}

/** Adds what `export` has. */
export function withExport(command: Command): Command {
  return withContent(command)
    .requiredOption('-o, --output <file>', 'the file or folder to be written', outputPath)
    .addOption(
      new Option('--format <format>', 'bundle (default), oci, docker-archive or registry-storage')
        .choices(['bundle', 'oci', 'docker-archive', 'registry-storage'])
        .default('bundle'),
    )
    .option('--volume-size <size>', 'the most a volume may have, such as 4GiB (just under 4 GiB)', sizeBytes)
    .option('--base <file>', 'leave out what this receipt or bundle says the site holds (repeatable)', collect, [])
    .option('--set <id>', 'the set id of an export of which one volume is made again')
    .option('--volume <n>', 'with --set: which volume', integer(1, 999))
    .option('--zstd', 'compress each volume as a whole; layers mostly are compressed already', false)
    .option('--sign <key>', 'sign with the Ed25519 private key in this PEM file')
    .option('--no-cache', 'read straight into the file, with no second copy on disk');
}

/** Adds what `import` has. */
export function withImport(command: Command): Command {
  return withTrust(withPolicies(withContent(command)))
    .option(
      '--to <place>',
      "HOST[/PREFIX] that the images go to, their paths and tags below it; this machine's library unless given",
    )
    .option(
      '--map <from=to>',
      'images whose name begins with FROM go to TO, a place or a template (repeatable)',
      collect,
      [],
    )
    .option('--create-projects', 'make projects that are missing, where the registry has them', false)
    .option('--partial', 'take the images that are whole out of a file that is not', false)
    .option('--concurrency <n>', 'images at a time (8)', integer(1, 64), 8);
}

/** Adds what a file must be before anything is done with it. */
export function withTrust(command: Command): Command {
  return command
    .option(
      '--signer <key>',
      'who must have signed a bundle, an Ed25519 key in base64 (the one known for such images); any: whoever it was',
    )
    .option('--expect-digest <digest>', 'the set id of a bundle, or the digest of an image, as the sender told it');
}

/** The flags as the app wants them. */
export function trustWish({ signer, expectDigest }: TrustFlags): TrustWish {
  return {
    ...(signer === undefined ? {} : { signer }),
    ...(expectDigest === undefined ? {} : { digest: expectDigest }),
  };
}

/** Adds how often a transfer is tried, for every command whose `--retries` mean that. */
export function withRetries(command: Command): Command {
  return command.option(
    '--retries <n>',
    'tries again without progress, per transfer (5)',
    integer(0, 100),
    defaultRetries,
  );
}

/** Adds what chooses images for `copy` and `plan`. */
export function withChoice(command: Command): Command {
  return command
    .option('--all-tags', 'every tag of the source repository', false)
    .option('--tags <glob>', 'the tags of the source repository that match (repeatable)', collect, [])
    .option('--tags-matching <regexp>', 'the same by regular expression, from end to end (repeatable)', collect, [])
    .option('--tags-range <range>', 'of these only versions in this range, such as ">=1.20 <2"')
    .option('--newest <n>', 'of these only the newest, by version', integer(1, 100_000))
    .option('--exclude <glob>', 'without these tags (repeatable)', collect, [])
    .option(
      '--list <file>',
      'sources from a file: references, compose, Kubernetes or Helm values; for copy every argument then is a destination',
    )
    .option('--concurrency <n>', 'images at a time (8)', integer(1, 64), 8);
}

/** Adds image-syncer's options; `--auth` is among those of the connection. */
export function withSyncFiles(command: Command): Command {
  return command
    .option('--images <file>', "image-syncer's images file, YAML or JSON")
    .option('--config <file>', "image-syncer's old single file, with auth and images")
    .option('--os <os>', 'only this os, or os:version (repeatable)', collect, [])
    .option('--arch <arch>', 'only this architecture, or arch:variant (repeatable)', collect, []);
}

/** Adds what only `sync` has. */
export function withSync(command: Command): Command {
  return command
    .option('-p, --proc <n>', 'images at a time (8)', integer(1, 64), 8)
    .option('-r, --retries <n>', 'rounds in which failed images are copied again (2)', integer(0, 100), 2)
    .option('--log <file>', 'add what happens to this file')
    .option('--output-success-images <file>', 'write what is there at the end: source and destinations')
    .option('--output-failed-images <file>', 'write what is not there, in a form that --images takes')
    .addOption(
      new Option('--output-images-format <format>', 'of these two files: yaml (default) or json').default('yaml'),
    );
}

/** The choice of tags; undefined when the source names its tag itself. */
export function tagWish(flags: ChoiceFlags): TagWish | undefined {
  const { tags, tagsMatching, tagsRange, newest, exclude } = flags;
  const isAsked =
    flags.allTags ||
    tags.length + tagsMatching.length + exclude.length > 0 ||
    tagsRange !== undefined ||
    newest !== undefined;
  if (!isAsked) return undefined;
  return {
    globs: tags,
    patterns: tagsMatching,
    exclude,
    ...(tagsRange === undefined ? {} : { range: tagsRange }),
    ...(newest === undefined ? {} : { newest }),
  };
}

/** The flags of a command that reaches no registry, as one that has no wishes about them. */
export function withoutConnection(flags: FolderFlags): ConnectionFlags {
  return { plainHttp: [], insecure: [], retries: defaultRetries, wait: defaultWaitMs, ...flags };
}

/** The flags as the app wants them. */
export function connectionWish(flags: ConnectionFlags): ConnectionWish {
  return {
    plainHttp: flags.plainHttp,
    insecure: flags.insecure,
    retries: flags.retries,
    waitMs: flags.wait,
    ...(flags.ca === undefined ? {} : { caFile: flags.ca }),
    ...(flags.proxy === undefined ? {} : { proxy: flags.proxy }),
    ...(flags.auth === undefined ? {} : { authFile: flags.auth }),
    ...(flags.limitRate === undefined ? {} : { limitRate: flags.limitRate }),
  };
}

/** The flags as the app wants them. */
export function workspaceWish({ dataDir, cache = true }: ConnectionFlags): WorkspaceWish {
  const [, program] = process.argv;
  return {
    cache,
    ...(dataDir === undefined ? {} : { dataDir }),
    ...(program === undefined ? {} : { program }),
  };
}

/** The flags as the app wants them. */
export function copyWishOptions(flags: CopyFlags): CopyWishOptions {
  return {
    platforms: flags.platform,
    attestations: flags.attestations,
    onConflict: flags.onConflict,
    force: flags.force,
    referrers: flags.referrers,
    concurrency: flags.concurrency,
  };
}

/** The path of a file to be written as an option's value. */
export function outputPath(text: string): string {
  const why = outputRefusal(text);
  if (why !== undefined) throw new InvalidArgumentError(`${why}; choose another`);
  return text;
}

/** A whole number as an option's value. */
export function integer(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`give a whole number from ${least} to ${most}`);
  };
}

const unitBytes: Readonly<Record<string, number>> = {
  '': 1,
  k: 1000,
  m: 1000 ** 2,
  g: 1000 ** 3,
  t: 1000 ** 4,
  ki: 1024,
  mi: 1024 ** 2,
  gi: 1024 ** 3,
  ti: 1024 ** 4,
};

/** `20GiB`, `500MB`, `10M`, or plain bytes. */
export function sizeBytes(text: string): number {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)\s?([kmgt]?i?)b?$/i.exec(text);
  const unit = match === null ? undefined : unitBytes[(match[2] ?? '').toLowerCase()];
  if (match === null || unit === undefined) throw new InvalidArgumentError('give a size such as 20GiB, 500MB or 0');
  return Math.floor(Number(match[1]) * unit);
}

/** A size that is more than nothing. */
export function positiveSize(text: string): number {
  const bytes = sizeBytes(text);
  if (bytes > 0) return bytes;
  throw new InvalidArgumentError('give a size of more than nothing, such as 10MiB');
}

const unitsMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

/** `90s`, `30m`, `2h`, or plain seconds. */
export function durationMs(text: string): number {
  const match = /^(\d{1,7})([smh]?)$/.exec(text);
  if (match === null) throw new InvalidArgumentError('give a time such as 90s, 30m or 2h');
  return Number(match[1]) * (unitsMs[match[2] || 's'] ?? 1000);
}
