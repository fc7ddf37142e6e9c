import { copyError, type CopyError } from '../kernel/errors.ts';
import { shownUrl } from '../kernel/redact.ts';
import type { AnswerContext } from './response-errors.ts';
import { type ApiResponse, headerOf } from './response.ts';

/** How many hops one request may make. */
export const maxRedirects = 5;

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** True for answers that send us elsewhere. */
export function isRedirect(status: number): boolean {
  return redirects.has(status);
}

/**
 * The place a server named in a Location, Link or realm, resolved against where it was named.
 * Throws for other schemes than http and https, for user names in it, and for a step from https down to http.
 */
export function namedPlace(text: string, base: URL, context: AnswerContext): URL {
  const refuse = (why: string): CopyError =>
    copyError('protocol', {
      side: context.side,
      op: context.op,
      subject: context.subject,
      message: `${context.side} ${context.host} pointed ${context.op} of ${context.subject} to ${why}`,
      http: { method: context.method, url: shownUrl(base) },
    });
  const url = URL.canParse(text, base.href) ? new URL(text, base) : undefined;
  if (url === undefined) throw refuse('an address that cannot be read');
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refuse(`an address of the scheme ${url.protocol}`);
  if (url.username !== '' || url.password !== '') throw refuse('an address with a user name in it');
  url.hash = '';
  if (base.protocol === 'https:' && url.protocol === 'http:') {
    // a TLS-terminating proxy without X-Forwarded-Proto: same host, so https is what is meant (distribution/distribution#970)
    if (url.hostname !== base.hostname || (url.port !== '' && url.port !== base.port))
      throw refuse('an address without TLS');
    url.protocol = 'https:';
    url.port = base.port;
  }
  return url;
}

/** Where a redirect leads; throws when it leads nowhere or in a circle. */
export function redirectTarget(response: ApiResponse, visited: readonly string[], context: AnswerContext): URL {
  const location = headerOf(response, 'location');
  const wrong = (what: string): CopyError =>
    copyError('protocol', {
      side: context.side,
      op: context.op,
      subject: context.subject,
      message: `${context.side} ${context.host} redirected ${context.op} of ${context.subject} ${what}`,
      http: { method: context.method, url: shownUrl(response.url), status: response.status },
    });
  if (location === undefined) throw wrong('without saying where to');
  const url = namedPlace(location, response.url, context);
  if (visited.includes(url.href)) throw wrong('in a circle');
  if (visited.length > maxRedirects) throw wrong(`more than ${maxRedirects} times`);
  return url;
}
