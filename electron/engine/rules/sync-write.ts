import { stringify } from 'yaml';
import { formatReference } from '../../oci/reference.ts';
import { groupBySource, type ReferencePair } from './pairs.ts';
import { formatSyncPlace, type SyncRule } from './sync-rule.ts';

/** How such a file is written. */
export type SyncFormat = 'yaml' | 'json';

/** Rules as image-syncer's images file, which reads them back as the same rules; names are written in full. */
export function toImageSyncer(rules: readonly SyncRule[], format: SyncFormat = 'yaml'): string {
  const map = new Map<string, string[]>();
  for (const rule of rules) {
    add(map, formatSyncPlace(rule.source), rule.destinations.map(formatSyncPlace));
  }
  return write(map, format, true);
}

/** Pairs as image-syncer's list of images, `source: [destinations]`; as a list of failures it can be given to `sync --images`. */
export function writePairs(pairs: readonly ReferencePair[], format: SyncFormat = 'yaml'): string {
  const map = new Map<string, string[]>();
  for (const { source, destinations } of groupBySource(pairs)) {
    add(map, sourceText(source), destinations.map(destinationText));
  }
  return write(map, format, false);
}

/** Source and destination texts of what failed, such as refused rules, in the same form: as they were written. */
export function writeFailed(
  failed: readonly { readonly source: string; readonly destination: string }[],
  format: SyncFormat = 'yaml',
): string {
  const map = new Map<string, string[]>();
  for (const { source, destination } of failed) add(map, source, destination === '' ? [] : [destination]);
  return write(map, format, false);
}

function sourceText(source: ReferencePair['source']): string {
  const { digest, host, path } = source;
  // With both, the tag would say nothing to image-syncer.
  return formatReference(digest === undefined ? source : { host, path, digest });
}

function destinationText(destination: ReferencePair['destination']): string {
  const { host, path, tag } = destination;
  return formatReference(tag === undefined ? destination : { host, path, tag });
}

function add(map: Map<string, string[]>, key: string, values: readonly string[]): void {
  map.set(key, [...new Set([...(map.get(key) ?? []), ...values])]);
}

function write(map: ReadonlyMap<string, readonly string[]>, format: SyncFormat, isShort: boolean): string {
  const values = new Map([...map].map(([key, list]) => [key, isShort && list.length === 1 ? (list[0] ?? '') : list]));
  if (format === 'yaml') return stringify(values, { lineWidth: 0 });
  // Not through an object, which would put keys that look like numbers first.
  const lines = [...values].map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return lines.length === 0 ? '{}\n' : `{\n${lines.join(',\n')}\n}\n`;
}
