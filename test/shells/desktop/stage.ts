import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { build } from 'vite';

const top = fileURLToPath(new URL('../../../', import.meta.url));
// a real program goes here, with the same tests
const program = process.env['ELECTRON_BIN'] ?? join(top, 'test', 'fakes', 'electron', 'stand-in');

/** The built desktop: the program, its preload and the page, as they are packed. */
export interface Build {
  readonly folder: string;
  remove(): Promise<void>;
}

/** Builds everything into a folder of its own, below the project, where the packages are found. */
export async function buildDesktop(): Promise<Build> {
  const folder = await mkdtemp(join(top, 'dist', 'desktop-'));
  const bundler: { bundleDesktop(folder: string): Promise<void> } = await import(
    join(top, 'build', 'bundle-desktop.mjs')
  );
  await bundler.bundleDesktop(folder);
  await build({
    configFile: join(top, 'build', 'vite.renderer.config.ts'),
    logLevel: 'error',
    build: { outDir: join(folder, 'renderer'), emptyOutDir: true },
  });
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** A desktop that runs, with a data folder of its own. */
export interface Desktop {
  readonly app: ElectronApplication;
  readonly page: Page;
  readonly data: string;
  /** What it wrote on its terminal. */
  readonly said: () => string;
  /** With which status it ended. */
  readonly ended: Promise<number | null>;
  /** Ends it if it has not ended, and removes its data. */
  stop(): Promise<void>;
}

/** Starts the desktop; `data` is kept when given. */
export async function startDesktop({ folder }: Build, data?: string): Promise<Desktop> {
  const own = data ?? (await mkdtemp(join(tmpdir(), 'desktop-data-')));
  const app = await _electron.launch({
    executablePath: program,
    args: [join(folder, 'main.js')],
    env: environment(own),
    timeout: 30_000,
  });
  const child = app.process();
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (piece) => (text += piece));
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', resolve);
  });
  return {
    app,
    page: await app.firstWindow().catch((cause: unknown) => {
      throw new Error(`the desktop did not open: ${text}`, { cause });
    }),
    data: own,
    said: () => text,
    ended,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await ended;
      if (data === undefined) await rm(own, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** What a start of the desktop has in its environment. */
export function environment(data: string): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env;
  return {
    PATH,
    HOME,
    IMAGE_FERRY_DATA: data,
    DOCKER_CONFIG: data,
    STAND_IN_NODE: process.execPath,
    LANG: 'en_US.UTF-8',
  };
}
