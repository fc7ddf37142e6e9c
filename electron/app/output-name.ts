import { win32 } from 'node:path';
import { windowsRefusal } from '../engine/engine.ts';

/**
 * Why a file of this path should not be written on this machine: Windows would keep it, but no program of a person could open or
 * delete it. Undefined when it can be.
 */
export function outputRefusal(path: string, platform: NodeJS.Platform = process.platform): string | undefined {
  if (platform !== 'win32') return undefined;
  const name = win32.basename(path);
  const why = windowsRefusal(name);
  return why === undefined ? undefined : `the name ${name} ${why}`;
}
