import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { copyError } from '../kernel/errors.ts';
import { plainAddress } from './client-address.ts';

/** Has a server listen and gives its port; rejects with `unavailable` saying why, and takes no other address. */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port, exclusive: true }, () => {
        server.removeListener('error', reject);
        resolve();
      });
    });
  } catch (cause) {
    const subject = `${host}:${port}`;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const message = `the dock cannot listen on ${subject}: ${reasonOf(code)}`;
    throw copyError('unavailable', { side: 'local', op: 'dock.listen', subject, message, cause });
  }
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

/** Ends connections of strangers, and those that one address has too many of, before a byte of them is read. */
export function limitPerAddress(most: number, isAllowed: (address: string) => boolean): (socket: Socket) => void {
  const open = new Map<string, number>();
  return (socket) => {
    const address = plainAddress(socket.remoteAddress ?? '');
    if (!isAllowed(address)) {
      socket.resetAndDestroy();
      return;
    }
    const count = (open.get(address) ?? 0) + 1;
    open.set(address, count);
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left > 0) open.set(address, left);
      else open.delete(address);
    });
    if (count > most) socket.resetAndDestroy();
  };
}

function reasonOf(code: string): string {
  if (code === 'EADDRINUSE') return 'the port is in use';
  if (code === 'EADDRNOTAVAIL') return 'this machine does not have that address';
  if (code === 'EACCES') return 'this user may not open that port';
  if (code === 'ENOTFOUND') return 'there is no such address';
  return code === '' ? 'the system refused' : code;
}
