import { z } from 'zod';
import {
  amount,
  count,
  host,
  id,
  instant,
  job,
  line,
  list,
  named,
  shownReference,
  text,
  wallMs,
  whole,
} from './bounded.ts';
import { bundleShape, bundlesShape } from './bundles.ts';
import { docksShape } from './docks.ts';
import { failureShape } from './envelope.ts';
import { findingShape } from './files.ts';
import { jobHeadShape } from './jobs.ts';
import { type Data, feed, type FeedShape } from './operation.ts';
import { noticeShape, plannedImageShape } from './plans.ts';
import { questionList } from './questions.ts';

const jobTotals = jobHeadShape.extend({
  progress: z.strictObject({
    /** Missing as long as it is not known. */
    bytesTotal: count.exactOptional(),
    bytesDone: count,
    layersDone: count,
    layersTotal: count,
  }),
  rate: z.strictObject({ receivedPerSecond: amount, sentPerSecond: amount }),
  etaSeconds: amount.exactOptional(),
  /** Hosts that everything for them waits for. */
  waiting: list(z.strictObject({ host, untilMs: wallMs, since: instant, why: text(500) }), 50).exactOptional(),
});

const throughputSample = z.strictObject({ at: wallMs, received: count, sent: count });

const jobsSnapshot = z.strictObject({
  /** Those that run and those that ended not long ago. */
  jobs: list(jobTotals, 200),
  /** Of the whole program, the last 120 seconds, oldest first. */
  throughput: list(throughputSample, 120),
  owner: z.strictObject({
    /** False when another process works with this data folder. */
    isOurs: z.boolean(),
    by: line(255).exactOptional(),
  }),
});

const jobImage = z.strictObject({
  index: count,
  source: shownReference,
  destination: shownReference,
  phase: z.enum([
    'queued',
    'resolving',
    'copying',
    'publishing',
    'copied',
    'unchanged',
    'skipped',
    'failed',
    'cancelled',
    'held',
  ]),
  /** Missing as long as it is not known. */
  bytesTotal: count.exactOptional(),
  bytesDone: count,
  layersDone: count,
  layersTotal: count,
  failure: failureShape.exactOptional(),
  notices: list(noticeShape, 20),
  /** Goes past the cache. */
  isDirect: z.boolean().exactOptional(),
});

const window = { from: count, most: whole(1, 100) };

const imageLayer = z.strictObject({
  digest: line(200),
  size: count,
  phase: z.enum(['waiting', 'checking', 'present', 'mounting', 'mounted', 'sending', 'backing-off', 'sent', 'failed']),
  receivedBytes: count,
  sentBytes: count,
  /** Of what was sent, taken from the cache and not from the source. */
  cachedBytes: count,
});

const planSnapshot = z.strictObject({
  state: z.enum(['planning', 'ready', 'failed']),
  /** Images looked at so far. */
  done: count,
  total: count,
  totals: z.strictObject({
    images: count,
    toCopy: count,
    unchanged: count,
    failing: count,
    bytesToSend: count,
    bytesPresent: count,
    bytesToMount: count,
    /** Of those to send, on this machine already. */
    bytesCached: count,
    diskNeeded: count,
    /** Goes past the cache. */
    isDirect: z.boolean(),
  }),
  rows: list(plannedImageShape, 100),
  findings: list(findingShape, 200),
  failure: failureShape.exactOptional(),
});

const task = z.strictObject({
  task: id,
  kind: z.enum(['cache-verify']),
  state: z.enum(['running', 'finished', 'failed']),
  done: count,
  total: count.exactOptional(),
  /** What was found wrong. */
  problems: count,
  failure: failureShape.exactOptional(),
});

const noticeRow = z.strictObject({
  id,
  at: instant,
  level: z.enum(['info', 'warning', 'error']),
  /** What it is about, as a word that never changes, for a text in the language of the window. */
  code: z.enum(['realm-changed', 'vault-locked', 'history-moved-aside', 'host-waiting', 'disk-low', 'other']),
  /** What the text speaks of. */
  values: named(text(500), 20),
  text: text(2000),
  /** The text in Chinese; where it is missing the code or the failure says it. */
  zh: text(2000).exactOptional(),
  failure: failureShape.exactOptional(),
  action: z
    .union([
      z.strictObject({ kind: z.literal('approve-realm'), host, realm: line(500) }),
      z.strictObject({ kind: z.literal('unlock-vault') }),
    ])
    .exactOptional(),
});

const feeds = {
  jobs: feed(z.strictObject({}), jobsSnapshot),
  /** The images of a job: running first, then waiting, done last. */
  job: feed(
    z.strictObject({ job, ...window, show: z.enum(['all', 'failed', 'running']).exactOptional() }),
    z.strictObject({ total: count, rows: list(jobImage, 100) }),
  ),
  /** The layers of one image of a job. */
  image: feed(z.strictObject({ job, index: count }), z.strictObject({ layers: list(imageLayer, 2000) })),
  plan: feed(z.strictObject({ plan: id, ...window }), planSnapshot),
  /** Long work that is no job. */
  tasks: feed(z.strictObject({}), z.strictObject({ tasks: list(task, 50) })),
  notices: feed(z.strictObject({}), z.strictObject({ notices: list(noticeRow, 100) })),
  /** What is open, and what was written not long ago. */
  bundles: feed(z.strictObject({}), bundlesShape),
  /** The images of one open file. */
  bundle: feed(z.strictObject({ bundle: id, ...window, search: line(255).exactOptional() }), bundleShape),
  docks: feed(z.strictObject({}), docksShape),
  /** What a person is asked before it is done. */
  questions: feed(z.strictObject({}), z.strictObject({ questions: questionList })),
} as const;

/** The name of a feed. */
export type FeedName = keyof typeof feeds;

/** What of a feed is looked at. */
export type ScopeOf<Name extends FeedName> = Data<(typeof feeds)[Name]['scope']>;

/** How a feed stands. */
export type SnapshotOf<Name extends FeedName> = Data<(typeof feeds)[Name]['snapshot']>;

/** Everything a window can hear of; a scope says what of it is looked at. */
export const Feeds: {
  readonly [Name in FeedName]: FeedShape<z.ZodType<ScopeOf<Name>>, z.ZodType<SnapshotOf<Name>>>;
} = feeds;

/** True for the name of a feed. */
export function isFeedName(name: string): name is FeedName {
  return Object.hasOwn(Feeds, name);
}

/** A job in motion. */
export type JobTotals = Data<typeof jobTotals>;

/** One second of all that flowed. */
export type ThroughputSample = Data<typeof throughputSample>;

/** One image of a job in motion. */
export type JobImage = Data<typeof jobImage>;

/** One layer of an image in motion. */
export type ImageLayer = Data<typeof imageLayer>;

/** Long work that is no job. */
export type Task = Data<typeof task>;

/** Something that an operator should know and perhaps do. */
export type WindowNotice = Data<typeof noticeRow>;
