import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** Ends a connection so that nobody takes what came for a whole answer. */
export function breakConnection(socket: Socket): void {
  // below TLS no reset can be asked for; there an end without close_notify says that something is missing
  if (socket instanceof TLSSocket) socket.destroy();
  else socket.resetAndDestroy();
}
