import type { ImageLayer, JobImage, JobTotals, ThroughputSample } from '../../electron/contract/feeds.ts';
import type { PastImage } from '../../electron/contract/past-jobs.ts';
import { chance, digestOf, fakeFailure, type FakeOptions, strange } from './renderer-fake-data.ts';

const mebibyte = 1024 * 1024;
const layerPhases: readonly ImageLayer['phase'][] = [
  'present',
  'mounted',
  'sent',
  'sending',
  'sending',
  'waiting',
  'waiting',
  'backing-off',
];

/** One job of the fake: its images advance with time. */
export interface FakeJob {
  readonly job: number;
  readonly title: string;
  readonly images: number;
  readonly failed: number;
  readonly startedMs: number;
  readonly secondsPerImage: number;
  state: JobTotals['state'];
  /** Seconds of its own clock, which stands while it is held. */
  clock: number;
}

/** The jobs the window finds: two that run, one that waits, one on hold, two that ended. */
export function fakeJobs(options: FakeOptions, nowMs: number): FakeJob[] {
  if (options.isEmpty === true) return [];
  const job = (
    number: number,
    title: string,
    images: number,
    state: JobTotals['state'],
    clock: number,
    failed = 0,
  ): FakeJob => ({
    job: number,
    title: strange(title, options),
    images,
    failed,
    startedMs: nowMs - 600_000 + number * 1000,
    secondsPerImage: 3,
    state,
    clock,
  });
  return [
    job(41, 'platform/* → harbor.prod.local', options.queue ?? 260, 'running', 190, 4),
    job(42, 'images.yaml → 2 destinations', 48, 'running', 20),
    job(43, 'monitor/grafana:v3 → Site B', 12, 'waiting', 3),
    job(44, 'ai/vllm-openai → harbor.prod.local', 3, 'held', 2),
    job(40, 'library/* → harbor.prod.local', 120, 'finished-with-failures', 9999, 3),
    job(39, 'infra/coredns → harbor.prod.local', 20, 'finished', 9999),
  ];
}

const bytesOf = (job: FakeJob, index: number): number =>
  Math.floor((20 + chance(job.job * 977 + index) * 480) * mebibyte);

/** One image of a job at its clock; five run side by side. */
export function imageAt(job: FakeJob, index: number, options: FakeOptions): JobImage {
  const begin = Math.floor(index / 5) * job.secondsPerImage * 4;
  const share = Math.min(1, Math.max(0, (job.clock - begin - (index % 5)) / (job.secondsPerImage * 4)));
  const bytesTotal = bytesOf(job, index);
  const name = job.job === 41 ? 'ai/vllm-openai' : `platform/service-${index % 40}`;
  const isFailing = index % 40 === 7 && index / 40 < job.failed;
  const hasEnded = share >= 1;
  const phase: JobImage['phase'] = hasEnded
    ? isFailing
      ? 'failed'
      : index % 6 === 0
        ? 'unchanged'
        : 'copied'
    : job.state === 'held'
      ? 'held'
      : share <= 0
        ? 'queued'
        : share < 0.05
          ? 'resolving'
          : share > 0.95
            ? 'publishing'
            : 'copying';
  return {
    index,
    source: strange(
      `registry.cn-hangzhou.aliyuncs.com/${name}:${job.job === 41 ? `v1.0.${index % 12}` : `v2.${index}`}`,
      options,
    ),
    destination: `harbor.prod.local/${name}:v2.${index}`,
    phase,
    ...(share > 0.05 || hasEnded ? { bytesTotal } : {}),
    bytesDone: hasEnded && !isFailing ? bytesTotal : Math.floor(bytesTotal * share),
    layersDone: Math.floor(share * 8),
    layersTotal: share > 0 ? 8 : 0,
    notices: [],
    ...(phase === 'failed' ? { failure: fakeFailure(options, Math.floor(index / 40)) } : {}),
  };
}

/** All images of a job in the order of the feed. */
export function imagesOf(job: FakeJob, options: FakeOptions): readonly JobImage[] {
  const rank = ({ phase }: JobImage): number =>
    ['resolving', 'copying', 'publishing'].includes(phase) ? 0 : ['queued', 'held'].includes(phase) ? 1 : 2;
  return Array.from({ length: job.images }, (_, index) => imageAt(job, index, options)).sort(
    (a, b) => rank(a) - rank(b) || a.index - b.index,
  );
}

/** The job in one row. */
export function totalsOf(job: FakeJob, options: FakeOptions): JobTotals {
  const images = imagesOf(job, options);
  const of = (phase: JobImage['phase']): number => images.filter((image) => image.phase === phase).length;
  const bytesTotal = Array.from({ length: job.images }, (_, index) => bytesOf(job, index)).reduce((a, b) => a + b, 0);
  const bytesDone = images.reduce((sum, image) => sum + image.bytesDone, 0);
  const isMoving = job.state === 'running';
  if (isMoving && of('queued') + of('copying') + of('resolving') + of('publishing') === 0)
    job.state = of('failed') > 0 ? 'finished-with-failures' : 'finished';
  const rate = isMoving ? (38 + 9 * chance(Math.floor(job.clock) + job.job)) * mebibyte : 0;
  return {
    job: job.job,
    title: job.title,
    command: 'copy',
    state: job.state,
    startedAt: new Date(job.startedMs).toISOString(),
    account: 'ops',
    attempts: 1,
    images: {
      total: job.images,
      copied: of('copied'),
      unchanged: of('unchanged'),
      skipped: 0,
      failed: of('failed'),
      cancelled: 0,
    },
    bytes: { received: bytesDone, sent: bytesDone, reused: 0 },
    seconds: Math.min(job.clock, 700),
    progress: {
      bytesTotal,
      bytesDone,
      layersDone: images.reduce((sum, { layersDone }) => sum + layersDone, 0),
      layersTotal: job.images * 8,
    },
    rate: { receivedPerSecond: rate, sentPerSecond: rate * 0.97 },
    ...(isMoving ? { etaSeconds: Math.max(1, (bytesTotal - bytesDone) / rate) } : {}),
    ...(job.state === 'waiting'
      ? {
          waiting: [
            {
              host: strange('harbor.site-b.example:8443', options).slice(0, 255),
              untilMs: Date.UTC(2026, 10, 21, 14, 5),
              since: new Date(job.startedMs).toISOString(),
              why: '429 Too Many Requests',
            },
          ],
        }
      : {}),
  };
}

/** Eight layers of an image, one for every phase. */
export function layersOf(job: FakeJob, index: number): readonly ImageLayer[] {
  return layerPhases.map((phase, at) => {
    const size = Math.floor((1 + chance(job.job + index * 10 + at) * 78) * mebibyte);
    const share = phase === 'sending' ? (job.clock * 0.07 + at * 0.3) % 1 : phase === 'backing-off' ? 0.4 : 0;
    const isDone = phase === 'sent';
    return {
      digest: digestOf(job.job * 1000 + index * 10 + at),
      size,
      phase,
      receivedBytes: isDone ? size : Math.floor(Math.min(1, share * 1.25) * size),
      sentBytes: isDone ? size : Math.floor(share * size),
      cachedBytes: at === 4 ? size : 0,
    };
  });
}

/** Two minutes of throughput up to a second. */
export function throughputAt(nowMs: number): readonly ThroughputSample[] {
  return Array.from({ length: 120 }, (_, at) => {
    const second = Math.floor(nowMs / 1000) - 119 + at;
    const base = 70 + 18 * Math.sin(second / 9) + 14 * chance(second % 1000);
    return {
      at: second * 1000,
      received: Math.floor(base * mebibyte),
      sent: Math.floor((base - 6 + 8 * chance((second % 1000) + 1)) * mebibyte),
    };
  });
}

/** A past image. */
export function pastImage(index: number, failed: number, options: FakeOptions): PastImage {
  const isFailed = index % 40 === 7 && index / 40 < failed;
  const name = `library/service-${index % 30}:v1.${index}`;
  return {
    index,
    source: strange(`registry.cn-hangzhou.aliyuncs.com/${name}`, options),
    destination: `harbor.prod.local/${name}`,
    outcome: isFailed ? 'failed' : index % 5 === 0 ? 'unchanged' : 'copied',
    digest: digestOf(index),
    blobs: { sent: 3, mounted: 2, present: index % 4 },
    referrers: 0,
    seconds: 1 + chance(index) * 30,
    notices: isFailed
      ? []
      : index % 9 === 0
        ? [{ kind: 'overwritten', text: strange('the tag stood for sha256:9b4ddcb269a7 before', options) }]
        : [],
    ...(isFailed ? { failure: fakeFailure(options, Math.floor(index / 40)) } : {}),
    layers: [
      { digest: digestOf(index * 3), size: 48 * mebibyte, how: 'mounted' },
      { digest: digestOf(index * 3 + 1), size: 12 * mebibyte, how: isFailed ? 'failed' : 'sent' },
      { digest: digestOf(index * 3 + 2), size: 3 * mebibyte, how: 'present' },
    ],
  };
}
