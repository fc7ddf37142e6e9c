import { randomBytes } from 'node:crypto';
import { protocol } from 'electron';
import { shieldHeaders } from '../web/headers.ts';
import type { Page } from '../web/page.ts';
import { origin, pageAddress, scheme } from './address.ts';

const nonceMark = '__CSP_NONCE__';

/**
 * Must be called before the app is ready. The page neither fetches nor is fetched by anyone, so it has no privilege but to be a
 * secure origin of its own (S-SHELL-3).
 */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme, privileges: { standard: true, secure: true } }]);
}

/** Serves the page under its scheme. */
export function servePageScheme(page: Page): void {
  protocol.handle(scheme, (request) => answerPage(page, request));
}

/**
 * Answers with a file of the page. The address is a key and never a path: what is encoded, climbs or goes about in another way is
 * simply not there (S-SHELL-4).
 */
export function answerPage(page: Page, { method, url }: Pick<Request, 'method' | 'url'>): Response {
  if (method !== 'GET' && method !== 'HEAD') return answer(405, null);
  if (url === pageAddress) {
    const nonce = randomBytes(16).toString('base64');
    const index = page.index.replaceAll(nonceMark, nonce);
    return answer(200, method === 'HEAD' ? null : index, 'text/html; charset=utf-8', nonce);
  }
  const file = url.startsWith(pageAddress) ? page.files.get(url.slice(origin.length)) : undefined;
  if (file === undefined) return answer(404, null);
  return answer(200, method === 'HEAD' ? null : new Uint8Array(file.bytes), file.type);
}

function answer(
  status: number,
  body: string | Uint8Array<ArrayBuffer> | null,
  type?: string,
  nonce?: string,
): Response {
  const headers = new Headers(type === undefined ? {} : { 'Content-Type': type });
  for (const [name, value] of Object.entries(shieldHeaders(nonce))) headers.set(name, String(value));
  return new Response(body, { status, headers });
}
