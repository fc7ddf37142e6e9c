import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Found, found } from './found.ts';
import { wrongFuses } from './fuse-wire.ts';

/** Electron's own libraries; our packages bring no other. */
const ownLibraries: ReadonlySet<string> = new Set([
  'd3dcompiler_47.dll',
  'dxcompiler.dll',
  'dxil.dll',
  'ffmpeg.dll',
  'libegl.dll',
  'libglesv2.dll',
  'vk_swiftshader.dll',
  'vulkan-1.dll',
]);
const mostNames = 20;

/** Whether the packaged desktop in `program` has the fuses of a package; undefined where there is none. */
export async function checkFuses(program: string | undefined, signal: AbortSignal): Promise<Found> {
  if (program === undefined) return found('fuses-elsewhere');
  try {
    const names = await wrongFuses(program, signal);
    return names.length === 0 ? found('fuses-set') : found('fuses-wrong', { names: names.join(', ') });
  } catch (thrown) {
    if (signal.aborted || !(thrown instanceof Error)) throw thrown;
    return found('fuses-unreadable', { problem: thrown.message });
  }
}

/** Whether libraries lie beside a program that are not its own: Windows loads from there first (S-PKG-2). */
export async function checkLibraries(program: string, platform: NodeJS.Platform): Promise<Found> {
  if (platform !== 'win32') return found('libraries-elsewhere');
  const names = foreignLibraries(await readdir(dirname(program)));
  return names.length === 0
    ? found('libraries-known')
    : found('libraries-unexpected', { names: names.slice(0, mostNames).join(', ') });
}

/** Those of the names that are libraries and not Electron's own. */
export function foreignLibraries(names: readonly string[]): readonly string[] {
  return names.filter((name) => /\.dll$/i.test(name) && !ownLibraries.has(name.toLowerCase()));
}
