import { piecesOf } from '../listening.ts';
import type { Exchange } from './exchange.ts';
import { rangeOf, locationOf } from './upload-location.ts';
import type { UploadSession } from './state.ts';

/** Takes a request body into its session; false if it was answered with a refusal or broke off. */
export async function readUploadBody(exchange: Exchange, session: UploadSession): Promise<boolean> {
  const { quirks, state, request } = exchange;
  const length = request.headers['content-length'];
  if (quirks.lengthRequired === true && length === undefined) {
    await exchange.readBody(0);
    exchange.page(411, '411 Length Required');
    return false;
  }
  if (quirks.bodyLimitBytes !== undefined && Number(length ?? 0) > quirks.bodyLimitBytes) {
    await exchange.readBody(0);
    exchange.page(413, '413 Request Entity Too Large');
    return false;
  }
  const contentRange = request.headers['content-range'];
  if (contentRange !== undefined && quirks.contentRangeIgnored !== true && !rangeFits(contentRange, length, session)) {
    await exchange.readBody(0);
    const headers = { location: locationOf(exchange, session), range: rangeOf(exchange, session) };
    exchange.fail(416, 'BLOB_UPLOAD_INVALID', 'chunk out of order', headers);
    return false;
  }
  // Nothing of a body that a proxy refuses reaches the registry behind it.
  const isHeldBack = Number(length ?? 0) > (quirks.earlyBodyLimitBytes ?? Infinity);
  let passed = 0;
  try {
    for await (const piece of piecesOf(request)) {
      passed += piece.length;
      if (passed > (quirks.resetAboveBytes ?? Infinity)) {
        exchange.reset();
        throw new Error('reset');
      }
      if (passed > (quirks.earlyBodyLimitBytes ?? Infinity)) {
        refuseEarly(exchange);
        return false;
      }
      if (!isHeldBack) state.append(session, piece);
    }
  } catch {
    if (quirks.sessionLostOnBreak === true) state.sessions.delete(session.id);
    if (quirks.sessionDeadOnBreak === true && passed > 0) session.isDead = true;
    return false;
  }
  return true;
}

// distribution-spec v1.1.1, "Pushing a blob in chunks": `<start>-<end>`, inclusive, in order.
function rangeFits(contentRange: string, length: string | undefined, session: UploadSession): boolean {
  const found = /^(\d+)-(\d+)$/.exec(contentRange);
  if (found === null) return false;
  const [start, end] = [Number(found[1]), Number(found[2])];
  return start === session.sizeBytes && (length === undefined || end - start + 1 === Number(length));
}

function refuseEarly(exchange: Exchange): void {
  const { request } = exchange;
  const body = '<html><head><title>413 Request Entity Too Large</title></head></html>';
  const head = 'HTTP/1.1 413 Request Entity Too Large\r\nContent-Type: text/html\r\nConnection: close\r\n';
  request.socket.write(`${head}Content-Length: ${body.length}\r\n\r\n${body}`, () => request.socket.destroy());
}
