import { formatBytes, formatSeconds } from '../../electron/contract/format.ts';
import type { Language } from '../../electron/contract/language.ts';

/** A size for people; a dash where it is not known. */
export function bytesText(bytes: number | undefined): string {
  return bytes === undefined ? '–' : formatBytes(bytes);
}

/** A speed for people: `41.2 MiB/s`. */
export function rateText(bytesPerSecond: number): string {
  return `${formatBytes(Math.max(0, bytesPerSecond))}/s`;
}

/** A span of time for people: `0:18`, `12:05`, `3:20:00`; long spans stay readable at a glance. */
export function clockText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  const rest = `${String(minutes).padStart(hours > 0 ? 2 : 1, '0')}:${String(whole % 60).padStart(2, '0')}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** How long something took, in units of the language. */
export function durationText(seconds: number, language: Language): string {
  const text = formatSeconds(seconds);
  if (language === 'en') return text;
  return text.replace(' h', ' 小时').replace(' min', ' 分').replace(' s', ' 秒');
}

/** A count with separators: `12,345`. */
export function countText(count: number, language: Language): string {
  return new Intl.NumberFormat(language).format(count);
}

/** A share from 0 to 1; undefined when the whole is not known. Never above 1, and 1 only when all is done. */
export function shareOf(done: number, total: number | undefined): number | undefined {
  if (total === undefined) return undefined;
  if (total <= 0) return 1;
  return Math.min(1, Math.max(0, done / total));
}
