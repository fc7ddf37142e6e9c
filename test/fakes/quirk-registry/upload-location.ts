import type { Exchange } from './exchange.ts';
import type { UploadSession } from './state.ts';

/** The next Location of a session, as crooked as the quirks want it. */
export function locationOf(exchange: Exchange, session: UploadSession): string {
  const { quirks, context } = exchange;
  if (quirks.locationEmpty === true) return '';
  session.state += 1;
  const query = [
    ...(quirks.locationChanges === true ? [`_state=${stateOf(session)}`] : []),
    ...(quirks.locationQuery === undefined ? [] : [quirks.locationQuery]),
  ].join('&');
  const fragment = quirks.locationFragment === true ? '#fragment' : '';
  const path = `/v2/${session.repository}/blobs/uploads/${session.id}${query === '' ? '' : `?${query}`}${fragment}`;
  if (quirks.locationRelative === true) return path;
  const origin = new URL(quirks.locationElsewhere === true ? context.elsewhere : exchange.origin);
  if (quirks.locationSchemeless === true) return `//${origin.host}${path}`;
  const scheme = quirks.locationPlainHttp === true ? 'http:' : origin.protocol;
  const user = quirks.locationUserinfo === true ? 'someone:secret@' : '';
  return `${scheme}//${user}${origin.host}${path}`;
}

/** True if the request's query is what the last Location said, byte for byte. */
export function sessionIsNamedRight(exchange: Exchange, session: UploadSession): boolean {
  const { quirks, request } = exchange;
  const query = (request.url ?? '').split('?')[1] ?? '';
  const parts = query.split('&');
  if (quirks.locationChanges === true && !parts.includes(`_state=${stateOf(session)}`)) return false;
  return quirks.locationQuery === undefined || query.includes(quirks.locationQuery);
}

/** The Range header of an upload answer. */
export function rangeOf(exchange: Exchange, session: UploadSession): string | undefined {
  const { quirks } = exchange;
  if (quirks.rangeMissing === true) return undefined;
  const sizeBytes = quirks.rangeStale === true ? (session.firstChunkBytes ?? 0) : session.sizeBytes;
  if (sizeBytes === 0) return quirks.rangeZeroWhenEmpty === true ? '0-0' : undefined;
  return `${quirks.rangeHasUnit === true ? 'bytes=' : ''}0-${sizeBytes - 1}`;
}

// With characters that must be escaped, so that a client which decodes and encodes again loses it.
function stateOf(session: UploadSession): string {
  return `${session.id}%2B${session.state}%3D%3D`;
}
