/** A moment as `2026-11-06 10:39` in the zone of this machine: it sorts, and reads the same in every language. */
export function momentText(moment: string | number | undefined): string {
  if (moment === undefined) return '–';
  const date = new Date(moment);
  if (Number.isNaN(date.getTime())) return '–';
  return `${dayText(date)} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** The time of day as `10:39:07`. */
export function timeText(moment: string | number): string {
  const date = new Date(moment);
  if (Number.isNaN(date.getTime())) return '–';
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

function dayText(date: Date): string {
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
