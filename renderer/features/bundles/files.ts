import type { SnapshotOf } from '../../../electron/contract/feeds.ts';
import type { FileChoice } from '../../state/carrying.ts';

/** What is looked at: the wanted one as long as it is there, else the first there is. */
export function chosenFile(
  { bundles, exports, receipts }: SnapshotOf<'bundles'>,
  wanted: FileChoice | undefined,
): FileChoice | undefined {
  if (wanted?.kind === 'bundle' && bundles.some(({ bundle }) => bundle === wanted.id)) return wanted;
  if (wanted?.kind === 'export' && exports.some(({ job }) => job === wanted.job)) return wanted;
  if (wanted?.kind === 'receipt' && receipts.some(({ receipt }) => receipt === wanted.id)) return wanted;
  const [bundle] = bundles;
  if (bundle !== undefined) return { kind: 'bundle', id: bundle.bundle };
  const [exported] = exports;
  if (exported !== undefined) return { kind: 'export', job: exported.job };
  const [receipt] = receipts;
  return receipt === undefined ? undefined : { kind: 'receipt', id: receipt.receipt };
}

/** True for two choices of the same. */
export function isSameFile(one: FileChoice, other: FileChoice): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The lines of `sha256sum -c` for files whose checksums are known. */
export function checksumLines(files: readonly { readonly name: string; readonly sha256?: string }[]): string {
  return files.flatMap(({ name, sha256 }) => (sha256 === undefined ? [] : [`${sha256}  ${name}\n`])).join('');
}
