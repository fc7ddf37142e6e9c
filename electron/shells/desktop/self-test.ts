import { app, session } from 'electron';
import { mkdir, writeFile } from 'node:fs/promises';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataFolder } from '../../app/home.ts';
import { selfTestLines } from '../../app/self-test/lines.ts';
import { runSelfTest } from '../../app/self-test/self-test.ts';
import type { SelfTestWish } from './arguments.ts';
import { desktopVault } from './desktop-vault.ts';
import { desktopKeys } from './key-wrapper.ts';
import { systemProxy } from './system-proxy.ts';
import { languageOf, textsIn } from './texts.ts';

/**
 * Looks at what this machine gives the desktop, without a window, and ends the program with the status that says how it went.
 * To be called before the app is ready. A program with windows has no terminal on Windows, so the result is written to
 * `logs/self-test.json` in the data folder as well.
 */
export function selfTestDesktop(wish: SelfTestWish, version: string): void {
  // another one may be running: it keeps the browser's things to itself
  const own = mkdtempSync(join(tmpdir(), 'image-ferry-self-test-'));
  app.setPath('userData', own);
  void app
    .whenReady()
    .then(() => look(wish, version))
    .catch((thrown: unknown) => {
      process.stderr.write(`${String(thrown)}\n`);
      return 1;
    })
    .then((status) => {
      removeQuietly(own);
      app.exit(status);
    });
}

async function look({ json }: SelfTestWish, version: string): Promise<number> {
  const language = languageOf('system', app.getLocale());
  const keys = desktopKeys(process.platform, () => Promise.resolve(textsIn(language)));
  const program = app.getPath('exe');
  const folder = () => dataFolder({ program });
  const result = await runSelfTest(
    {
      version,
      folder,
      vault: (workspace) => desktopVault(workspace, keys),
      keeper: keys.name(),
      fusedProgram: app.isPackaged ? program : undefined,
      setProxy: () => systemProxy(session.defaultSession),
    },
    new AbortController().signal,
  );
  const text = JSON.stringify({ event: 'summary', version, ...result });
  process.stdout.write(json ? `${text}\n` : `${selfTestLines(result, language).join('\n')}\n`);
  await folder()
    .then(({ path }) => keep(join(path, 'logs'), text))
    .catch(() => undefined);
  return result.ok ? 0 : 1;
}

async function keep(folder: string, text: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, 'self-test.json'), `${text}\n`, { mode: 0o600 });
}

/** The browser may still hold files of it. */
function removeQuietly(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // the system clears its temporary folder
  }
}
