import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NtExecutable, NtExecutableResource, Resource } from 'resedit';

/** What Electron marks its fuses with: 32 characters, the wire's version, its length, and a character for each fuse. */
export const fuseMark = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

/** As Electron is delivered: scripts may run, cookies are plain, nothing is checked. */
const deliveredFuses = '101100010';

const english = { lang: 1033, codepage: 1200 };

/**
 * Makes folders in place of Electron's, `win32-x64` and `linux-x64`: its files, with nothing in them but what a packager looks
 * at. The Windows program is a real PE file with a version in it.
 */
export async function makeStandInElectron(folder: string): Promise<void> {
  const windows = join(folder, 'win32-x64');
  await makeFiles(windows, ['ffmpeg.dll', 'd3dcompiler_47.dll', 'libEGL.dll', 'vk_swiftshader.dll']);
  await writeFile(join(windows, 'electron.exe'), portableExecutable());
  const linux = join(folder, 'linux-x64');
  await makeFiles(linux, ['libffmpeg.so', 'libEGL.so', 'chrome-sandbox', 'chrome_crashpad_handler']);
  const program = Buffer.concat([Buffer.from('#!/bin/sh\nexit 0\n'), fuseWire()]);
  await writeFile(join(linux, 'electron'), program, { mode: 0o755 });
}

async function makeFiles(folder: string, own: readonly string[]): Promise<void> {
  const common = [
    'LICENSE',
    'LICENSES.chromium.html',
    'version',
    'icudtl.dat',
    'resources.pak',
    'v8_context_snapshot.bin',
  ];
  const locales = ['de', 'en-GB', 'en-US', 'ja', 'zh-CN', 'zh-TW'].map((name) => `locales/${name}.pak`);
  for (const name of [...common, ...own, ...locales, 'resources/default_app.asar']) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), `in place of ${name}\n`);
  }
}

function portableExecutable(): Buffer {
  const program = NtExecutable.createEmpty(false, false);
  const resources = NtExecutableResource.from(program);
  const values = { ProductName: 'Electron', FileDescription: 'Electron' };
  const version = Resource.VersionInfo.create(english.lang, { fileVersionMS: 45 * 0x10000 }, [{ ...english, values }]);
  version.outputToResourceEntries(resources.entries);
  resources.entries.push({ type: 10, id: 1, ...english, bin: Uint8Array.from(fuseWire()).buffer });
  resources.outputResource(program);
  return Buffer.from(program.generate());
}

function fuseWire(): Buffer {
  return Buffer.concat([Buffer.from(fuseMark), Buffer.from([1, deliveredFuses.length]), Buffer.from(deliveredFuses)]);
}
