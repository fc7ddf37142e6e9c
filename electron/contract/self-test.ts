import { z } from 'zod';
import { line, list, named, text } from './bounded.ts';
import type { Data } from './operation.ts';

/** What a self-test looks at, in this order. */
export const checkIds = [
  'versions',
  'zstd',
  'certificates',
  'folder',
  'database',
  'cache',
  'vault',
  'loopback',
  'proxy',
  'disk',
  'fuses',
  'libraries',
] as const;

/** One of the things that a self-test looks at. */
export type CheckId = (typeof checkIds)[number];

const checkShape = z.strictObject({
  id: z.enum(checkIds),
  state: z.enum(['ok', 'warning', 'failed', 'skipped']),
  /** What was found, as a word that never changes; `self-test-text` says it in every language. */
  code: line(50),
  values: named(text(2000), 20),
  /** What was found, in English. */
  message: text(4000),
  /** What to do about it, in English; missing where nothing is to be done. */
  remedy: text(2000).optional(),
  milliseconds: z.number().min(0),
});

/** How a self-test ended. */
export const selfTestShape = z.strictObject({
  /** True when no check failed. */
  ok: z.boolean(),
  checks: list(checkShape, checkIds.length),
});

/** One thing that was looked at. */
export type Check = Data<typeof checkShape>;

/** How a self-test ended. */
export type SelfTest = Data<typeof selfTestShape>;
