import type { pastJobCommands } from '../../../contract/past-jobs.ts';
import type { HistoryImage, HistoryJobDetails } from '../../../contract/history.ts';
import type { PastImage } from '../../../contract/past-jobs.ts';
import type { CallContext, HandlersOf } from '../context.ts';
import { trimFailure, unknownThing } from '../failures.ts';
import { jobHead } from '../job-head.ts';
import { trimNotices } from '../planned.ts';

type Names = keyof typeof pastJobCommands;

const pageInExport = 200;
const mostInExport = 100_000;

/** Commands about what ran. */
export const historyHandlers: HandlersOf<Names> = {
  'history.list': async ({ most, ...query }, { parts, signal }) => {
    const jobs = await parts.history.list({ ...query, most: most + 1 }, signal);
    return { jobs: jobs.slice(0, most).map(jobHead), more: jobs.length > most };
  },
  'history.job': async ({ job }, context) => {
    const found = await find(job, context);
    return { ...jobHead(found), options: optionsOf(found.wish) };
  },
  'history.images': async ({ job, most, ...query }, { parts, signal }) => {
    const images = await parts.history.images(job, { ...query, most: most + 1 }, signal);
    return { images: images.slice(0, most).map(pastImage), more: images.length > most };
  },
  'history.log': async ({ job, after = 0, most }, { parts, signal }) => {
    const lines = await parts.jobLog.lines(job, after, most + 1, signal);
    return { lines: lines.slice(0, most), more: lines.length > most };
  },
  'history.export': async ({ job, format }, context) => {
    const found = await find(job, context);
    const images = await allImages(job, context);
    return { name: `image-ferry-${job}.${format}`, text: context.parts.report(found, images, format) };
  },
  'history.again': async ({ job, failedOnly }, { parts, signal }) => ({
    job: await parts.jobs.again(job, failedOnly, signal),
  }),
};

async function find(job: number, { parts, signal }: CallContext): Promise<HistoryJobDetails> {
  const found = await parts.history.job(job, signal);
  if (found === undefined) throw unknownThing('job', String(job));
  return found;
}

async function allImages(job: number, { parts, signal }: CallContext): Promise<readonly HistoryImage[]> {
  const images: HistoryImage[] = [];
  while (images.length < mostInExport) {
    const last = images.at(-1)?.position;
    const query = { most: pageInExport, ...(last === undefined ? {} : { after: last }) };
    const page = await parts.history.images(job, query, signal);
    images.push(...page);
    if (page.length < pageInExport) break;
  }
  return images;
}

function pastImage(image: HistoryImage): PastImage {
  const { position, source, destination, outcome, digest, previousDigest, blobs, referrers, seconds, layers } = image;
  return {
    index: position,
    source,
    destination,
    // one that has not ended was not done when the job was left
    outcome: outcome ?? 'cancelled',
    blobs,
    referrers,
    seconds,
    notices: trimNotices(image.notices),
    layers: layers.slice(0, 1000),
    ...(digest === undefined ? {} : { digest }),
    ...(previousDigest === undefined ? {} : { previousDigest }),
    ...(image.failure && { failure: trimFailure(image.failure) }),
  };
}

/** The plain values of a wish's options, by name, for a person; what is no plain value stays out. */
function optionsOf(wish: unknown): Readonly<Record<string, string>> {
  const options = memberOf(wish, 'options');
  if (typeof options !== 'object' || options === null) return {};
  return Object.fromEntries(
    Object.entries(options)
      .slice(0, 50)
      .flatMap(([name, value]) => {
        const isPlain = ['string', 'number', 'boolean'].includes(typeof value);
        const text = Array.isArray(value) ? value.join(', ') : String(value);
        return isPlain || Array.isArray(value) ? [[name.slice(0, 100), text.slice(0, 2000)]] : [];
      }),
  );
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
}
