import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { image } from '../../fakes/images.ts';
import { type QuirkRegistry, startQuirkRegistry } from '../../fakes/quirk-registry/server.ts';
import { type Build, buildDesktop, type Desktop, environment, startDesktop } from './stage.ts';

const standIn = fileURLToPath(new URL('../../fakes/electron/stand-in', import.meta.url));

describe.runIf(existsSync('/usr/bin/chromium'))('the built desktop', () => {
  let built: Build;
  beforeAll(async () => {
    built = await buildDesktop();
  }, 120_000);
  afterAll(() => built?.remove());

  async function start(build: Build = built): Promise<Desktop> {
    const desktop = await startDesktop(build);
    onTestFinished(() => desktop.stop());
    // by its element: the sheet of the first start hides it from roles
    await desktop.page.locator('nav').waitFor();
    return desktop;
  }

  /** A copy of the build with something taken out of the program. */
  async function without(what: RegExp, instead: string): Promise<Build> {
    const main = join(built.folder, 'main.js');
    const whole = await readFile(main, 'utf8');
    const maimed = whole.replace(what, instead);
    expect(maimed).not.toBe(whole);
    await writeFile(main, maimed);
    onTestFinished(() => writeFile(main, whole));
    return built;
  }

  /** Two registries, one with an image, entered into the program by its own page. */
  async function registries(page: Page): Promise<{ readonly from: QuirkRegistry; readonly to: QuirkRegistry }> {
    const from = await startQuirkRegistry({ content: { 'team/app:1': image({ seed: 'one' }) } });
    const to = await startQuirkRegistry();
    onTestFinished(async () => {
      await from.close();
      await to.close();
    });
    for (const [name, { host }] of Object.entries({ from, to })) {
      const draft = { host, name, plainHttp: true, insecure: false, remember: 'no' };
      expect(await call(page, 'registries.save', draft)).toMatchObject({ ok: true });
    }
    expect(await call(page, 'settings.set', { firstRunDone: true })).toMatchObject({ ok: true });
    return { from, to };
  }

  test('shows the registries, copies an image between them and closes', async () => {
    const { app, page, ended, said } = await start();
    const { to } = await registries(page);
    // the page is loaded anew: what it heard before ends, and it hears again
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.loadURL('app://ferry/'));
    await page.getByRole('treeitem', { name: 'from' }).first().click();
    await page.getByRole('treeitem', { name: 'to' }).first().waitFor();
    const row = page.locator('.page-grid > .grid .grid-line', { hasText: 'team/app' });
    await row.first().click();
    await page.locator('.picker').click();
    await page.getByRole('menuitemcheckbox', { name: 'to' }).click();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+Enter');
    await page
      .getByRole('dialog')
      .locator('button.fui-Button:has-text("Start"), button:has-text("Copy")')
      .first()
      .click();
    await expect
      .poll(() => [...(to.state.repositories.get('team/app')?.tags.keys() ?? [])], { timeout: 20_000 })
      .toEqual(['1']);
    await expect
      .poll(async () => JSON.stringify(await call(page, 'history.list', { most: 10 })), { timeout: 20_000 })
      .toContain('"state":"finished"');
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
    expect(await ended).toBe(0);
    expect(said()).not.toMatch(/Error|refused/);
  });

  test('S-SHELL-5: the page breaks no rule of its policy, and runs no script that is put into it', async () => {
    const { page } = await start();
    const found = await page.evaluate(attack);
    expect(found).toEqual({ seen: true, planted: false, answer: 'failed' });
  });

  test('S-IPC-1: the page has four functions, and neither Node nor Electron', async () => {
    const { page } = await start();
    const names = await page.evaluate(powers);
    expect(names).toEqual([['call', 'feed', 'handleOf', 'opened'], true, []]);
  });

  const ways: readonly (readonly [string, string])[] = [
    ['a link', "void (location.href = 'https://evil.example/')"],
    ['another host of the scheme', "void (location.href = 'app://other/')"],
    ['an empty page', "void (location.href = 'about:blank')"],
    ['a program for mail', "void (location.href = 'mailto:a@b.example')"],
    ['a window', "void window.open('https://evil.example/')"],
    [
      'a form',
      "void document.body.appendChild(Object.assign(document.createElement('form'), { action: 'https://evil.example/' })).submit()",
    ],
  ];

  test('S-SHELL-6: the page cannot leave, by whatever way', async () => {
    const { app, page } = await start();
    await page.evaluate(() => Reflect.set(globalThis, 'marker', 1));
    for (const [way, script] of ways) {
      await page.evaluate(script);
      await page.waitForTimeout(200);
      expect({ way, marker: await page.evaluate('window.marker'), windows: app.windows().length }).toEqual({
        way,
        marker: 1,
        windows: 1,
      });
    }
  });

  test('S-SHELL-6: and it could, were the guard not there', async () => {
    const maimed = await without(/contents\.on\("will-(?:navigate|frame-navigate)", deny\);/g, '');
    const { page } = await start(maimed);
    await page.evaluate(() => Reflect.set(globalThis, 'marker', 1));
    await page.evaluate("void (location.href = 'app://ferry/absent')").catch(() => {});
    await expect
      .poll(() => page.evaluate(() => Reflect.get(globalThis, 'marker')).catch(() => undefined))
      .toBeUndefined();
  });

  test('S-IPC-3: another window is not heard, and it would be, were the sender not looked at', async () => {
    const { app } = await start();
    expect(await askFromOther(app)).toMatchObject({ ok: false });
    const maimed = await without(
      /return isOwnPage\(event\) \? this\.#lines\.get\(event\.sender\.id\) : void 0;/,
      'return [...this.#lines.values()][0];',
    );
    const other = await start(maimed);
    expect(await askFromOther(other.app)).toMatchObject({ ok: true });
  });

  /** What a window of the same address that the program does not know is answered. */
  async function askFromOther(app: Desktop['app']): Promise<unknown> {
    const waiting = app.waitForEvent('window');
    const preload = join(built.folder, 'preload.cjs');
    await app.evaluate(({ BrowserWindow }, file) => {
      const window = new BrowserWindow({ show: false, webPreferences: { preload: file } });
      return window.loadURL('app://ferry/');
    }, preload);
    const page = await waiting;
    await page.waitForFunction('window.ferry');
    return call(page, 'about.get', {});
  }

  test('S-SHELL-10: a second start ends at once, and the first one comes up', async () => {
    const { app, data } = await start();
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize());
    const second = spawnSync(standIn, [join(built.folder, 'main.js')], { env: environment(data), timeout: 20_000 });
    expect(second.status).toBe(0);
    await expect
      .poll(() => app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isMinimized()))
      .toBe(false);
  });

  test('S-SHELL-10: a file that a start names reaches the page once a person has said yes', async () => {
    const { app, page, data } = await start();
    expect(await call(page, 'settings.set', { firstRunDone: true })).toMatchObject({ ok: true });
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.loadURL('app://ferry/'));
    await app.evaluate(({ dialog }) => {
      dialog.showMessageBox = () => Promise.resolve({ response: 1, checkboxChecked: false });
    });
    const file = join(data, 'from-outside.txt');
    await writeFile(file, 'nginx:1.27');
    spawnSync(standIn, [join(built.folder, 'main.js'), file], { env: environment(data), timeout: 20_000 });
    await page.getByRole('dialog').getByText('from-outside.txt').first().waitFor();
  });

  test('a page that crashes comes again', async () => {
    const { app } = await start();
    const loads = app.evaluate(
      ({ BrowserWindow }) =>
        new Promise<string | undefined>((resolve) => {
          const contents = BrowserWindow.getAllWindows()[0]?.webContents;
          contents?.once('did-finish-load', () => resolve(contents.getURL()));
          contents?.forcefullyCrashRenderer();
        }),
    );
    expect(await loads).toBe('app://ferry/');
  });

  test('a signal to end ends it', async () => {
    const { app, ended } = await start();
    app.process().kill('SIGTERM');
    expect(await ended).toBe(0);
  });
});

/** Has a command done as the page does. */
function call(page: Page, name: string, input: unknown): Promise<unknown> {
  return page.evaluate(`window.ferry.call(${JSON.stringify(name)}, ${JSON.stringify(input)})`);
}

/** What a page would do that somebody put a script into. */
const attack = `(async () => {
  const seen = [];
  document.addEventListener('securitypolicyviolation', (event) => seen.push(event.effectiveDirective));
  try {
    const script = document.createElement('script');
    script.textContent = 'window.planted = 1';
    document.body.append(script);
  } catch {}
  const answer = await fetch('/assets/').then(() => 'sent', () => 'failed');
  await new Promise((resolve) => setTimeout(resolve, 50));
  return { seen: seen.length > 0, planted: 'planted' in window, answer };
})()`;

/** What a page has beyond a browser's own. */
const powers = `[
  Object.keys(window.ferry),
  Object.isFrozen(window.ferry),
  ['require', 'process', 'module', 'electron', 'ipcRenderer', 'Buffer'].filter((name) => name in globalThis),
]`;
