import type { BundleRow, ExportedBundle, OpenedBundle, ReceiptRow } from '../../electron/contract/bundles.ts';
import type { CommandName, InputOf, OutputOf } from '../../electron/contract/commands.ts';
import type { DockRow } from '../../electron/contract/docks.ts';
import type { Failure } from '../../electron/contract/errors.ts';
import type { FeedName, ScopeOf, SnapshotOf } from '../../electron/contract/feeds.ts';
import { chance, type FakeOptions, strange } from './renderer-fake-data.ts';

/** The commands that are answered here. */
export type CarryCommand = Extract<CommandName, `${'bundles' | 'exports' | 'receipts' | 'docks'}.${string}`>;
type Answers = { readonly [Name in CarryCommand]: (input: InputOf<Name>) => OutputOf<Name> };
/** The feeds that are told here. */
export type CarryFeed = Extract<FeedName, 'bundles' | 'bundle' | 'docks'>;
type Snapshots = { readonly [Name in CarryFeed]: (scope: ScopeOf<Name>) => SnapshotOf<Name> };

const stillMs = Date.UTC(2026, 10, 21, 13, 0);
const at = new Date(stillMs).toISOString();
const gibibyte = 1024 ** 3;
const set = `sha256:${'4f1c9a70'.repeat(8)}`;
const sums = {
  volumes: 3,
  totalBytes: 11.4 * gibibyte,
  blobs: 214,
  blobBytes: 11.3 * gibibyte,
  leftOut: 96,
  leftOutBytes: 7.2 * gibibyte,
};
const names = [
  'platform/gateway',
  'platform/auth-service',
  'monitor/prometheus',
  'middleware/rocketmq',
  'library/redis',
];

/** Files and docks as a window sees them, with nothing behind them. */
export class FakeCarry {
  private readonly options: FakeOptions;
  private bundles: OpenedBundle[];
  private exports: ExportedBundle[];
  private receipts: ReceiptRow[];
  private docks: DockRow[];

  constructor(options: FakeOptions) {
    this.options = options;
    const isEmpty = options.isEmpty === true;
    this.bundles = isEmpty ? [] : [this.whole(), this.lacking()];
    this.exports = isEmpty ? [] : [this.written()];
    this.receipts = isEmpty ? [] : [this.receipt()];
    this.docks = isEmpty ? [] : [this.dock()];
  }

  readonly answers: Answers = {
    'bundles.open': () => ({ bundle: 'b1' }),
    'bundles.reopen': () => ({}),
    'bundles.close': ({ bundle }) => {
      this.bundles = this.bundles.filter((each) => each.bundle !== bundle);
      return {};
    },
    'bundles.check': ({ bundle }) => {
      this.bundles = this.bundles.map((each) =>
        each.bundle === bundle
          ? { ...each, check: { state: 'finished', done: 11, total: 11, whole: each.images, damaged: 0, problems: [] } }
          : each,
      );
      return {};
    },
    'exports.estimate': ({ order }) => ({
      images: order.images.reduce((sum, image) => sum + ('tags' in image ? image.tags.length : 1), 0),
      ...sums,
      ...(order.bases.length === 0 ? { leftOut: 0, leftOutBytes: 0 } : {}),
    }),
    'exports.start': () => {
      this.exports = [{ ...this.written(), job: 41, name: 'images-2026-11-21.tar', state: 'writing', files: [] }];
      return { job: 41 };
    },
    'receipts.make': () => ({ receipt: 'r1' }),
    'receipts.stop': () => ({}),
    'docks.start': () => {
      this.docks = [this.dock()];
      return { dock: 'd1' };
    },
    'docks.stop': () => {
      this.docks = this.docks.map((dock) => ({ ...dock, state: 'ended' }));
      return {};
    },
    'docks.addresses': () => [
      { address: '127.0.0.1', name: 'lo', isLoopback: true },
      { address: '192.168.10.21', name: strange('Ethernet', this.options).slice(0, 100), isLoopback: false },
    ],
    'docks.content': () => ({
      repositories: names.map((path, index) => ({ path, tags: index * 7 + 1 })),
      isCut: false,
    }),
  };

  readonly snapshots: Snapshots = {
    bundles: () => ({ bundles: this.bundles, exports: this.exports, receipts: this.receipts }),
    bundle: ({ bundle, from, most, search = '' }) => {
      const found = this.bundles.find((each) => each.bundle === bundle);
      const all = Array.from({ length: found?.images ?? 0 }, (_, index) => this.row(index, found)).filter(({ name }) =>
        name.includes(search),
      );
      return { total: all.length, rows: all.slice(from, from + most) };
    },
    docks: () => ({ docks: this.docks }),
  };

  private row(index: number, bundle: OpenedBundle | undefined): BundleRow {
    const name = `registry.cn-hangzhou.aliyuncs.com/${names[index % names.length] ?? ''}:v${index}.4.2`;
    const isDamaged = bundle?.check?.state === 'finished' && bundle.check.damaged > 0 && index % 3 === 2;
    return {
      index,
      name: strange(name, this.options).slice(0, 600),
      digest: `sha256:${Math.floor(chance(index) * 1e15)
        .toString(16)
        .padStart(64, '9')}`,
      isReferrer: index % 9 === 8,
      platforms: index % 2 === 0 ? ['linux/amd64', 'linux/arm64'] : ['linux/amd64'],
      sizeBytes: Math.floor(chance(index + 5) * 900) * 1024 ** 2,
      state: bundle?.check?.state !== 'finished' ? 'unchecked' : isDamaged ? 'damaged' : 'whole',
    };
  }

  private whole(): OpenedBundle {
    return {
      bundle: 'b1',
      name: strange('images-2026-10-30.tar', this.options).slice(0, 255),
      state: 'open',
      kind: 'bundle',
      images: 42,
      contentBytes: 11.3 * gibibyte,
      leftOut: 96,
      leftOutBytes: 7.2 * gibibyte,
      set,
      volumes: 3,
      created: '2026-10-30T08:12:44Z',
      signer: '11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=',
      sender: 'first',
      hosts: [strange('registry.cn-hangzhou.aliyuncs.com', this.options).slice(0, 255), 'quay.io'],
      notices: [],
      problems: [],
      jobs: 0,
      check: { state: 'running', done: 4.1 * gibibyte, total: 11.3 * gibibyte, whole: 0, damaged: 0, problems: [] },
    };
  }

  private lacking(): OpenedBundle {
    const { check: _, signer: __, ...rest } = this.whole();
    const problem = this.failure('missing-content', 'volume 2 of 3 is missing');
    return {
      ...rest,
      bundle: 'b2',
      name: 'site-b-september.tar',
      images: 9,
      sender: 'unsigned',
      problems: [problem],
      notices: [strange('volume 3 was read twice', this.options)],
      check: { state: 'finished', done: 5, total: 5, whole: 6, damaged: 3, problems: [problem] },
    };
  }

  private written(): ExportedBundle {
    return {
      job: 40,
      name: 'images-2026-11-20.tar',
      format: 'bundle',
      state: 'written',
      at,
      set,
      ...sums,
      files: [1, 2, 3].map((number) => ({
        name: `images-2026-11-20.00${number}-of-003.tar`,
        size: 3.8 * gibibyte,
        ...(number === 3 ? {} : { sha256: `${number}e8f0c7b`.repeat(8) }),
      })),
    };
  }

  private receipt(): ReceiptRow {
    return {
      receipt: 'r1',
      name: 'site-b.json',
      place: 'harbor.site-b.example:8443/mirror',
      state: 'written',
      at,
      tags: 318,
      digests: 2207,
      repositories: 61,
      sizeBytes: 171_000,
      unread: [{ name: 'harbor.site-b.example:8443/mirror/old:1', why: strange('manifest is missing', this.options) }],
    };
  }

  private dock(): DockRow {
    const host = '192.168.10.21:5000';
    return {
      dock: 'd1',
      state: 'serving',
      serve: { kind: 'bundle', id: 'b1' },
      name: strange('images-2026-10-30.tar', this.options).slice(0, 255),
      host,
      url: `http://${host}`,
      isWritable: false,
      hasCatalog: true,
      isTls: false,
      hasUsers: false,
      allow: ['192.168.10.0/24'],
      repositories: [],
      mirrors: ['quay.io', 'docker.io'],
      notices: ['open-to-network'],
      startedAt: at,
      stopsAtMs: stillMs + 7_200_000,
      requests: 418,
      bytes: 3.2 * gibibyte,
      pulls: names.map((repository, index) => ({
        client: `192.168.10.${40 + index}`,
        ...(index === 1 ? { user: strange('robot$node', this.options).slice(0, 255) } : {}),
        repository,
        references: [`v${index}.4.2`, strange('latest', this.options).slice(0, 200)],
        pulls: index + 1,
        pushes: 0,
        refused: index === 3 ? 2 : 0,
        bytes: Math.floor(chance(index) * gibibyte),
        at,
      })),
    };
  }

  private failure(kind: Failure['kind'], message: string): Failure {
    return {
      kind,
      side: 'source',
      op: 'file.read',
      subject: 'site-b-september.002-of-003.tar',
      message: strange(message, this.options).slice(0, 2000),
      remedy: '',
      codes: [],
    };
  }
}
