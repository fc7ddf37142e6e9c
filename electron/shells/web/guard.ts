import type { IncomingMessage } from 'node:http';
import type { Refusal } from './answers.ts';

/** What the guard looks at of a request. */
export type GuardedRequest = Pick<IncomingMessage, 'method' | 'url' | 'rawHeaders'>;

/** Why a request is refused before anybody looks at what it wants; undefined when it may go on. `port` is the one listened on. */
export function refusalOf(request: GuardedRequest, port: number): Refusal | undefined {
  const { method = '', url = '' } = request;
  const host = only(request, 'host');
  // compared as a whole: 127.attacker.example begins like an address of ours (S-WEB-4)
  if (host === undefined || !ownHosts(port).includes(host)) return 403;
  // absolute-form names a host of its own
  if (!url.startsWith('/')) return 403;
  const isReading = method === 'GET' || method === 'HEAD';
  if (!isReading && method !== 'POST') return 405;
  if (!isReading && !hasOwnOrigin(request, host)) return 403;
  return hasOwnSite(request, isReading) ? undefined : 403;
}

/** The values of a header, one for each line that had it. */
export function headerValues({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>, name: string): readonly string[] {
  return rawHeaders.flatMap((text, at) =>
    at % 2 === 0 && text.toLowerCase() === name ? [rawHeaders[at + 1] ?? ''] : [],
  );
}

/** The one value of a header; undefined when there is none, or more than one. */
export function only(request: Pick<IncomingMessage, 'rawHeaders'>, name: string): string | undefined {
  const values = headerValues(request, name);
  return values.length === 1 ? values[0] : undefined;
}

function ownHosts(port: number): readonly string[] {
  return [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`];
}

/**
 * S-WEB-5: exactly the origin that the host names, which is one of ours. Missing only where no browser speaks: with a token,
 * and without what browsers say of themselves.
 */
function hasOwnOrigin(request: GuardedRequest, host: string): boolean {
  const origins = headerValues(request, 'origin');
  if (origins.length > 0) return origins.length === 1 && origins[0] === `http://${host}`;
  return headerValues(request, 'authorization').length === 1 && headerValues(request, 'sec-fetch-site').length === 0;
}

/** A link from elsewhere may show the page, which holds nothing yet; nothing else may come from elsewhere. */
function hasOwnSite(request: GuardedRequest, isReading: boolean): boolean {
  const sites = headerValues(request, 'sec-fetch-site');
  if (sites.length === 0) return true;
  const isOwn = sites.length === 1 && (sites[0] === 'same-origin' || sites[0] === 'none');
  const isPage = isReading && request.url === '/' && only(request, 'sec-fetch-mode') === 'navigate';
  return isOwn || (isPage && only(request, 'sec-fetch-dest') === 'document');
}
