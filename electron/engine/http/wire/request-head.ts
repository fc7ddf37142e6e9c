const name = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const value = /^[\t\x20-\x7e\x80-\xff]*$/;
const target = /^[\x21-\x7e]+$/;

/** Requests that usually have a body: of these the length is said also when there is none (RFC 9110, 8.6). */
const usuallyFull: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/** A header or a path that would not stay what it is on the wire. */
export class UnsafeRequestError extends Error {
  override readonly name = 'UnsafeRequestError';
  readonly code = 'ERR_UNSAFE_REQUEST';
}

/** The head of a request, ready for the wire in latin1 (RFC 9112, 3). Throws UnsafeRequestError for what could end a line. */
export function requestHead(
  method: string,
  host: string,
  path: string,
  headers: Readonly<Record<string, string>>,
): string {
  if (!target.test(path)) throw new UnsafeRequestError('a path that cannot be sent');
  let text = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n`;
  for (const key in headers) {
    const held = headers[key] ?? '';
    if (!name.test(key) || !value.test(held)) throw new UnsafeRequestError('a header that cannot be sent');
    text += `${key}: ${held}\r\n`;
  }
  if (usuallyFull.has(method) && headers['content-length'] === undefined) text += 'content-length: 0\r\n';
  return `${text}\r\n`;
}
