import type { HistoryImage } from '../contract/history.ts';
import type { CopyWishOptions } from '../contract/requests.ts';
import { isObject } from '../oci/fields.ts';
import type { Reference } from '../oci/reference.ts';
import { copyError, finding, type ReferencePair, type Store } from '../engine/engine.ts';
import { commandOf, readFileJob } from './carrying/file-jobs.ts';
import { FindingError } from './findings.ts';
import type { KeptWish } from './intents.ts';
import { readReference } from './places.ts';
import { readOptions, readPlatformsOfSync, type ReadWish } from './wishes.ts';

/** A job of the history, ready to be run again. */
export interface Again {
  readonly wish: ReadWish;
  readonly kept: KeptWish;
  readonly title: string;
  /** True when it never came to its end, and so goes on under its own number. */
  readonly isUnfinished: boolean;
  /** What is not run again, because it ended well. */
  readonly ended: readonly HistoryImage[];
  /** Rows that cannot be run again, because what they say could not be read. */
  readonly leftOut: number;
}

const imagesAtOnce = 500;
const done: ReadonlySet<string> = new Set(['copied', 'unchanged', 'skipped']);

/**
 * Reads a job of the history to run it again: what failed, was cancelled or never ended, or with `all` every image.
 * Rejects `not-found` when there is no such job, and `invalid` for one that files are part of.
 */
export async function readAgain(
  history: Store['history'],
  number: number,
  all: boolean,
  signal: AbortSignal,
): Promise<Again> {
  const job = await history.job(number, signal);
  const subject = `job ${number}`;
  if (job === undefined) throw refused('not-found', subject, `there is no job ${number} in the history`);
  const kept = readKept(job.wish);
  if (kept === undefined) throw refused('invalid', subject, `job ${number} does not say any more how it was run`);
  const carried = readFileJob(job.command, job.wish, kept.options);
  if (carried !== undefined) {
    const values = { job: String(number), command: commandOf(carried) };
    throw new FindingError(subject, finding('file-job', {}, values));
  }
  const images: HistoryImage[] = [];
  const ended: HistoryImage[] = [];
  for (let after: number | undefined; ; ) {
    const page = await history.images(
      number,
      { most: imagesAtOnce, ...(after === undefined ? {} : { after }) },
      signal,
    );
    for (const image of page) {
      const isDone = !all && image.outcome !== undefined && done.has(image.outcome);
      (isDone ? ended : images).push(image);
    }
    after = page.at(-1)?.position;
    if (page.length < imagesAtOnce) break;
  }
  const pairs = images.flatMap(({ source, destination }) => readPair(source, destination) ?? []);
  const { options, sync } = kept;
  return {
    wish: {
      origin: { kind: 'pairs', pairs },
      options: { ...readOptions(options), ...(sync === undefined ? {} : { syncPlatforms: readPlatformsOfSync(sync) }) },
      refused: [],
      findings: [],
    },
    kept,
    title: job.title,
    isUnfinished: job.state === 'interrupted' || job.state === 'running',
    ended,
    leftOut: images.length - pairs.length,
  };
}

function readPair(source: string, destination: string): ReferencePair | undefined {
  try {
    const to: Reference = readReference(destination);
    const { digest: _, ...place } = to;
    return { source: readReference(source), destination: place };
  } catch {
    return undefined;
  }
}

/** How a job was run, as the history kept it; an earlier version may have kept less, and then it is undefined. */
export function readKept(value: unknown): KeptWish | undefined {
  if (typeof value !== 'object' || value === null || !('options' in value) || !('connection' in value))
    return undefined;
  const { options, connection } = value;
  if (!isOptions(options) || typeof connection !== 'object' || connection === null) return undefined;
  const rounds = 'rounds' in value && typeof value.rounds === 'number' ? value.rounds : 0;
  const sync = 'sync' in value && isPlatforms(value.sync) ? { sync: value.sync } : {};
  const caFile = 'caFile' in connection && typeof connection.caFile === 'string' ? { caFile: connection.caFile } : {};
  const proxy = 'proxy' in connection && typeof connection.proxy === 'string' ? { proxy: connection.proxy } : {};
  const accountsFile =
    'accountsFile' in connection && typeof connection.accountsFile === 'string'
      ? { accountsFile: connection.accountsFile }
      : {};
  return {
    options,
    rounds,
    ...sync,
    connection: {
      plainHttp: 'plainHttp' in connection ? textsIn(connection.plainHttp) : [],
      insecure: 'insecure' in connection ? textsIn(connection.insecure) : [],
      ...caFile,
      ...proxy,
      ...accountsFile,
    },
  };
}

function isOptions(value: unknown): value is CopyWishOptions {
  if (!isObject(value)) return false;
  const { platforms, attestations, onConflict, force, referrers, concurrency } = value;
  return (
    isTexts(platforms) &&
    (attestations === 'keep' || attestations === 'drop') &&
    ['overwrite', 'skip', 'fail', 'backup'].includes(String(onConflict)) &&
    typeof force === 'boolean' &&
    typeof referrers === 'boolean' &&
    Number.isSafeInteger(concurrency)
  );
}

function isPlatforms(value: unknown): value is { os: readonly string[]; arch: readonly string[] } {
  if (!isObject(value)) return false;
  const { os, arch } = value;
  return isTexts(os) && isTexts(arch);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function textsIn(value: unknown): readonly string[] {
  return isTexts(value) ? value : [];
}

function refused(kind: 'not-found' | 'invalid', subject: string, message: string): Error {
  return copyError(kind, { side: 'local', op: 'history.read', subject, message });
}
