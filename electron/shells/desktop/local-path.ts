import { isAbsolute } from 'node:path';

/** Shares and devices are opened by being looked at, which gives the account of this machine away; addresses are no paths. */
const foreign = /^(?:[\\/]{2}|[a-z][a-z0-9+.-]+:)/i;
/** Another stream of a file, or a device with an ending. */
const oddWindowsPart = /:|^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** True for the absolute path of something that can only be on this machine: no share, no device, no address, no NUL. */
export function isLocalPath(path: string, platform: NodeJS.Platform = process.platform): boolean {
  if (path.includes('\0') || foreign.test(path)) return false;
  if (platform !== 'win32') return isAbsolute(path);
  const [drive, ...parts] = path.split(/[\\/]/);
  const isAbsoluteThere = drive !== undefined && /^[a-z]:$/i.test(drive) && parts.length > 0;
  return isAbsoluteThere && parts.every((part) => !oddWindowsPart.test(part));
}
