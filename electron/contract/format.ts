export { shortDigest } from '../oci/digest.ts';

const units: readonly string[] = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** A size for people: three digits and a binary unit. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // 1023.5 KiB would be written 1024 KiB
  while (value >= (unit === 0 ? 1024 : 1023.5) && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${units[unit] ?? ''}`;
}

/** A span of time for people: `8.3 s`, `95 s`, `12 min 05 s`, `3 h 20 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 100) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${twoDigits(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${twoDigits(Math.floor((whole % 3600) / 60))} min`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

const unsafe =
  // oxlint-disable-next-line no-control-regex -- these are the characters to be replaced
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** A text with characters that could move a terminal's cursor or turn its lines around made harmless. */
export function terminalText(text: string): string {
  return text.toWellFormed().replace(unsafe, '\ufffd');
}
