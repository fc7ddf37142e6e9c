import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { systemClock } from '../kernel/clock.ts';
import { copyError } from '../kernel/errors.ts';
import { silentLogger } from '../kernel/log.ts';
import { Access } from './access.ts';
import { Answering } from './answering.ts';
import { type DockLimits, type DockOptions, defaultDockLimits } from './options.ts';
import { UploadSessions } from './uploads.ts';

/** A registry that is being served. */
export interface Dock {
  /** `address:port` as it stands in references. */
  readonly host: string;
  /** The same as a URL, without a path. */
  readonly url: string;
  /** Stops serving: no new connections, every open one ended, every upload given up. */
  close(): Promise<void>;
}

/** Serves a library as a registry; rejects with `unavailable` when the address cannot be had. */
export async function startDock(options: DockOptions): Promise<Dock> {
  const limits = { ...defaultDockLimits, ...options.limits };
  const clock = options.clock ?? systemClock;
  const uploads = new UploadSessions(clock, limits);
  const answering = new Answering({
    state: { library: options.library, uploads, limits, clock },
    access: new Access(options, clock),
    isWritable: options.writable ?? false,
    hasCatalog: options.catalog ?? false,
    logger: options.logger ?? silentLogger,
    onRequest: options.onRequest ?? (() => {}),
  });
  const server = createDockServer(limits, (request, response) => answering.answer(request, response));
  const host = options.listen?.host ?? '127.0.0.1';
  const port = await listen(server, host, options.listen?.port ?? 0);
  const shown = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return {
    host: shown,
    url: `http://${shown}`,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      answering.close();
      server.closeAllConnections();
      await closed;
      await uploads.close();
    },
  };
}

const bareBadRequest = 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

function createDockServer(
  limits: DockLimits,
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Server {
  const server = createServer({
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMs,
    connectionsCheckingInterval: Math.max(Math.round(limits.headersMs / 4), 50),
    keepAliveTimeout: limits.keepAliveMs,
    requestTimeout: 0,
    noDelay: true,
  });
  server.maxHeadersCount = limits.headerCount;
  server.maxConnections = limits.sockets;
  server.timeout = limits.idleMs;
  const listener = (request: IncomingMessage, response: ServerResponse): void => void answer(request, response);
  server.on('request', listener);
  // Without these node would invite or refuse the body before we looked at the request.
  server.on('checkContinue', listener);
  server.on('checkExpectation', listener);
  server.on('connection', limitPerAddress(limits.socketsPerAddress));
  server.on('clientError', (_error, socket) => {
    // A TLS client that meets plain HTTP waits ten seconds for more unless the socket is destroyed.
    if (socket.writable) socket.end(bareBadRequest, () => socket.destroy());
    else socket.destroy();
  });
  return server;
}

function limitPerAddress(most: number): (socket: Socket) => void {
  const open = new Map<string, number>();
  return (socket) => {
    const address = socket.remoteAddress ?? '';
    const count = (open.get(address) ?? 0) + 1;
    open.set(address, count);
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left > 0) open.set(address, left);
      else open.delete(address);
    });
    if (count > most) socket.destroy();
  };
}

async function listen(server: Server, host: string, port: number): Promise<number> {
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

function reasonOf(code: string): string {
  if (code === 'EADDRINUSE') return 'the port is in use';
  if (code === 'EADDRNOTAVAIL') return 'this machine does not have that address';
  if (code === 'EACCES') return 'this user may not open that port';
  return code === '' ? 'the system refused' : code;
}
