import { expect } from 'vitest';
import type { FerryEnd } from './ferry.ts';

/** One line of `--json`. */
export type JsonLine = Readonly<Record<string, unknown>> & { readonly event: string };

/** CLI.md's last line. */
export interface Summary {
  readonly ok: boolean;
  readonly images: Readonly<Record<'total' | 'copied' | 'unchanged' | 'skipped' | 'failed' | 'cancelled', number>>;
  readonly blobs: Readonly<Record<'sent' | 'mounted' | 'present', number>>;
  readonly bytes: Readonly<Record<'received' | 'sent' | 'reused', number>>;
  readonly requests: Readonly<Record<'source' | 'destination' | 'token', number>>;
  readonly seconds: number;
  readonly job: string;
  readonly failures: readonly Readonly<
    Record<'source' | 'destination' | 'kind' | 'side' | 'message' | 'remedy', string>
  >[];
}

const count = expect.toSatisfy((value) => Number.isSafeInteger(value) && Number(value) >= 0);
const line = expect.stringMatching(/^[^\n]+$/);

/** Proves that `facts` are CLI.md's, no key more or less, each of its type. */
export function expectSummary(facts: unknown): asserts facts is Summary {
  expect(facts).toEqual({
    ok: expect.any(Boolean),
    images: { total: count, copied: count, unchanged: count, skipped: count, failed: count, cancelled: count },
    blobs: { sent: count, mounted: count, present: count },
    bytes: { received: count, sent: count, reused: count },
    requests: { source: count, destination: count, token: count },
    seconds: expect.any(Number),
    job: line,
    failures: expect.toSatisfy((list) => Array.isArray(list) && list.every(expectFailure)),
  });
}

function expectFailure(failure: unknown): boolean {
  expect(failure).toMatchObject({
    source: expect.any(String),
    destination: expect.any(String),
    kind: expect.stringMatching(/^[a-z-]+$/),
    side: expect.stringMatching(/^(?:source|destination|cache|local)$/),
    message: line,
    remedy: line,
  });
  return true;
}

/** The events and the summary of a run with `--json`; proves that stdout holds them and nothing else. */
export function jsonOf(end: FerryEnd): { readonly events: readonly JsonLine[]; readonly summary: Summary } {
  expect(end.stdout.endsWith('\n')).toBe(true);
  const lines = end.stdout
    .slice(0, -1)
    .split('\n')
    .map((text): JsonLine => JSON.parse(text));
  const events = lines.slice(0, -1);
  for (const event of events) {
    expect(event.event).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
    expect(event.event).not.toBe('summary');
    expect(event['at']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  }
  const { event, ...summary } = lines.at(-1) ?? { event: 'none' };
  expect(event).toBe('summary');
  expectSummary(summary);
  return { events, summary };
}
