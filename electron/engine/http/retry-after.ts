import type { IncomingHttpHeaders } from 'node:http';

/** The longest pause a registry can impose; after it we ask once more (PROTOCOL 7). */
export const longestPauseMs = 15 * 60_000;

const unitsMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  µs: 1e-3,
  μs: 1e-3,
  us: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/**
 * The pause an answer asks for, in milliseconds between 0 and 15 minutes; undefined when it asks for none that makes sense.
 * Reads seconds, dates (relative to the answer's own Date, not our clock), Unix seconds and milliseconds, and Go durations.
 * Docker Hub has sent Unix times (docker/hub-feedback#2459), others durations such as `880.092µs` (dependabot/cli#380).
 */
export function retryAfterMs(headers: IncomingHttpHeaders, wallMs: number): number | undefined {
  const nowMs = Date.parse(single(headers['date'])) || wallMs;
  const value = single(headers['retry-after']).trim() || single(headers['x-retry-after']).trim();
  const delayMs = delayOf(value, nowMs);
  if (delayMs === undefined || Number.isNaN(delayMs) || delayMs < 0) return undefined;
  return Math.min(Math.ceil(delayMs), longestPauseMs);
}

function delayOf(value: string, nowMs: number): number | undefined {
  if (/^\d+(?:\.\d+)?$/.test(value)) {
    const number = Number(value);
    if (number > 1e11) return number - nowMs;
    if (number > 1e9) return number * 1000 - nowMs;
    return number * 1000;
  }
  if (/^(?:\d+(?:\.\d+)?(?:ns|µs|μs|us|ms|s|m|h))+$/.test(value)) {
    const parts = value.matchAll(/(\d+(?:\.\d+)?)(ns|µs|μs|us|ms|s|m|h)/g);
    return [...parts].reduce((sum, [, amount, unit]) => sum + Number(amount) * (unitsMs[unit ?? ''] ?? 0), 0);
  }
  const isDate = /[a-z]{3}/i.test(value) && value.includes(':');
  return isDate ? Date.parse(value) - nowMs : undefined;
}

function single(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value) ?? '';
}
