import { expect, test } from 'vitest';
import { JobLog } from '../../../electron/app/job-log.ts';
import type { LogLevel } from '../../../electron/app/log-records.ts';
import type { ImagePhase, ImageResult, JobSummary } from '../../../electron/contract/models.ts';
import type { DeliveryProgress, ImageProgress } from '../../../electron/contract/progress.ts';
import { copyError, failureOf } from '../../../electron/engine/engine.ts';
import { parseDigest } from '../../../electron/oci/digest.ts';

type Told = readonly [LogLevel, string, Readonly<Record<string, unknown>>];

function listened(): { readonly log: JobLog; readonly told: Told[] } {
  const told: Told[] = [];
  const logger = {
    log: (level: LogLevel, message: string, facts: Readonly<Record<string, unknown>> = {}) => {
      told.push([level, message, facts]);
    },
  };
  return { log: new JobLog(logger, 7), told };
}

const intent = { command: 'copy', fingerprint: 'f', title: 'a → b', wish: {}, account: 'operator', host: 'desk' };
const place = { source: 'a.io/x:1', destination: 'b.io/x:1' };
const digests = { digest: `sha256:${'b'.repeat(64)}`, previousDigest: `sha256:${'a'.repeat(64)}` } as const;
const blobs = { sent: 1, mounted: 2, present: 3 };
const result: ImageResult = { ...place, ...digests, outcome: 'copied', blobs, referrers: 0, seconds: 1.5, notices: [] };

function progress(phase: ImagePhase): ImageProgress {
  const blob = { mediaType: 'x', digest: parseDigest(digests.digest), size: 10 };
  const delivery: DeliveryProgress = { blob, phase: 'sent', receivedBytes: 10, sentBytes: 12 };
  return { ...place, phase, deliveries: [delivery, { ...delivery }] };
}

test('every record says the number of the job', () => {
  const { log, told } = listened();
  log.begun(1, intent);
  log.changed(progress('held'));
  log.ended({ ...result, notices: [{ kind: 'overwritten', text: 'it was another' }] }, progress('copied'));
  log.again(2);
  log.stuck(copyError('disk', { side: 'local', op: 'journal', subject: 'x' }));
  log.flows();
  log.finished(summary(true), undefined);
  log.broken(new Error('x'));
  expect(told.length).toBeGreaterThan(8);
  for (const [, message, facts] of told) expect(facts['job'], message).toBe(7);
});

test('the beginning says who, where and which attempt', () => {
  const { log, told } = listened();
  log.begun(1, intent);
  log.begun(2, intent);
  const facts = { command: 'copy', title: 'a → b', account: 'operator', machine: 'desk' };
  expect(told).toMatchObject([
    ['info', 'job begun', { attempt: 1, ...facts }],
    ['info', 'job taken up again', { attempt: 2, ...facts }],
  ]);
});

test('the end of an image says from which digest to which, and what moved', () => {
  const { log, told } = listened();
  log.ended(result, progress('copied'));
  expect(told).toEqual([
    [
      'info',
      'image copied',
      {
        job: 7,
        ...place,
        from: digests.previousDigest,
        to: digests.digest,
        blobs,
        bytes: { received: 20, sent: 24 },
        referrers: 0,
        seconds: 1.5,
      },
    ],
  ]);
});

test('a failure says what was asked of whom and what came back, and no advice', () => {
  const { log, told } = listened();
  const http = { method: 'PUT', url: 'https://b.io/v2/x/manifests/1', status: 403, requestId: 'r' };
  const facts = { side: 'destination', op: 'manifest.put', subject: 'b.io/x:1', message: 'no', attempts: 3 } as const;
  const failure = failureOf(copyError('forbidden', { ...facts, http, codes: ['DENIED'], hint: 'create-project' }));
  log.ended({ ...result, outcome: 'failed', failure }, progress('failed'));
  expect(told[0]?.[0]).toBe('error');
  expect(told[0]?.[2]['failure']).toEqual({
    kind: 'forbidden',
    hint: 'create-project',
    ...facts,
    http,
    codes: ['DENIED'],
  });
});

test('notices come behind their image', () => {
  const { log, told } = listened();
  log.ended({ ...result, notices: [{ kind: 'overwritten', text: 'it was another' }] });
  expect(told[1]).toEqual(['info', 'notice', { job: 7, ...place, kind: 'overwritten', text: 'it was another' }]);
});

test('a hold is told when it begins and when it is over, other phases only to who asks for all', () => {
  const { log, told } = listened();
  const one = progress('queued');
  for (const phase of ['resolving', 'held', 'resolving', 'copying'] as const) {
    one.phase = phase;
    log.changed(one);
  }
  const heard = told.filter(([level]) => level !== 'debug').map(([, message]) => message);
  expect(heard).toEqual(['image held', 'image no longer held']);
  expect(told.filter(([level]) => level === 'debug')).toHaveLength(4);
});

test('the end says all that moved and how often anybody was asked', () => {
  const { log, told } = listened();
  log.finished(summary(true), undefined);
  log.finished(summary(false), undefined);
  log.finished(summary(false), 'interrupted');
  expect(told.map(([level, message]) => [level, message])).toEqual([
    ['info', 'job ended'],
    ['warn', 'job ended'],
    ['info', 'job interrupted'],
  ]);
  expect(told[0]?.[2]).toMatchObject({
    images: { total: 1 },
    bytes: { received: 1, sent: 2, reused: 3 },
    requests: { source: 1, destination: 2, total: 6 },
    seconds: 2,
  });
});

test('what broke a job off is told', () => {
  const { log, told } = listened();
  log.broken(copyError('disk', { side: 'local', op: 'journal.write', subject: 'data', message: 'the disk is full' }));
  expect(told).toMatchObject([['error', 'job broke off', { failure: { kind: 'disk', message: 'the disk is full' } }]]);
});

test('nothing is done where there is no log', () => {
  const log = new JobLog(undefined, 7);
  expect(() => log.ended(result, progress('copied'))).not.toThrow();
});

function summary(ok: boolean): JobSummary {
  return {
    ok,
    images: { total: 1, copied: 1, unchanged: 0, skipped: 0, failed: 0, cancelled: 0 },
    blobs,
    bytes: { received: 1, sent: 2, reused: 3 },
    requests: { source: 1, destination: 2, token: 3 },
    seconds: 2,
    results: [],
  };
}
