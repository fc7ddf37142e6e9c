import { writeFile } from 'node:fs/promises';
import type { ImageResult, JobSummary } from '../../../contract/models.ts';
import { copyError } from '../../../app/errors.ts';
import { listOfImages } from '../../../app/image-lists.ts';
import { refuse } from '../../../app/places.ts';
import { readSyncWish } from '../../../app/wishes.ts';
import { copyWish } from '../copying.ts';
import { LogFile } from '../log-file.ts';
import { copyWishOptions, type CopyFlags, type SyncFlags } from '../options.ts';
import { planWish } from '../planning.ts';
import type { CommandContext } from '../run.ts';
import type { Place, SummaryFacts } from '../summary.ts';

type Flags = Omit<CopyFlags, 'concurrency'> & SyncFlags;

/** `sync --images FILE` or `sync --config FILE`: image-syncer's files, unchanged. */
export async function sync(flags: Flags, context: CommandContext): Promise<SummaryFacts> {
  const format = flags.outputImagesFormat === 'json' ? 'json' : 'yaml';
  const wish = await readSyncWish({
    os: flags.os,
    arch: flags.arch,
    options: copyWishOptions({ ...flags, concurrency: flags.proc }),
    ...(flags.images === undefined ? {} : { imagesFile: flags.images }),
    ...(flags.config === undefined ? {} : { configFile: flags.config }),
  });
  const place = syncPlace(flags);
  if (flags.log !== undefined) context.console.log = new LogFile(flags.log);
  if (flags.dryRun) return planWish(wish, { place, report: flags.report }, context);
  const afterwards = async ({ results }: JobSummary): Promise<void> => {
    const isThere = ({ outcome }: ImageResult): boolean => outcome === 'copied' || outcome === 'unchanged';
    const isMissing = ({ outcome }: ImageResult): boolean => outcome === 'failed' || outcome === 'cancelled';
    await write(flags.outputSuccessImages, listOfImages(results.filter(isThere), format));
    await write(flags.outputFailedImages, listOfImages(results.filter(isMissing), format));
  };
  return copyWish(wish, { place, rounds: flags.rounds, report: flags.report, afterwards }, context);
}

/** What the files are called, for failures that belong to no image. */
export function syncPlace(flags: Pick<SyncFlags, 'images' | 'config'>): Place {
  const file = flags.config ?? flags.images;
  if (file === undefined) throw refuse('name a file with --images or --config');
  return { source: file, destination: '' };
}

async function write(file: string | undefined, text: string): Promise<void> {
  if (file === undefined) return;
  try {
    await writeFile(file, text);
  } catch (cause) {
    const message = `the list ${file} cannot be written`;
    throw copyError('disk', { side: 'local', op: 'list.write', subject: file, message, cause });
  }
}
