import { open, writeFile } from 'node:fs/promises';
import type { ImageResult, JobSummary } from '../../../contract/models.ts';
import type { SyncWish } from '../../../contract/requests.ts';
import { copyError, type CopyError } from '../../../app/errors.ts';
import { listOfImages } from '../../../app/image-lists.ts';
import { intentOf } from '../../../app/intents.ts';
import { readSyncWish } from '../../../app/wishes.ts';
import { copyWish } from '../copying.ts';
import { LogFile } from '../log-file.ts';
import { copyWishOptions, type CopyFlags, type SyncFlags } from '../options.ts';
import { planWish } from '../planning.ts';
import type { CommandContext } from '../run.ts';
import { type Place, type SummaryFacts, titleOf } from '../summary.ts';

type Flags = Omit<CopyFlags, 'concurrency'> & SyncFlags;

/** `sync --images FILE` or `sync --config FILE`: image-syncer's files, unchanged. */
export async function sync(flags: Flags, context: CommandContext): Promise<SummaryFacts> {
  if (flags.log !== undefined) context.console.log = new LogFile(flags.log);
  const format = flags.outputImagesFormat === 'json' ? 'json' : 'yaml';
  const asked: SyncWish = {
    os: flags.os,
    arch: flags.arch,
    options: copyWishOptions({ ...flags, concurrency: flags.proc }),
    ...(flags.images === undefined ? {} : { imagesFile: flags.images }),
    ...(flags.config === undefined ? {} : { configFile: flags.config }),
  };
  const wish = await readSyncWish(asked);
  const place = syncPlace(flags);
  if (flags.dryRun) return planWish(wish, { place, report: flags.report }, context);
  await checkWritable(flags.outputSuccessImages);
  await checkWritable(flags.outputFailedImages);
  const afterwards = async ({ results }: JobSummary): Promise<void> => {
    const isThere = ({ outcome }: ImageResult): boolean => outcome === 'copied' || outcome === 'unchanged';
    const isMissing = ({ outcome }: ImageResult): boolean => outcome === 'failed' || outcome === 'cancelled';
    await write(flags.outputSuccessImages, listOfImages(results.filter(isThere), format));
    await write(flags.outputFailedImages, listOfImages(results.filter(isMissing), format));
  };
  const { rounds, report } = flags;
  const { os, arch, options } = asked;
  const title = titleOf(place);
  const { connection } = context;
  const intent = intentOf({ command: 'sync', title, asked, options, sync: { os, arch }, rounds, connection });
  return copyWish(wish, { place, rounds, report, intent, afterwards }, context);
}

/** What the files are called, for failures that belong to no image. */
export function syncPlace(flags: Pick<SyncFlags, 'images' | 'config'>): Place {
  return { source: flags.config ?? flags.images ?? '', destination: '' };
}

/** Refuses a list that we could not write, before anything is tried; one that is there stays as it is until then. */
async function checkWritable(file: string | undefined): Promise<void> {
  if (file === undefined) return;
  try {
    await (await open(file, 'a')).close();
  } catch (cause) {
    throw listError('invalid', file, cause);
  }
}

async function write(file: string | undefined, text: string): Promise<void> {
  if (file === undefined) return;
  try {
    await writeFile(file, text);
  } catch (cause) {
    throw listError('disk', file, cause);
  }
}

function listError(kind: 'invalid' | 'disk', file: string, cause: unknown): CopyError {
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  const message = `the list ${file} cannot be written${code}`;
  return copyError(kind, { side: 'local', op: 'list.write', subject: file, message, cause });
}
