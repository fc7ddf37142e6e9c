import { mkdir, writeFile } from 'node:fs/promises';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, vi } from 'vitest';
import type { BackEndShell } from '../../../electron/app/back-end/back-end.ts';
import type { Clock } from '../../../electron/app/window/clock.ts';
import type * as PageModule from '../../../electron/shells/web/page.ts';
import type * as ElectronModule from '../../fakes/electron/electron.ts';
import type { FakeBrowserWindow } from '../../fakes/electron/browser-window.ts';
import type { MemoryParts } from '../../unit/app/window/memory-parts.ts';

/** The stand-in as a test sees it. */
export type Electron = typeof ElectronModule;

/** The real program in this process, over the stand-in in memory, with everything behind it in memory too. */
export interface Program {
  readonly electron: Electron;
  readonly parts: MemoryParts;
  /** What the program gave to its back end. */
  readonly shell: BackEndShell;
  readonly window: FakeBrowserWindow;
  /** What was logged. */
  readonly logged: (readonly unknown[])[];
  /** Everything asked of a recording part, by its name. */
  readonly asked: (what: string) => readonly (readonly unknown[])[];
}

/** How a program is started. */
export interface StartOptions {
  readonly given?: readonly string[];
  /** One that stands still, unless given. */
  readonly clock?: Clock;
  /** Sets the stand-in before the program is read. */
  readonly before?: (electron: Electron) => void;
}

const index =
  '<!doctype html><meta property="csp-nonce" nonce="__CSP_NONCE__"><script type="module" src="./assets/main.js"></script>';

/** The stand-in, fresh, as `electron` for whatever is imported from now on. */
export async function freshElectron(): Promise<Electron> {
  vi.resetModules();
  const electron = await import('../../fakes/electron/electron.ts');
  vi.doMock('electron', () => electron);
  const { argv } = process;
  const folder = testFolder();
  electron.app.setPath('userData', folder);
  vi.stubEnv('IMAGE_FERRY_DATA', '');
  onTestFinished(() => {
    process.argv = argv;
    vi.doUnmock('electron');
    vi.unstubAllEnvs();
  });
  return electron;
}

/** Reads the program's entry as it is; gives the stand-in before it becomes ready. */
export async function readEntry({
  given = [],
  before,
  clock,
}: StartOptions = {}): Promise<Omit<Program, 'window' | 'shell'> & { readonly shells: readonly BackEndShell[] }> {
  const electron = await freshElectron();
  before?.(electron);
  process.argv = electron.app.isPackaged ? ['image-ferry', ...given] : ['electron', 'main.js', ...given];
  const { memoryParts } = await import('../../unit/app/window/memory-parts.ts');
  const { WindowHost } = await import('../../../electron/app/window/window.ts');
  const parts = await memoryParts(clock === undefined ? {} : { clock });
  const shells: BackEndShell[] = [];
  const logged: (readonly unknown[])[] = [];
  vi.doMock('../../../electron/app/back-end/back-end.ts', () => ({
    openBackEnd: (shell: BackEndShell) => {
      shells.push(shell);
      const window = new WindowHost(
        { ...parts, files: shell.files, confirm: shell.confirm ?? parts.confirm },
        { checksOutputs: true },
      );
      const logger = { log: (...line: readonly unknown[]) => void logged.push(line) };
      const close = (): Promise<void> => Promise.resolve(window.close());
      const resumed = (): void => void logged.push(['resumed']);
      return Promise.resolve({
        window,
        parts,
        clock: parts.clock,
        notices: parts.notices,
        logger,
        logFolder: testFolder(),
        close,
        resumed,
      });
    },
  }));
  const page = await samplePage();
  vi.doMock('../../../electron/shells/web/page.ts', async (original) => {
    const real = await original<typeof PageModule>();
    return { ...real, loadPage: () => real.loadPage(page) };
  });
  onTestFinished(() => {
    vi.doUnmock('../../../electron/app/back-end/back-end.ts');
    vi.doUnmock('../../../electron/shells/web/page.ts');
  });
  await import('../../../electron/main.ts');
  const asked = (what: string): readonly (readonly unknown[])[] =>
    electron.calls.filter(([name]) => name === what).map(([, ...rest]) => rest);
  return { electron, parts, shells, logged, asked };
}

/** Starts the program and waits for its window. */
export async function startProgram(options: StartOptions = {}): Promise<Program> {
  const { electron, shells, ...rest } = await readEntry(options);
  await electron.app.start();
  await expect.poll(() => electron.BrowserWindow.getAllWindows()[0]?.webContents.getURL()).toBe('app://ferry/');
  const [window] = electron.BrowserWindow.getAllWindows();
  const [shell] = shells;
  if (window === undefined || shell === undefined) throw new Error('the program did not open');
  return { electron, shell, window, ...rest };
}

/** A folder that is gone after the test. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ferry-desktop-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function samplePage(): Promise<string> {
  const folder = testFolder();
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), index);
  await writeFile(join(folder, 'assets', 'main.js'), 'export {};');
  await writeFile(join(folder, 'assets', 'main.js.map'), '{}');
  await writeFile(join(folder, '.env'), 'SECRET=planted');
  return folder;
}
