import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A way to a host that can be shut: connections are refused then, as when the host is switched off. */
export interface Gate {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** Resets what is open and refuses what comes. */
  shut(): Promise<void>;
  /** Lets everybody in again, on the same port. */
  open(): Promise<void>;
}

/** Opens a way to `127.0.0.1:port`. */
export async function openGate(port: number): Promise<Gate> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        sockets.delete(socket);
        (socket === near ? far : near).destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  const listen = async (at: number): Promise<number> => {
    server.listen(at, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the gate has no port');
    return address.port;
  };
  const own = await listen(0);
  return {
    host: `127.0.0.1:${own}`,
    shut: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.resetAndDestroy();
      await closed;
    },
    open: async () => void (await listen(own)),
  };
}
