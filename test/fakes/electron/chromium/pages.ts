import { app, control } from '../electron.ts';
import { Browser } from './browser.ts';
import { BrowserPage } from './page.ts';
import { answerRequests } from './requests.ts';

/** Draws pages in Debian's browser from now on. */
export function drawInBrowser(): void {
  const byTarget = new Map<string, BrowserPage>();
  let browser: Browser | undefined;
  control.pages = {
    start: async (profile) => {
      browser = await Browser.start(profile, () => app.exit(1));
      answerRequests(browser, (frame) => byTarget.get(frame));
    },
    open: (contents) => {
      if (browser === undefined) throw new Error('stand-in: the browser has not started');
      return new BrowserPage(browser, contents, byTarget);
    },
    stop: async () => browser?.stop(),
  };
}
