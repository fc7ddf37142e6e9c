import { app, protocol, session } from '../electron.ts';
import { fromBrowser, schemeOf, toBrowser } from './addresses.ts';
import type { Browser } from './browser.ts';
import type { PausedRequest } from './page-events.ts';

/** What a page says of a document that it wants to go to. */
export interface DocumentGuard {
  /** True when the program itself sent the page there. */
  isExpected(url: string): boolean;
  mayNavigate(name: 'will-navigate' | 'will-redirect', url: string): boolean;
}

/** Gives `window.open` null in the page, while the browser still tells of it. */
const noPopups =
  'sandbox allow-downloads allow-forms allow-modals allow-pointer-lock allow-same-origin allow-scripts allow-top-navigation';
const permissions: Readonly<Record<string, readonly string[]>> = {
  geolocation: ['geolocation'],
  notifications: ['notifications'],
  media: ['camera', 'microphone'],
  'clipboard-read': ['clipboard-read'],
  'clipboard-sanitized-write': ['clipboard-write'],
};

/** Answers every request of every page as Electron would: by the program's handlers, or not at all. */
export function answerRequests(browser: Browser, guardOf: (frame: string) => DocumentGuard | undefined): void {
  browser.on('Fetch.requestPaused', '', (paused) => {
    answerOne(browser, paused, guardOf(paused.frameId)).catch((thrown: unknown) => {
      process.stderr.write(`stand-in: ${paused.request.url}: ${String(thrown)}\n`);
    });
  });
}

async function answerOne(browser: Browser, paused: PausedRequest, guard: DocumentGuard | undefined): Promise<void> {
  const { requestId, request, resourceType } = paused;
  const url = fromBrowser(request.url);
  const isDocument = guard !== undefined && resourceType === 'Document';
  const fail = async (errorReason: string): Promise<void> => {
    await browser.send('Fetch.failRequest', { requestId, errorReason }).catch(() => {});
  };
  if (isDocument && !guard.isExpected(request.url)) {
    const name = paused.redirectedRequestId === undefined ? 'will-navigate' : 'will-redirect';
    if (!guard.mayNavigate(name, url)) return fail('Aborted');
  }
  if (!app.isReady() || !session.defaultSession.mayLoad(url)) return fail('BlockedByClient');
  const answerer = protocol.handlers.get(schemeOf(url));
  const privileges = protocol.schemes.get(schemeOf(url));
  if (answerer === undefined) return fail('NameNotResolved');
  if (/^(?:XHR|Fetch)$/.test(resourceType) && privileges?.['supportFetchAPI'] !== true) return fail('Failed');
  if (isDocument) await applyPermissions(browser, url);
  const response = await answerer(new Request(url, { method: request.method }));
  const responseHeaders = [...response.headers].map(([name, value]) => ({ name, value }));
  if (isDocument) responseHeaders.push({ name: 'content-security-policy', value: noPopups });
  const body = Buffer.from(await response.arrayBuffer()).toString('base64');
  await browser.send('Fetch.fulfillRequest', { requestId, responseCode: response.status, responseHeaders, body });
}

/** A browser does not ask us, so the program is asked before each document. */
async function applyPermissions(browser: Browser, url: string): Promise<void> {
  const { origin } = new URL(toBrowser(url));
  for (const [permission, names] of Object.entries(permissions)) {
    const setting = session.defaultSession.mayHave(permission, url) ? 'granted' : 'denied';
    for (const name of names)
      await browser.send('Browser.setPermission', { permission: { name }, setting, origin }).catch(() => {});
  }
}
