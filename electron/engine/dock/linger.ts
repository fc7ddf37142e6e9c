import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../kernel/clock.ts';

const lingerMs = 2000;
const smallBodyBytes = 64 * 1024;

/** True when more of the request's body may be on its way than is worth reading for the connection's sake. */
export function hasUnreadBody(request: IncomingMessage): boolean {
  if (request.complete) return false;
  if (request.headers['transfer-encoding'] !== undefined) return true;
  const length = Number(request.headers['content-length'] ?? 0);
  return length > smallBodyBytes || (length > 0 && request.headers.expect !== undefined);
}

/**
 * Makes this the connection's last answer, in a way that the client can still read it.
 * Closing a socket with unread bytes resets it, and a reset may overtake the answer; so the sending half is closed first.
 */
export function closeAfterwards(exchange: {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly clock: Clock;
}): void {
  const { request, response, clock } = exchange;
  const { socket } = request;
  response.setHeader('Connection', 'close');
  // node:http calls destroySoon on the socket once the last answer is flushed; there is no option to only half-close it.
  socket.destroySoon = () => {
    socket.end();
    const timer = clock.schedule(lingerMs, () => socket.destroy());
    socket.once('close', () => timer.cancel());
  };
}
