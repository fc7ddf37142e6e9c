import type { InputOf, OutputOf } from '../../electron/contract/commands.ts';
import type { ScopeOf, SnapshotOf } from '../../electron/contract/feeds.ts';
import type { ImageName } from '../../electron/contract/images.ts';
import type { JobHead } from '../../electron/contract/jobs.ts';
import type { PlannedImage } from '../../electron/contract/models.ts';
import type { LogLine } from '../../electron/contract/past-jobs.ts';
import type { CopyOrder } from '../../electron/contract/plans.ts';
import { chance, digestOf, fakeFailure, type FakeOptions, strange } from './renderer-fake-data.ts';

const mebibyte = 1024 ** 2;
const stillMs = Date.UTC(2026, 10, 21, 13, 0);

/** One row of a plan. */
function plannedImage(order: CopyOrder, index: number, options: FakeOptions): PlannedImage {
  const images = namesIn(order);
  const image = images[index % Math.max(1, images.length)];
  const path = image === undefined ? `library/listed-${index}` : image.repository;
  const tag = image?.tag ?? 'latest';
  const isFailing = chance(index + 5) > 0.93;
  const isThere = !isFailing && chance(index + 17) > 0.7;
  const bytes = Math.floor((20 + chance(index) * 400) * mebibyte);
  return {
    source: strange(`registry.cn-hangzhou.aliyuncs.com/${path}:${tag}`, options),
    destination: `harbor.prod.local/${path}:${tag}`,
    action: isFailing ? 'fail' : isThere ? 'unchanged' : 'copy',
    digest: digestOf(index),
    manifests: 2,
    blobs: { toSend: 5, toMount: 1, present: 2 },
    bytes: isThere
      ? { toSend: 0, toMount: 0, present: bytes }
      : { toSend: Math.floor(bytes * 0.7), toMount: Math.floor(bytes * 0.1), present: Math.floor(bytes * 0.2) },
    notices:
      index % 11 === 3
        ? [
            {
              kind: 'refusal-foreseen',
              text: strange('the destination is known to refuse application/vnd.in-toto+json', options),
            },
          ]
        : [],
    ...(isFailing ? { failure: fakeFailure(options, index) } : {}),
  };
}

/** How a plan stands so long after it was begun. */
export function planAt(
  order: CopyOrder,
  ageMs: number,
  { from, most }: Pick<ScopeOf<'plan'>, 'from' | 'most'>,
  options: FakeOptions,
): SnapshotOf<'plan'> {
  const total = planSize(order);
  const done = Math.min(total, Math.floor(ageMs * Math.max(0.2, total / 800)));
  const all = Array.from({ length: done }, (_, at) => plannedImage(order, at, options));
  const sum = (of: (image: PlannedImage) => number): number => all.reduce((whole, image) => whole + of(image), 0);
  const count = (action: PlannedImage['action']): number => all.filter((image) => image.action === action).length;
  const bytesToSend = sum(({ bytes }) => bytes.toSend);
  return {
    state: done < total ? 'planning' : 'ready',
    done,
    total,
    rows: all.slice(from, from + most),
    totals: {
      images: done,
      toCopy: count('copy'),
      unchanged: count('unchanged'),
      failing: count('fail'),
      bytesToSend,
      bytesPresent: sum(({ bytes }) => bytes.present),
      bytesToMount: sum(({ bytes }) => bytes.toMount),
      bytesCached: Math.floor(bytesToSend * 0.3),
      diskNeeded: Math.floor(bytesToSend * 0.7),
      isDirect: false,
    },
    findings: [],
  };
}

/** How many rows a plan of the order has. */
export function planSize(order: CopyOrder): number {
  const targets = 'destinations' in order ? (order.destinations?.length ?? 1) : 1;
  return 'images' in order ? namesIn(order).length * targets : 48;
}

/** The images an order names, those of a group one by one. */
function namesIn(order: CopyOrder): readonly ImageName[] {
  if (!('images' in order)) return [];
  return order.images.flatMap((image) =>
    'tags' in image
      ? image.tags.map((tag): ImageName => ({ place: image.place, repository: image.repository, tag }))
      : [image],
  );
}

/** The jobs of the past, newest first. */
export function pastHeads(options: FakeOptions): readonly JobHead[] {
  const search = Array.from({ length: 60 }, (_, at) => 38 - at + 60);
  return search.map((job) => ({
    job,
    title: strange(job % 2 === 0 ? 'library/* → harbor.prod.local' : 'images.yaml → 2 destinations', options),
    command: job % 2 === 0 ? 'copy' : 'sync',
    state:
      job % 5 === 0
        ? ('finished-with-failures' as const)
        : job % 13 === 0
          ? ('cancelled' as const)
          : ('finished' as const),
    startedAt: new Date(stillMs - (98 - job) * 5.3e7).toISOString(),
    endedAt: new Date(stillMs - (98 - job) * 5.3e7 + 4e5).toISOString(),
    account: 'ops',
    attempts: 1 + (job % 2),
    images: {
      total: 120,
      copied: 93 - (job % 5 === 0 ? 3 : 0),
      unchanged: 27,
      skipped: 0,
      failed: job % 5 === 0 ? 3 : 0,
      cancelled: 0,
    },
    bytes: { received: job * 3e8, sent: job * 3.1e8, reused: job * 1e9 },
    seconds: job * 7.3,
  }));
}

/** What trying a registry shows: one of every outcome. */
export function testOutcome(options: FakeOptions): OutputOf<'registries.test'> {
  return {
    version: 'Harbor 2.12.1',
    vendor: 'harbor',
    steps: [
      {
        step: 'reach',
        outcome: 'ok',
        detail: strange('harbor.prod.local:443 answers from 10.2.0.14 in 12 ms', options).slice(0, 2000),
      },
      { step: 'tls', outcome: 'ok', detail: 'TLS 1.3, certificate of CN=harbor.prod.local until 2027-03-01' },
      { step: 'sign-in', outcome: 'ok', detail: 'as robot$ferry' },
      {
        step: 'catalog',
        outcome: 'failed',
        detail: 'The catalog is closed; its projects are listed by Harbor’s own API',
      },
      { step: 'pull', outcome: 'unknown', detail: 'No repository is known yet to try it on' },
      { step: 'push', outcome: 'failed', detail: '', failure: fakeFailure(options, 0) },
    ],
  };
}

/** An image in full. */
export function describedImage(
  { image }: InputOf<'images.describe'>,
  options: FakeOptions,
): OutputOf<'images.describe'> {
  return {
    reference: `registry/${image.repository}:${image.tag ?? ''}`,
    digest: digestOf(1),
    mediaType: 'application/vnd.oci.image.index.v1+json',
    size: 1208,
    manifests: ['linux/amd64', 'linux/arm64'].map((platform, at) => ({
      digest: digestOf(at + 2),
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      platform,
      isAttestation: false,
      totalBytes: 3e8,
      layers: Array.from({ length: 6 }, (_, layer) => ({
        digest: digestOf(at * 10 + layer),
        mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
        size: 5e7,
      })),
    })),
    referrers: [
      {
        digest: digestOf(9),
        artifactType: strange('application/vnd.dev.cosign.artifact.sig.v1+json', options),
        size: 900,
      },
    ],
    cosignTags: [],
  };
}

/** A self-test with a check of every state. */
export const selfTestAnswer: OutputOf<'about.selfTest'> = {
  ok: false,
  checks: [
    { id: 'zstd', state: 'ok', code: 'zstd-works', values: {}, message: 'compressed and read back', milliseconds: 1 },
    {
      id: 'folder',
      state: 'warning',
      code: 'folder-readable',
      values: { folder: 'D:\\data', rule: 'portable' },
      message: 'others may read it',
      milliseconds: 1,
    },
    {
      id: 'disk',
      state: 'failed',
      code: 'disk-full',
      values: { free: '1 MiB' },
      message: '1 MiB free',
      milliseconds: 1,
    },
    { id: 'fuses', state: 'skipped', code: 'a-later-code', values: {}, message: 'said in English', milliseconds: 1 },
  ],
};

/** What the program says of itself. */
export function aboutText(options: FakeOptions): OutputOf<'about.get'> {
  return {
    version: '0.1.0',
    versions: { electron: '45.4.1', node: '24.21.0', chromium: '150.0', sqlite: '3.51' },
    folders: {
      data: strange('D:\\ImageFerry\\data', options).slice(0, 1000),
      cache: 'D:\\ImageFerry\\data\\cache',
      log: 'D:\\ImageFerry\\data\\log',
    },
    isDesktop: options.isBrowser !== true,
    notes: ['The data folder can be read by other accounts of this machine.'],
  };
}

/** A log in which most is well. */
export function pastLog(options: FakeOptions): readonly LogLine[] {
  return Array.from({ length: 300 }, (_, at) => ({
    at: new Date(stillMs + at * 700).toISOString(),
    level: at % 40 === 7 ? ('error' as const) : at % 15 === 3 ? ('warn' as const) : ('info' as const),
    text: strange(`blob ${digestOf(at).slice(0, 19)} of platform/service-${at} sent in ${at % 9} s`, options).slice(
      0,
      4000,
    ),
  }));
}

/** A page of past jobs that hold a word. */
export function foundHeads(input: InputOf<'history.list'>, options: FakeOptions): OutputOf<'history.list'> {
  const { search, failedOnly, before, most } = input;
  const found = (options.isEmpty === true ? [] : pastHeads(options)).filter(
    (head) =>
      (search === undefined || head.title.includes(search) || head.startedAt.includes(search)) &&
      (failedOnly !== true || head.images.failed > 0) &&
      (before === undefined || head.job < before),
  );
  return { jobs: found.slice(0, most), more: found.length > most };
}

/** What a text is, by words in it. */
export function whatIsIn(text: string, options: FakeOptions): OutputOf<'files.read'> {
  if (text.includes('"auths"')) return { kind: 'docker-config', findings: [] };
  if (text.includes('username')) return { kind: 'image-syncer-auth', findings: [] };
  if (!text.includes('quay.io/coreos')) return { kind: 'image-list', images: text.split('\n').length, findings: [] };
  const finding = {
    code: 'x',
    severity: 'warning',
    text: strange('the rule names no tag, so all 212 tags are meant', options).slice(0, 4000),
    remedy: 'name the tags',
    zh: { text: '该规则未写标签，将复制全部 212 个', remedy: '写明标签' },
    line: 4,
  } as const;
  return { kind: 'image-syncer', rules: 3, images: 48, findings: [finding] };
}

/** One notice with something to do, unless all is calm. */
export function noticesOf(options: FakeOptions, nowMs: number): SnapshotOf<'notices'> {
  if (options.isEmpty === true || options.isCalm === true) return { notices: [] };
  const realm = strange('https://auth.site-b.example/token', options).slice(0, 500);
  return {
    notices: [
      {
        id: 'n1',
        at: new Date(nowMs).toISOString(),
        level: 'warning',
        code: 'realm-changed',
        values: {},
        text: 'changed',
        action: { kind: 'approve-realm', host: 'harbor.site-b.example:8443', realm },
      },
    ],
  };
}
