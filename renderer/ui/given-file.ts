import type { GivenFile } from '../../electron/contract/files.ts';

/** A file that was chosen, dropped, pasted or opened from outside. */
export interface NamedFile {
  readonly name: string;
  readonly given: GivenFile;
  /** Missing where only the engine may read it. */
  readonly text?: string;
}

/** A text as a file of that name. */
export function fileOfText(name: string, text: string): NamedFile {
  return { name, given: { name, text }, text };
}
