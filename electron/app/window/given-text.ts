import type { GivenFile } from '../../contract/files.ts';
import { refuseRequest } from './failures.ts';
import type { FileDesk } from './parts.ts';

/** What variables in a text of a window stand for: it comes from a clipboard or a disk and must not read this process's environment. */
export const noVariables: Readonly<Record<string, string>> = {};

const mostBytes = 4 * 1024 * 1024;

/** A text with the name a person knows it by. */
export interface NamedText {
  readonly name: string;
  readonly text: string;
}

/** The text that was given or that the chosen file holds; throws CopyError. */
export async function readGiven(given: GivenFile, files: FileDesk, signal: AbortSignal): Promise<NamedText> {
  if ('text' in given) return given;
  const file = await files.open(given.handle, signal);
  if (file.sizeBytes > mostBytes) throw refuseRequest(`${file.name} is larger than ${mostBytes} bytes`, file.name);
  return { name: file.name, text: await file.text(signal) };
}
