import { app, type BrowserWindow, dialog, nativeTheme, powerMonitor, session } from 'electron';
import { basename } from 'node:path';
import { failureOfThrown } from '../../app/errors.ts';
import type { BackEnd, BackEndShell } from '../../app/back-end/back-end.ts';
import type { Confirm } from '../../app/window/parts.ts';
import { questionText } from '../../contract/question-text.ts';
import { plainSettings } from '../../app/window/setting-list.ts';
import { logLevel, openLog } from '../log.ts';
import { loadPage } from '../web/page.ts';
import { AppTray } from './app-tray.ts';
import type { Launch } from './arguments.ts';
import { ChosenFiles } from './chosen-files.ts';
import { guardDownloads } from './downloads.ts';
import { Ipc } from './ipc.ts';
import { JobWatch } from './job-watch.ts';
import { desktopVault } from './desktop-vault.ts';
import { desktopKeys } from './key-wrapper.ts';
import { Leaving } from './leaving.ts';
import { showMenu } from './menu.ts';
import type { Outside } from './outside.ts';
import type { PageLine } from './page-line.ts';
import { servePageScheme } from './page-scheme.ts';
import { ask } from './questions.ts';
import { guardSession } from './session-guard.ts';
import { Signs } from './signs.ts';
import { systemProxy } from './system-proxy.ts';
import { languageOf, type Texts, textsIn } from './texts.ts';
import { bringUp, loadPageInto, newWindow } from './window.ts';

/** What the desktop is made with. */
export interface DesktopOptions {
  readonly version: string;
  /** The built preload. */
  readonly preload: string;
  /** The folder of the built page. */
  readonly page: string;
  readonly openBackEnd: (shell: BackEndShell) => Promise<BackEnd>;
  readonly outside: Outside;
}

const closingMs = 10_000;

/** The program on the desktop, from the moment it is ready to its end. */
export class Desktop {
  readonly #options: DesktopOptions;
  readonly #signs = new Signs();
  readonly #tray: AppTray;
  readonly #leaving: Leaving;
  readonly #files: ChosenFiles;
  #backEnd: BackEnd | undefined;
  #watch: JobWatch | undefined;
  #window: BrowserWindow | undefined;
  #line: PageLine | undefined;
  #shownTexts: Texts | undefined;

  constructor(options: DesktopOptions) {
    const texts = (): Promise<Texts> => this.#texts();
    this.#options = options;
    this.#files = new ChosenFiles(() => this.#window, texts);
    this.#tray = new AppTray({ show: () => this.bringUp(), quit: () => app.quit() });
    this.#leaving = new Leaving({
      texts,
      tray: this.#tray,
      running: () => this.#watch?.motion.running ?? 0,
      closesToTray: async () => (await this.#backEnd?.parts.settings.get(plainSettings.closeToTray)) ?? false,
    });
  }

  /** Opens everything and shows the window. Says what is wrong and ends the program when that cannot be. */
  async open(launch: Launch): Promise<void> {
    try {
      await this.#open();
      await this.opened(launch);
    } catch (thrown) {
      const { message, remedy } = failureOfThrown(thrown);
      dialog.showErrorBox((await this.#texts()).cannotOpen, `${message}\n\n${remedy}`);
      app.exit(1);
    }
  }

  /** Does what a start asked for, this one or a later one. */
  async opened(launch: Launch): Promise<void> {
    this.bringUp();
    if (launch.kind === 'focus') return;
    const words = await this.#texts();
    if (!(await ask(words.openFile(basename(launch.path)), words, this.#window))) return;
    const file = await this.#files.dropped(launch.path);
    if (file !== undefined) this.#line?.opened(file);
  }

  /** Shows the window, if there is one. */
  bringUp(): void {
    if (this.#window === undefined || this.#window.isDestroyed()) return;
    bringUp(this.#window);
    this.#tray.close();
  }

  async #open(): Promise<void> {
    const { version, page, openBackEnd, outside, preload } = this.#options;
    const own = session.defaultSession;
    guardSession(own);
    guardDownloads(own);
    servePageScheme(await loadPage(page));
    const keys = desktopKeys(process.platform, () => this.#texts());
    const backEnd = await openBackEnd({
      version,
      isDesktop: true,
      workspace: { program: app.getPath('exe'), cache: true },
      files: this.#files,
      confirm: (deed, subject, signal) => this.#confirm(deed, subject, signal),
      vault: (workspace) => desktopVault(workspace, keys),
      log: (folder, clean) => openLog(folder, { level: logLevel(process.env), clean }),
      systemProxy: () => systemProxy(own),
      fusedProgram: app.isPackaged ? app.getPath('exe') : undefined,
      keyStore: keys.name(),
    });
    this.#backEnd = backEnd;
    outside.allow(backEnd.logFolder);
    const theme = await backEnd.parts.settings.get(plainSettings.theme);
    nativeTheme.themeSource = theme;
    const window = newWindow({ preload, hasDevTools: !app.isPackaged, isDark: nativeTheme.shouldUseDarkColors });
    this.#window = window;
    const { logger: log } = backEnd;
    const ipc = new Ipc({ host: backEnd.window, files: this.#files, log });
    this.#line = ipc.attach(window.webContents);
    this.#leaving.watch(window);
    window.on('focus', () => void this.#texts());
    await this.#texts();
    this.#watchJobs(backEnd);
    this.#watchMachine(backEnd);
    await loadPageInto(window, (reason) => log.log('error', 'the page of the window broke down', { reason }));
  }

  #watchJobs(backEnd: BackEnd): void {
    this.#watch = new JobWatch(backEnd.parts, {
      moved: (motion) => this.#signs.show(motion, this.#window),
      ended: async (job) => {
        if (!(await backEnd.parts.settings.get(plainSettings.notify))) return;
        this.#signs.tell(job, this.#window, await this.#texts(), () => this.bringUp());
      },
    });
  }

  #watchMachine(backEnd: BackEnd): void {
    powerMonitor.on('resume', () => {
      backEnd.logger.log('info', 'the machine woke up');
      backEnd.resumed();
    });
    powerMonitor.on('shutdown', () => this.#leaving.leave());
    app.on('activate', () => this.bringUp());
    app.on('window-all-closed', () => app.quit());
    let isClosed = false;
    app.on('will-quit', (event) => {
      if (isClosed) return;
      event.preventDefault();
      void this.#close(backEnd).finally(() => {
        isClosed = true;
        app.quit();
      });
    });
  }

  async #close(backEnd: BackEnd): Promise<void> {
    this.#watch?.close();
    this.#signs.close();
    this.#tray.close();
    const late = new AbortController();
    const { clock } = backEnd.parts;
    // what is not on the disk by then is taken up at the next start
    await Promise.race([backEnd.close(), clock.sleep(closingMs, late.signal).catch(() => {})]);
    late.abort();
  }

  async #confirm(...[deed, subject, signal]: Parameters<Confirm>): Promise<boolean> {
    const words = await this.#texts();
    return ask(questionText(deed, subject.slice(0, 200), words.language), words, this.#window, signal);
  }

  /** In the language that is set now; the menu follows. */
  async #texts(): Promise<Texts> {
    const set = await this.#backEnd?.parts.settings.get(plainSettings.language);
    const texts = textsIn(languageOf(set ?? 'system', app.getLocale()));
    if (texts !== this.#shownTexts && this.#backEnd !== undefined) {
      const { logFolder } = this.#backEnd;
      showMenu(texts, () => void this.#options.outside.showFile(logFolder));
      this.#shownTexts = texts;
    }
    return texts;
  }
}
