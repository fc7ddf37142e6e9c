import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { App } from '../../../../electron/app/app.ts';
import { copyError } from '../../../../electron/app/errors.ts';
import { NoticeBoard } from '../../../../electron/app/window/notice-board.ts';
import { QuestionBoard } from '../../../../electron/app/window/question-board.ts';
import type { Clock } from '../../../../electron/app/window/clock.ts';
import type {
  Credential,
  Door,
  ExtraAccess,
  JobDesk,
  JobOrder,
  Keeping,
  RegistryEntry,
  Setting,
  WindowParts,
} from '../../../../electron/app/window/parts.ts';
import type { HistoryImage, HistoryJobDetails } from '../../../../electron/contract/history.ts';
import type { ImageLayer, JobImage, JobTotals, ThroughputSample } from '../../../../electron/contract/feeds.ts';
import type { JobHead } from '../../../../electron/contract/jobs.ts';
import { FakeClock } from '../../../fakes/clock.ts';
import { MemoryCarry, MemoryDocks } from './memory-carry.ts';

/** Everything a window is put together of, in memory, with what a test can look at and set. */
export interface MemoryParts extends WindowParts {
  readonly carry: MemoryCarry;
  readonly docks: MemoryDocks;
  readonly jobs: MemoryJobs;
  readonly entries: Map<string, RegistryEntry>;
  readonly secrets: Map<string, { readonly credential: Credential; readonly keeping: Keeping }>;
  readonly past: { readonly job: HistoryJobDetails; readonly images: readonly HistoryImage[] }[];
  /** What a person was asked. */
  readonly asked: string[];
  /** What a person answers. */
  answer: boolean;
  /** How often everything was to be renewed. */
  renewed: number;
  readonly opened: ExtraAccess[];
}

/** Jobs that stand still until a test moves them. */
export class MemoryJobs implements JobDesk {
  readonly started: JobOrder[] = [];
  readonly controlled: unknown[] = [];
  heads: JobTotals[] = [];
  samples: ThroughputSample[] = [];
  rows: JobImage[] = [];
  layersOfAll: ImageLayer[] = [];
  readonly #listeners = new Set<() => void>();

  start(order: JobOrder): Promise<number> {
    this.started.push(order);
    return Promise.resolve(this.started.length);
  }

  control(request: unknown): Promise<void> {
    this.controlled.push(request);
    return Promise.resolve();
  }

  again(): Promise<number> {
    return Promise.resolve(99);
  }

  unfinished(): Promise<readonly JobHead[]> {
    return Promise.resolve([]);
  }

  adopt(): Promise<void> {
    return Promise.resolve();
  }

  discard(): Promise<void> {
    return Promise.resolve();
  }

  totals(): readonly JobTotals[] {
    return this.heads;
  }

  throughput(): readonly ThroughputSample[] {
    return this.samples;
  }

  owner(): { readonly isOurs: boolean } {
    return { isOurs: true };
  }

  images({ from, most }: { from: number; most: number }): { total: number; rows: readonly JobImage[] } | undefined {
    return this.heads.length === 0 ? undefined : { total: this.rows.length, rows: this.rows.slice(from, from + most) };
  }

  layers(): readonly ImageLayer[] | undefined {
    return this.heads.length === 0 ? undefined : this.layersOfAll;
  }

  onChange(changed: () => void): () => void {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  }

  /** Tells whoever listens. */
  change(): void {
    for (const listener of this.#listeners) listener();
  }

  get listeners(): number {
    return this.#listeners.size;
  }
}

/** A job that runs, in one row. */
export function runningJob(job: number): JobTotals {
  return {
    job,
    title: 'docker.io/library/nginx:1 → harbor.example',
    command: 'copy',
    state: 'running',
    startedAt: '2026-01-01T00:00:00.000Z',
    account: 'operator',
    attempts: 1,
    images: { total: 1, copied: 0, unchanged: 0, skipped: 0, failed: 0, cancelled: 0 },
    bytes: { received: 0, sent: 0, reused: 0 },
    seconds: 0,
    progress: { bytesDone: 0, layersDone: 0, layersTotal: 0 },
    rate: { receivedPerSecond: 0, sentPerSecond: 0 },
  };
}

/** An image of a job, in one row. */
export function jobImage(index: number): JobImage {
  const source = `docker.io/library/image-${index}:1`;
  const destination = `harbor.example/library/image-${index}:1`;
  const counts = { bytesDone: 0, layersDone: 0, layersTotal: 3 };
  return { index, source, destination, phase: 'queued', notices: [], ...counts };
}

/** An app without any credentials of this machine; it closes after the test. */
export async function anonymousApp(): Promise<App> {
  const folder = mkdtempSync(join(tmpdir(), 'ferry-window-'));
  const before = process.env['DOCKER_CONFIG'];
  process.env['DOCKER_CONFIG'] = folder;
  try {
    const wish = { plainHttp: [], insecure: [], retries: 0, waitMs: 0 };
    const listener = { warn: () => {}, found: () => {}, paused: () => {} };
    const app = await App.open(wish, listener, new AbortController().signal);
    onTestFinished(() => app.close());
    return app;
  } finally {
    if (before === undefined) delete process.env['DOCKER_CONFIG'];
    else process.env['DOCKER_CONFIG'] = before;
    rmSync(folder, { recursive: true });
  }
}

/** Parts in memory; registries are reached by a real app. */
export async function memoryParts(given: { readonly clock?: Clock } = {}): Promise<MemoryParts> {
  const clock = given.clock ?? new FakeClock();
  const looks = await anonymousApp();
  const opened: ExtraAccess[] = [];
  const door: Door = {
    looks,
    isDirect: true,
    open: async (extra) => {
      opened.push(extra);
      return anonymousApp();
    },
    renew: () => {
      parts.renewed++;
      return Promise.resolve();
    },
  };
  const entries = new Map<string, RegistryEntry>();
  const secrets: MemoryParts['secrets'] = new Map();
  const settings = new Map<string, unknown>();
  const past: MemoryParts['past'] = [];
  const vault = { isLocked: false };
  const budget = { bytes: 0 };
  const parts: MemoryParts = {
    clock,
    door,
    opened,
    entries,
    secrets,
    past,
    asked: [],
    answer: true,
    renewed: 0,
    jobs: new MemoryJobs(),
    notices: new NoticeBoard(clock),
    questions: new QuestionBoard(),
    vendors: {
      identify: () => Promise.resolve(undefined),
      repositories: () => Promise.resolve(undefined),
      tags: () => Promise.resolve(undefined),
    },
    history: {
      list: ({ most }) => Promise.resolve(past.map(({ job }) => job).slice(0, most)),
      job: (number) => Promise.resolve(past.find(({ job }) => job.number === number)?.job),
      images: (number, { after = -1, most }) => {
        const images = past.find(({ job }) => job.number === number)?.images ?? [];
        return Promise.resolve(images.filter(({ position }) => position > after).slice(0, most));
      },
    },
    jobLog: { lines: () => Promise.resolve([]) },
    report: (job, images, format) => JSON.stringify({ job: job.number, images: images.length, format }),
    registries: {
      list: () => Promise.resolve([...entries.values()]),
      put: (entry) => Promise.resolve(void entries.set(entry.id, entry)),
      remove: (id) => Promise.resolve(entries.delete(id)),
    },
    realms: { approve: () => Promise.resolve() },
    settings: {
      get: <Value>({ name, fallback, read }: Setting<Value>) => Promise.resolve(read(settings.get(name)) ?? fallback),
      set: ({ name }, value) => Promise.resolve(void settings.set(name, value)),
      reset: ({ name }) => Promise.resolve(void settings.delete(name)),
    },
    vault: {
      state: () => Promise.resolve({ kind: 'passphrase', isLocked: vault.isLocked, canStore: true }),
      unlock: (passphrase) => {
        if (passphrase !== 'right') {
          const message = 'the passphrase is wrong';
          return Promise.reject(copyError('invalid', { side: 'local', op: 'vault', subject: 'vault', message }));
        }
        vault.isLocked = false;
        return Promise.resolve();
      },
      create: () => Promise.resolve(),
      lock: () => {
        vault.isLocked = true;
      },
      kept: () => Promise.resolve([...secrets].map(([host, { keeping }]) => ({ host, keeping }))),
      keep: (host, credential, keeping) => Promise.resolve(void secrets.set(host, { credential, keeping })),
      forget: (host) => Promise.resolve(void secrets.delete(host)),
      keepProxy: (credential) => {
        if (credential === undefined) secrets.delete('(proxy)');
        else secrets.set('(proxy)', { credential, keeping: 'session' });
        return Promise.resolve();
      },
    },
    dockerConfig: readHosts,
    cache: {
      status: () => Promise.resolve({ ...emptyCache, budgetBytes: budget.bytes }),
      keepTo: (bytes) => {
        budget.bytes = bytes;
        return Promise.resolve();
      },
      trim: () => Promise.resolve(),
      verify: (progress) => {
        progress(1, 1);
        return Promise.resolve(0);
      },
    },
    files: {
      pick: () => Promise.resolve({ files: [] }),
      list: () => Promise.resolve({ folder: '', entries: [], isCut: false }),
      open: (handle) => {
        const message = 'there is no such file';
        return Promise.reject(copyError('not-found', { side: 'local', op: 'files', subject: handle, message }));
      },
      place: (handle) => {
        const message = 'there is no such file';
        return Promise.reject(copyError('not-found', { side: 'local', op: 'files', subject: handle, message }));
      },
    },
    carry: new MemoryCarry(),
    docks: new MemoryDocks(),
    confirm: (what) => {
      parts.asked.push(what);
      return Promise.resolve(parts.answer);
    },
    about: {
      about: () => Promise.resolve({ version: '0', versions: {}, folders: {}, isDesktop: false, notes: [] }),
      diagnostics: () => Promise.resolve({ name: 'diagnostics.txt', text: '', files: [] }),
      selfTest: () => Promise.resolve({ ok: true, checks: [] }),
    },
  };
  return parts;
}

const emptyCache = {
  bytes: 0,
  blobs: 0,
  unfinishedBytes: 0,
  quarantined: 0,
  budgetBytes: 0,
  freeBytes: 0,
  folder: 'cache',
};

/** The hosts of `auths`, each with the same user and a password that must never be seen again. */
function readHosts(text: string): ReturnType<WindowParts['dockerConfig']> {
  const document: unknown = JSON.parse(text);
  const auths = typeof document === 'object' && document !== null && 'auths' in document ? document.auths : undefined;
  return Object.keys(auths ?? {}).map((host) => ({
    host,
    credential: { kind: 'basic', user: 'robot', password: 'planted-docker-secret' },
  }));
}
