import { app, dialog } from 'electron';
import { readLaunch, readSelfTest, refusedSwitch } from './arguments.ts';
import { guardAllContents } from './contents-guard.ts';
import { Desktop, type DesktopOptions } from './desktop.ts';
import { Outside } from './outside.ts';
import { registerPageScheme } from './page-scheme.ts';
import { profileFolder } from './profile.ts';
import { selfTestDesktop } from './self-test.ts';
import { languageOf, textsIn } from './texts.ts';

/**
 * Runs the program on the desktop. All that must be said before the app is ready is said before this returns; a second start
 * gives the first one its arguments and ends.
 */
export function runDesktop(options: Omit<DesktopOptions, 'outside'>): void {
  const given = process.argv.slice(app.isPackaged ? 1 : 2);
  const refused = app.isPackaged ? refusedSwitch(given, process.platform) : undefined;
  if (refused !== undefined) {
    const texts = textsIn(languageOf('system', app.getLocale()));
    dialog.showErrorBox(texts.cannotOpen, texts.refusedSwitch(refused.slice(0, 100)));
    app.exit(2);
    return;
  }
  app.enableSandbox();
  const selfTest = readSelfTest(given);
  if (selfTest !== undefined) {
    if (selfTest === 'wrong') app.exit(2);
    else selfTestDesktop(selfTest, options.version);
    return;
  }
  registerPageScheme();
  app.setAppUserModelId('image-ferry');
  const profile = profileFolder(process.env, app.getPath('exe'));
  if (profile !== undefined) app.setPath('userData', profile);
  if (!app.requestSingleInstanceLock({ arguments: given })) {
    app.quit();
    return;
  }
  const outside = new Outside();
  guardAllContents(app, outside);
  const desktop = new Desktop({ ...options, outside });
  let isOpen = Promise.resolve();
  app.on('second-instance', (_event, _argv, _folder, sent) => {
    // argv comes with switches of the browser's own in any order; what was sent is as untrusted, but whole
    void isOpen.then(() => desktop.opened(readLaunch(argumentsOf(sent))));
  });
  isOpen = app.whenReady().then(() => desktop.open(readLaunch(given)));
}

function argumentsOf(sent: unknown): unknown {
  return typeof sent === 'object' && sent !== null && 'arguments' in sent ? sent.arguments : undefined;
}
