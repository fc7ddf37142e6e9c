import type { ExportTarget } from '../../../electron/contract/bundles.ts';

/** Where a file is to be written, while a person chooses. */
export interface TargetDraft {
  readonly name: string;
  /** What a dialog gave, or the folder that is looked into. */
  readonly place?: { readonly kind: 'file' | 'folder'; readonly handle: string };
}

/** The same as commands take it; undefined as long as something is missing. */
export function targetOf({ name, place }: TargetDraft): ExportTarget | undefined {
  if (place === undefined) return undefined;
  if (place.kind === 'file') return { handle: place.handle };
  return isFileName(name) ? { folder: place.handle, name } : undefined;
}

/** True for the name of a file without any folder, as every system takes it. */
export function isFileName(name: string): boolean {
  return name.length <= 200 && /^[^./\\:*?"<>|][^/\\:*?"<>|]*$/.test(name) && !/[. ]$/.test(name);
}
