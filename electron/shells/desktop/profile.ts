import { join, resolve } from 'node:path';
import { portableFolder } from '../../app/home.ts';

/**
 * Where the browser inside keeps its own things, which must go along with a data folder that was named or that travels with the
 * program; undefined for the place that the system has for it. Follows the order of `kernel/data-folder`.
 */
export function profileFolder(
  environment: Readonly<Record<string, string | undefined>>,
  program: string,
): string | undefined {
  const named = environment['IMAGE_FERRY_DATA'];
  const folder = named ? resolve(named) : portableFolder(program, environment);
  return folder === undefined ? undefined : join(folder, 'window');
}
