import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Server as NetServer } from 'node:net';
import type { Readable } from 'node:stream';

/** A key and its certificate (chain), both PEM. */
export interface TlsMaterial {
  readonly key: string;
  readonly cert: string;
}

/** Creates a plain or a TLS HTTP server that drops a connection which does not speak HTTP. */
export function createServer(tls: TlsMaterial | undefined, listener: RequestListener): Server {
  // A node server waits for the body of a request as long as it likes to: stalls are made by the tests, not by limits.
  const options = { requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 60_000, maxHeaderSize: 65_536 };
  const server =
    tls === undefined ? createHttpServer(options, listener) : createHttpsServer({ ...options, ...tls }, listener);
  server.on('clientError', (_error, socket) => socket.destroy());
  return server;
}

/** Listens on a free loopback port (or on `port`) and returns the port. */
export async function listen(server: NetServer, port = 0): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  return address.port;
}

/** Closes a server at once, with every connection it still has. */
export async function closeServer(server: NetServer & { closeAllConnections?: () => void }): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections?.();
  });
}

/** The pieces of a byte stream, typed. */
export function piecesOf(stream: Readable): AsyncIterable<Buffer> {
  // Stopping early must not destroy the stream: for a request that would close the client's connection.
  return stream.iterator({ destroyOnReturn: false });
}

/** Parses JSON of a shape that the caller answers for. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export function jsonOf<T>(text: string | Uint8Array): T {
  const value: T = JSON.parse(Buffer.from(text).toString());
  return value;
}

/** Waits that long; the fakes' only timer besides those of the faults themselves. */
export function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}
