import { accessSync, constants, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/**
 * Where the browser inside keeps its own things, which must go along with a data folder that was named or that travels with the
 * program; undefined for the place that the system has for it. Follows the order of `kernel/data-folder`.
 */
export function profileFolder(
  environment: Readonly<Record<string, string | undefined>>,
  program: string,
): string | undefined {
  const named = environment['IMAGE_FERRY_DATA'];
  if (named) return join(resolve(named), 'window');
  const beside = join(dirname(resolve(program)), 'data');
  return isWritableFolder(beside) ? join(beside, 'window') : undefined;
}

function isWritableFolder(folder: string): boolean {
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return statSync(folder).isDirectory();
  } catch {
    return false;
  }
}
