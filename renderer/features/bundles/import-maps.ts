/** One `FROM=TO`. */
export interface ImportMap {
  readonly from: string;
  readonly to: string;
}

/** The rules in a text, one a line; `wrongLine` is the first line, from 1, that is none. */
export function readMaps(text: string): { readonly maps: readonly ImportMap[]; readonly wrongLine?: number } {
  const maps: ImportMap[] = [];
  for (const [at, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const sign = line.indexOf('=');
    const [from, to] = [line.slice(0, Math.max(0, sign)).trim(), line.slice(sign + 1).trim()];
    if (sign < 0 || from === '' || to === '') return { maps, wrongLine: at + 1 };
    maps.push({ from, to });
  }
  return { maps };
}
