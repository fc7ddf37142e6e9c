import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeStandInElectron } from './stand-in-electron.ts';

/** The repository. */
export const top: string = fileURLToPath(new URL('../..', import.meta.url));

/** What stands in for node.exe and for the licence of Node. */
export const standInNode = 'in place of what belongs to Node\n';

/** Packages made as `npm run dist` makes them, of an Electron that is none. */
export interface Packed {
  readonly out: string;
  /** What was printed. */
  readonly log: string;
  remove(): Promise<void>;
}

/** Makes the Windows zip and the Linux folder. The Linux one has the Node that runs the tests, and Windows' Node is a text. */
export async function makePackages(): Promise<Packed> {
  const folder = await mkdtemp(join(tmpdir(), 'ferry-packed-'));
  const electron = join(folder, 'electron');
  const out = join(folder, 'out');
  const nodeExe = join(folder, 'node.exe');
  const nodeBin = join(folder, 'node');
  await makeStandInElectron(electron);
  await writeFile(nodeExe, standInNode);
  await symlink(process.execPath, nodeBin);
  await writeFile(join(folder, 'LICENSE'), standInNode);
  const wish = ['--win', 'zip', '--linux', 'dir', '--electron-dist', electron, '--out', out];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(top, 'build', 'dist.mjs'), ...wish, '--node-exe', nodeExe, '--node-bin', nodeBin],
    // away from the repository, and with nothing that could fetch
    { cwd: folder, encoding: 'utf8', env: { ...process.env, ...noNetwork } },
  );
  if (status !== 0) throw new Error(`dist ended with ${status}:\n${stdout}\n${stderr}`);
  return { out, log: stdout + stderr, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Whoever asks for a page ends at a port where nobody listens. */
const noNetwork: Readonly<Record<string, string>> = {
  HTTP_PROXY: 'http://127.0.0.1:9',
  HTTPS_PROXY: 'http://127.0.0.1:9',
  npm_config_offline: 'true',
  SOURCE_DATE_EPOCH: '1700000000',
};

/** Every file below a folder, by its path with slashes. */
export async function readFolder(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files = await Promise.all(
    paths.map(async (path): Promise<[string, Buffer]> => [relative(folder, path), await readFile(path)]),
  );
  return new Map(files);
}
