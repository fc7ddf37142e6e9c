import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NtExecutable, NtExecutableResource, Resource } from 'resedit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { iconSizes } from '../../build/package/icon.ts';
import { archiveFiles, linuxFiles, named, onlyUnpacked, windowsFiles } from './expected-files.ts';
import { makePackages, type Packed, readFolder, standInNode, top } from './packed.ts';
import { type AsarFile, readAsar, readZip } from './read-archives.ts';
import { fuseMark } from './stand-in-electron.ts';

let packed: Packed;
let windows: ReadonlyMap<string, Buffer>;
let linux: ReadonlyMap<string, Buffer>;
let linuxFolder: string;

beforeAll(async () => {
  packed = await makePackages();
  linuxFolder = join(packed.out, 'linux-unpacked');
  const zip = await readZip(join(packed.out, `image-ferry-${version}-win-x64.zip`));
  windows = new Map([...zip].map(([name, content]) => [name.replace(/^Image-Ferry\//, ''), content]));
  linux = await readFolder(linuxFolder);
}, 300_000);

afterAll(() => packed?.remove());

const manifest = JSON.parse(await readFile(join(top, 'package.json'), 'utf8'));
const version: string = manifest.version;

describe('The list of files', () => {
  test('the Windows zip holds the program, its command line, the licences, two languages and a data folder, and nothing else', () => {
    expect(named(windows.keys())).toEqual(windowsFiles);
  });

  test('the Linux folder holds the same for Linux, and no data folder', () => {
    expect(named(linux.keys())).toEqual(linuxFiles);
  });

  test("the archive holds the bundles, the page and two packages; only the target's SQLite lies beside it", () => {
    for (const [asar, platform] of [
      [asarOf(windows), 'win32-x64'],
      [asarOf(linux), 'linux-x64'],
    ] as const) {
      expect(named(asar.keys())).toEqual(archiveFiles(platform));
      const beside = [...asar].filter(([, { content }]) => content === undefined).map(([name]) => name);
      expect(beside).toEqual([onlyUnpacked(platform)]);
    }
  });

  test('beside the packages lie their sums, the list of parts and the licences, and nothing is left over', async () => {
    const names = [
      'SHA256SUMS',
      'THIRD-PARTY-NOTICES.txt',
      `image-ferry-${version}-win-x64.zip`,
      'linux-unpacked',
      'sbom.cdx.json',
    ];
    expect((await readdir(packed.out)).sort()).toEqual(names.sort());
  });

  test('without Electron and Node, a package stays below 16 MiB', () => {
    const size = (files: ReadonlyMap<string, Buffer>): number =>
      [...files].filter(([name]) => !name.endsWith('cli/node')).reduce((sum, [, { length }]) => sum + length, 0);
    expect(size(windows)).toBeLessThan(16 * 1024 * 1024);
    expect(size(linux)).toBeLessThan(16 * 1024 * 1024);
  });
});

describe('What must not be in a package (S-PKG-5)', () => {
  const everything = (): [string, Buffer | undefined][] =>
    [windows, linux].flatMap((files) => [
      ...files,
      ...[...asarOf(files)].map(([name, { content }]): [string, Buffer | undefined] => [name, content]),
    ]);

  test('no maps, no tests, no sources, no hidden files, no keys', () => {
    const names = everything().map(([name]) => name);
    const unwanted =
      /\.map$|\.tsx?$|\.(?:pem|key|p12|pfx|env)$|(?:^|\/)(?:\.|tests?\/|__|.*\.(?:test|spec)\.)|package-lock/i;
    expect(names.filter((name) => unwanted.test(name))).toEqual([]);
  });

  test('no private key, no token, no source map, no place of the machine it was made on', () => {
    const unwanted = [/-----BEGIN [A-Z ]*PRIVATE KEY-----\n/, /_authToken|npm_[A-Za-z0-9]{36}/, /sourceMappingURL=/];
    const found = everything()
      // programs of others are what they are
      .filter(([name]) => !/\.(?:node|exe)$|cli\/node$/.test(name))
      .filter(([, content]) => {
        const text = content?.toString('latin1') ?? '';
        return unwanted.some((one) => one.test(text)) || [top, packed.out].some((place) => text.includes(place));
      });
    expect(found.map(([name]) => name)).toEqual([]);
  });

  test("the archive's package.json tells what it must and neither scripts nor dependencies", () => {
    const facts = JSON.parse(asarOf(windows).get('package.json')?.content?.toString() ?? '');
    const { description, license } = manifest;
    const names = { name: 'image-ferry', productName: 'Image Ferry', author: 'Image Ferry' };
    expect(facts).toEqual({ ...names, version, description, license, type: 'module', private: true, main: 'main.js' });
  });
});

describe('Protections of the program', () => {
  test('S-SHELL-12: the fuses are set on both platforms', () => {
    // scripts, cookies, NODE_OPTIONS, inspect, archive checked, only the archive, snapshot, file://, and one that stays
    const wire = '010011000';
    for (const program of [windows.get('Image Ferry.exe'), linux.get('image-ferry-desktop')]) {
      const at = (program?.indexOf(fuseMark) ?? 0) + fuseMark.length;
      expect(program?.subarray(at, at + 11).toString('latin1')).toBe(`\u0001\u0009${wire}`);
    }
  });

  test('the Windows program knows the digest of its archive', () => {
    const { entries } = resourcesOf('Image Ferry.exe');
    const found = entries.filter(({ type, id }) => type === 'INTEGRITY' && id === 'ELECTRONASAR');
    const { headerHash } = readAsar(bytesOf(windows, 'resources/app.asar'));
    expect(found.map(({ bin }) => JSON.parse(Buffer.from(bin).toString()))).toEqual([
      [{ file: 'resources\\app.asar', alg: 'SHA256', value: headerHash }],
    ]);
  });

  test('the archive has the digest of each of its files', () => {
    for (const [name, { content, hash }] of asarOf(windows)) {
      const beside = windows.get(`resources/app.asar.unpacked/${name}`);
      expect(
        createHash('sha256')
          .update(content ?? beside ?? '')
          .digest('hex'),
        name,
      ).toBe(hash);
    }
  });

  test('the Windows program has our icon in every size and says what it is; it is not signed, so SmartScreen asks', () => {
    const resources = resourcesOf('Image Ferry.exe');
    const groups = Resource.IconGroupEntry.fromEntries(resources.entries);
    expect(groups.map(({ icons }) => icons.map(({ width }) => width || 256))).toEqual([[...iconSizes]]);
    const [info] = Resource.VersionInfo.fromEntries(resources.entries);
    const strings = info?.getStringValues(info.getAllLanguagesForStringValues()[0] ?? { lang: 0, codepage: 0 });
    expect(strings).toMatchObject({ ProductName: 'Image Ferry', FileDescription: 'Image Ferry', FileVersion: version });
    // the entry of certificates in the list of directories
    expect(
      NtExecutable.from(bytesOf(windows, 'Image Ferry.exe')).newHeader.optionalHeaderDataDirectory.get(4).size,
    ).toBe(0);
  });

  test('nothing was downloaded, signed or published', () => {
    expect(packed.log).not.toMatch(/download|publish|signing with|winCodeSign/i);
  });
});

describe('The command line in the package', () => {
  test('the Windows launcher starts the Node of the package, with line ends that cmd reads', () => {
    const script = bytesOf(windows, 'image-ferry.cmd').toString();
    expect(script.replaceAll('\r\n', '')).not.toContain('\n');
    expect(script).toContain('"%~dp0resources\\cli\\node.exe" "%~dp0resources\\cli\\cli.js" %*');
    expect(bytesOf(windows, 'resources/cli/node.exe').toString()).toBe(standInNode);
  });

  test('on Linux it runs through a link, out of a folder that is made to mislead it (S-PKG-6)', async () => {
    const folder = await mkdtemp(join(packed.out, '..', 'hostile-'));
    for (const name of ['better-sqlite3', 'electron-log', 'undici']) {
      await mkdir(join(folder, 'node_modules', name), { recursive: true });
      await writeFile(join(folder, 'node_modules', name, 'index.js'), 'throw new Error("misled")');
    }
    await writeFile(join(folder, 'package.json'), '{"type":"commonjs"}');
    await writeFile(join(folder, '.npmrc'), 'node-options=--require=./node_modules/undici/index.js');
    await symlink(join(linuxFolder, 'image-ferry'), join(folder, 'link'));
    const env = { ...process.env, NODE_OPTIONS: '--require=./node_modules/undici/index.js' };
    const { status, stdout } = spawnSync(join(folder, 'link'), ['--version'], { cwd: folder, encoding: 'utf8', env });
    expect([status, stdout.trim()]).toEqual([0, version]);
  });

  test("it opens a data folder with the package's own SQLite", async () => {
    const data = await mkdtemp(join(packed.out, '..', 'data-'));
    const cli = join(linuxFolder, 'resources', 'cli', 'cli.js');
    const run = spawnSync(process.execPath, [cli, 'history', '--data-dir', data], { cwd: tmpdir(), encoding: 'utf8' });
    expect([run.status, run.stderr]).toEqual([0, expect.any(String)]);
    expect(await readdir(data)).toContain('image-ferry.db');
  });
});

describe('What lies beside the packages', () => {
  test('SHA256SUMS names every file with its sum', async () => {
    const lines = (await readFile(join(packed.out, 'SHA256SUMS'), 'utf8')).trim().split('\n');
    const named = new Map(lines.map((line): [string, string] => [line.slice(66), line.slice(0, 64)]));
    expect([...named.keys()]).toEqual([
      'THIRD-PARTY-NOTICES.txt',
      `image-ferry-${version}-win-x64.zip`,
      'sbom.cdx.json',
    ]);
    for (const [name, sum] of named) {
      expect(sha256(await readFile(join(packed.out, name))), name).toBe(sum);
    }
  });

  test('the list of parts is CycloneDX and names what is given away and nothing else', async () => {
    const bom = JSON.parse(await readFile(join(packed.out, 'sbom.cdx.json'), 'utf8'));
    const names: string[] = bom.components.map((part: { name: string }) => part.name);
    expect(bom).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { name: 'Image Ferry', version } } });
    for (const name of [...Object.keys(manifest.dependencies), 'electron', 'node', 'react', 'zod'])
      expect(names).toContain(name);
    for (const name of ['electron-builder', 'vitest', 'typescript', 'rolldown']) expect(names).not.toContain(name);
  });

  test('the licences name every part of that list, all known, and are in the packages too', async () => {
    const notices = await readFile(join(packed.out, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
    const bom = JSON.parse(await readFile(join(packed.out, 'sbom.cdx.json'), 'utf8'));
    const rows = notices.split('\n').filter((line) => line.includes(' · '));
    const parts: string[] = bom.components.map(
      (part: { name: string; version: string }) => `${part.name} ${part.version}`,
    );
    expect(rows.map((row) => row.replace(/ · .*/, '')).sort()).toEqual(parts.sort());
    expect(
      rows.filter((row) => !/ · (?:MIT|ISC|BSD-[23]-Clause|0BSD|Apache-2\.0)(?:$|;| and others)/.test(row)),
    ).toEqual([]);
    expect(windows.get('THIRD-PARTY-NOTICES.txt')?.toString()).toBe(notices);
    expect(linux.get('resources/cli/LICENSE.node.txt')?.toString()).toBe(standInNode);
  });
});

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function asarOf(files: ReadonlyMap<string, Buffer>): ReadonlyMap<string, AsarFile> {
  return readAsar(bytesOf(files, 'resources/app.asar')).files;
}

function bytesOf(files: ReadonlyMap<string, Buffer>, name: string): Buffer {
  const bytes = files.get(name);
  if (bytes === undefined) throw new Error(`${name} is not in the package`);
  return bytes;
}

function resourcesOf(name: string): NtExecutableResource {
  return NtExecutableResource.from(NtExecutable.from(bytesOf(windows, name)));
}
