import type { CaseId } from './cases.ts';
import type { Measurement } from './measure.ts';
import type { Requests } from './registry.ts';

/** What one tool did in one case. */
export interface ToolResult {
  readonly tool: string;
  /** The measured runs; the discarded one is not among them. */
  readonly runs: readonly Measurement[];
  /** What both registries were asked in a run of its own, without a clock. */
  readonly requests?: { readonly source: Requests; readonly destination: Requests };
  /** The 99th percentile of the delay of our event loop in that run. */
  readonly loopDelayMs?: number;
  /** Bytes that crossed a line more than once; case e only. */
  readonly twice?: { readonly fromSourceBytes: number; readonly toDestinationBytes: number };
  /** Why there is no more of it. */
  readonly problem?: string;
}

/** What all tools did in one case. */
export interface CaseResult {
  readonly id: CaseId;
  readonly title: string;
  readonly tools: readonly ToolResult[];
}

/** The middle of the values; of the two middle ones the mean. NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const half = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(half) - 1], sorted[Math.floor(half)]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}

/** The medians of a tool's runs; undefined without runs. */
export function medians(result: ToolResult): Measurement | undefined {
  if (result.runs.length === 0) return undefined;
  return {
    wallMs: median(result.runs.map((run) => run.wallMs)),
    cpuMs: median(result.runs.map((run) => run.cpuMs)),
    rssBytes: median(result.runs.map((run) => run.rssBytes)),
  };
}
