import { describe, expect, test } from 'vitest';
import type { Failure } from '../../../../electron/contract/errors.ts';
import type { ImageResult, JobSummary } from '../../../../electron/contract/models.ts';
import { failuresOf, newJobName, showSummary, summaryFacts } from '../../../../electron/shells/cli/summary.ts';
import { expectSummary } from '../../../shells/cli/summary-shape.ts';
import { consoleOver, FakeScreen } from './terminal.ts';

const failure: Failure = {
  kind: 'unauthorized',
  side: 'destination',
  op: 'manifest.head',
  subject: 'x/y:1',
  message: 'destination dest.example rejected the password of user "clerk"',
  remedy: 'Correct it.',
  codes: [],
};

function result(outcome: ImageResult['outcome'], more: Partial<ImageResult> = {}): ImageResult {
  const blobs = { sent: 0, mounted: 0, present: 0 };
  return { source: 'a/b:1', destination: 'c/d:1', outcome, blobs, referrers: 0, seconds: 0, notices: [], ...more };
}

const summary: JobSummary = {
  ok: false,
  images: { total: 3, copied: 1, unchanged: 0, skipped: 0, failed: 1, cancelled: 1 },
  blobs: { sent: 2, mounted: 1, present: 4 },
  bytes: { received: 2048, sent: 1024, reused: 4096 },
  requests: { source: 5, destination: 7, token: 1 },
  seconds: 83.2,
  results: [
    result('copied'),
    result('failed', { failure }),
    result('cancelled', { failure: { ...failure, kind: 'cancelled' } }),
  ],
};

describe('the facts', () => {
  test("have exactly the shape of CLI.md's last line", () => {
    const facts = summaryFacts({ ...summary, failures: failuresOf(summary.results) }, undefined, 1.23456, 'job');
    expectSummary(facts);
    const { results: _, ...shared } = summary;
    expect(facts).toEqual({
      ...shared,
      seconds: 1.235,
      job: 'job',
      failures: [{ source: 'a/b:1', destination: 'c/d:1', ...failure }],
    });
  });

  test('are whole for a command that copies nothing', () => {
    const facts = summaryFacts({ ok: true, failures: [] }, undefined, 0, 'job');
    expectSummary(facts);
    expect(facts).toMatchObject({ ok: true, images: { total: 0 }, requests: { source: 0 }, bytes: { sent: 0 } });
  });

  test('count what left this process besides the copies', () => {
    const besides = {
      requests: { source: 3, destination: 1, token: 2 },
      bytes: { received: 10, sent: 20, reused: 30 },
    };
    expect(summaryFacts({ ...summary, failures: [] }, besides, 0, 'job')).toMatchObject({
      requests: { source: 8, destination: 8, token: 3 },
      bytes: { received: 2058, sent: 1044, reused: 4126 },
    });
  });
});

test('a cancelled image is no failure', () => {
  expect(failuresOf(summary.results)).toHaveLength(1);
});

test.each([
  [
    'C',
    [
      'images: 1 copied, 1 failed, 1 cancelled',
      'blobs: 2 sent, 1 mounted, 4 already there',
      'bytes: 2.00 KiB received, 1.00 KiB sent, 4.00 KiB saved',
      'requests: 5 to sources, 7 to destinations, 1 for tokens',
      'time: 83 s',
    ],
  ],
  [
    'zh_CN.UTF-8',
    [
      '镜像：已复制 1，失败 1，已取消 1',
      '层：发送 2，挂载 1，已存在 4',
      '流量：接收 2.00 KiB，发送 1.00 KiB，节省 4.00 KiB',
      '请求：源端 5，目标端 7，令牌 1',
      '用时：83 s',
    ],
  ],
])('are shown to a person as a table (%s)', (locale, lines) => {
  const [stdout, stderr] = [new FakeScreen(), new FakeScreen()];
  showSummary(consoleOver({ stdout, stderr }, {}, locale), summary);
  expect(stdout.shown()).toEqual(lines);
  expect(stderr.shown()).toHaveLength(2);
  expect(stderr.shown()[0]).toMatch(/^a\/b:1 → c\/d:1/);
});

test('names of jobs sort by time', () => {
  const names = ['2026-11-21T20:29:42.236Z', '2027-01-01T00:00:00.000Z'].map((time) => newJobName(new Date(time)));
  expect(names).toEqual(['20261121T202942Z', '20270101T000000Z']);
});
