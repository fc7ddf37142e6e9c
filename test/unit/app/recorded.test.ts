import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { LogLevel } from '../../../electron/app/log-records.ts';
import { recorded } from '../../../electron/app/recorded.ts';
import type { RoundsObserver } from '../../../electron/app/rounds.ts';
import type { ImageResult, JobSummary } from '../../../electron/contract/models.ts';
import type { ImageProgress } from '../../../electron/contract/progress.ts';
import { type CopyError, copyError, Meter, type RunningJob } from '../../../electron/engine/engine.ts';

const intent = { command: 'copy', fingerprint: 'f', title: 'a → b', wish: {}, account: 'operator' };
const blobs = { sent: 0, mounted: 0, present: 0 };
const place = { source: 'a.io/x:1', destination: 'b.io/x:1' };
const result: ImageResult = { ...place, outcome: 'copied', blobs, referrers: 0, seconds: 1, notices: [] };
const progress: ImageProgress = { ...place, phase: 'copied', deliveries: [] };
const full = (): CopyError =>
  copyError('disk', { side: 'local', op: 'journal.write', subject: 'data', message: 'full' });

const summary: JobSummary = {
  ok: true,
  images: { total: 1, copied: 1, unchanged: 0, skipped: 0, failed: 0, cancelled: 0 },
  blobs,
  bytes: { received: 0, sent: 0, reused: 0 },
  requests: { source: 0, destination: 0, token: 0 },
  seconds: 1,
  results: [result],
};

type Copy = (observer: RoundsObserver, signal: AbortSignal) => Promise<JobSummary>;

interface Stage {
  readonly job?: Partial<RunningJob>;
  readonly refused?: readonly ImageResult[];
  readonly observer?: RoundsObserver;
  readonly signal?: AbortSignal;
  readonly waitMs?: number;
}

/** Runs a copy under a number; gives its end and what was told in order. */
function run(copy: Copy, { job, refused = [], observer = {}, signal, waitMs = 60_000 }: Stage = {}) {
  const told: string[] = [];
  const running: RunningJob = {
    number: 7,
    attempt: 1,
    earlier: { bytes: summary.bytes, requests: summary.requests },
    images: () => Promise.resolve(),
    ended: () => Promise.resolve(),
    traffic: () => Promise.resolve(),
    finish: (_facts, early) => {
      told.push(`finish ${early ?? 'whole'}`);
      return Promise.resolve();
    },
    flush: () => Promise.resolve(),
    ...job,
  };
  const journal = { begin: () => Promise.resolve(running), unfinished: () => Promise.resolve([]) };
  const logger = {
    log: (level: LogLevel, message: string, facts?: Readonly<Record<string, unknown>>) => {
      if (level !== 'debug') told.push(`log ${String(facts?.['job'])} ${message}`);
    },
  };
  const end = recorded(
    journal,
    { intent, images: [place], refused },
    new Meter(),
    copy,
    observer,
    {
      begun: (number, attempt) => told.push(`begun ${number} ${attempt}`),
      stuck: ({ message }) => told.push(`stuck ${message}`),
      logger,
    },
    { waitMs, signal: signal ?? new AbortController().signal },
  );
  end.catch(() => {});
  return { end, told };
}

const copyOne: Copy = (observer) => {
  observer.changed?.(progress);
  observer.ended?.(result, progress);
  return Promise.resolve(summary);
};

describe('a recorded copy', () => {
  test('is logged from its beginning to its end, under its number', async () => {
    const { end, told } = run(copyOne);
    expect(await end).toBe(summary);
    expect(told).toEqual(['begun 7 1', 'log 7 job begun', 'log 7 image copied', 'finish whole', 'log 7 job ended']);
  });

  test('tells an end to nobody before it is written', async () => {
    let write = (): void => undefined;
    const writing = new Promise<void>((resolve) => {
      write = resolve;
    });
    const seen: string[] = [];
    const observer: RoundsObserver = {
      changed: ({ phase }) => seen.push(phase),
      ended: ({ outcome }) => seen.push(`ended ${outcome}`),
    };
    const { end, told } = run(copyOne, { observer, job: { ended: () => writing } });
    await vi.waitFor(() => expect(told).toContain('log 7 job begun'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen).toEqual([]);
    expect(told).not.toContain('log 7 image copied');
    write();
    await end;
    expect(seen).toEqual(['copied', 'ended copied']);
  });

  test('writes and logs what is refused before anything moves', async () => {
    const ended: string[] = [];
    const refused: ImageResult = { ...result, outcome: 'failed', destination: 'nowhere' };
    const job = {
      ended: ({ destination }: ImageResult) => {
        ended.push(destination);
        return Promise.resolve();
      },
    };
    const { end, told } = run(copyOne, { refused: [refused], job });
    await end;
    expect(ended).toEqual(['nowhere', 'b.io/x:1']);
    expect(told).toContain('log 7 image failed');
  });

  test('that was stopped is interrupted, one that a person gave up is cancelled', async () => {
    const stopped = run(copyOne, { signal: AbortSignal.abort() });
    await stopped.end;
    expect(stopped.told.slice(-2)).toEqual(['finish interrupted', 'log 7 job interrupted']);
    const images = { ...summary.images, copied: 0, cancelled: 1 };
    const cancelled = run(() => Promise.resolve({ ...summary, ok: false, images }));
    await cancelled.end;
    expect(cancelled.told.slice(-2)).toEqual(['finish cancelled', 'log 7 job cancelled']);
  });

  test('that rejects is logged as broken off, and not as ended', async () => {
    const { end, told } = run(() => Promise.reject(new Error('no')));
    await expect(end).rejects.toThrow('no');
    expect(told.at(-1)).toBe('log 7 job broke off');
    expect(told).not.toContain('finish whole');
  });
});

describe('a journal whose disk is full', () => {
  beforeEach(
    () =>
      void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] }),
  );
  afterEach(() => void vi.useRealTimers());

  /** A write that fails so often. */
  function failing(times: number): () => Promise<void> {
    let left = times;
    return () => (left-- > 0 ? Promise.reject(full()) : Promise.resolve());
  }

  test('is waited for, and that is said once', async () => {
    const { end, told } = run(copyOne, { job: { ended: failing(3) } });
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await end).toBe(summary);
    expect(told.filter((line) => line.startsWith('stuck'))).toEqual(['stuck full']);
    const log = told.filter((line) => line.startsWith('log'));
    expect(log.slice(1, 4)).toEqual([
      'log 7 journal cannot be written',
      'log 7 journal is written again',
      'log 7 image copied',
    ]);
  });

  test('for too long ends the job with what is wrong, and stops the copying', async () => {
    const untilStopped: Copy = (observer, signal) =>
      new Promise((resolve) => {
        observer.ended?.(result, progress);
        signal.addEventListener('abort', () => resolve(summary));
      });
    const { end, told } = run(untilStopped, { waitMs: 10_000, job: { ended: failing(1000) } });
    await vi.advanceTimersByTimeAsync(20_000);
    await expect(end).rejects.toMatchObject({ kind: 'disk' });
    expect(told.at(-1)).toBe('log 7 job broke off');
  });

  test('is not waited for by who was asked to stop', async () => {
    const controller = new AbortController();
    const copy: Copy = (observer) => {
      observer.ended?.(result, progress);
      controller.abort();
      return Promise.resolve(summary);
    };
    const { end } = run(copy, { signal: controller.signal, waitMs: 1_800_000, job: { ended: failing(1000) } });
    await vi.advanceTimersByTimeAsync(3000);
    await expect(end).rejects.toMatchObject({ kind: 'disk' });
  });

  test('is no reason to wait for what is wrong otherwise', async () => {
    const { end } = run(copyOne, { job: { finish: () => Promise.reject(new Error('a fault of ours')) } });
    await expect(end).rejects.toThrow('a fault of ours');
  });
});
