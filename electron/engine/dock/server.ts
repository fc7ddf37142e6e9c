import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createSecureContext } from 'node:tls';
import { systemClock } from '../kernel/clock.ts';
import { copyError } from '../kernel/errors.ts';
import { silentLogger } from '../kernel/log.ts';
import { Access } from './access.ts';
import { Answering } from './answering.ts';
import { allowList, isLoopback } from './client-address.ts';
import { limitPerAddress, listen } from './listening.ts';
import { type DockLimits, type DockOptions, defaultDockLimits } from './options.ts';
import { Pace } from './pace.ts';
import { UploadSessions } from './uploads.ts';

/** A registry that is being served. */
export interface Dock {
  /** `address:port` as it stands in references. */
  readonly host: string;
  /** The same as a URL, without a path. */
  readonly url: string;
  /** When it stops by itself, in milliseconds since 1970; undefined when it does not. */
  readonly stopsAtMs: number | undefined;
  /** Resolves when it serves no more, whoever stopped it. */
  readonly ended: Promise<void>;
  /** Stops serving: no new connections, every open one ended, every upload given up. */
  close(): Promise<void>;
}

/** Serves a library as a registry; rejects with `unavailable` when the address cannot be had, `invalid` for options that cannot be. */
export async function startDock(options: DockOptions): Promise<Dock> {
  const limits = { ...defaultDockLimits, ...options.limits };
  const clock = options.clock ?? systemClock;
  const host = options.listen?.host ?? '127.0.0.1';
  assertSafe(options, host);
  const isAllowed = options.allow === undefined ? () => true : allowList(options.allow);
  const uploads = new UploadSessions(clock, limits);
  const answering = new Answering({
    state: { library: options.library, uploads, limits, clock, pace: new Pace(clock, limits.bytesPerSecond) },
    access: new Access(options, clock),
    isWritable: options.writable ?? false,
    hasCatalog: options.catalog ?? false,
    logger: options.logger ?? silentLogger,
    onRequest: options.onRequest ?? (() => {}),
  });
  const server = newServer(limits, options.tls);
  serve(server, limits, (request, response) => answering.answer(request, response));
  server.on('connection', limitPerAddress(limits.socketsPerAddress, isAllowed));
  const port = await listen(server, host, options.listen?.port ?? 0);
  const shown = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const ended = Promise.withResolvers<void>();
  const close = async (): Promise<void> => {
    timer?.cancel();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    answering.close();
    server.closeAllConnections();
    await closed;
    await uploads.close();
    ended.resolve();
  };
  const { stopAfterMs } = options;
  const timer = stopAfterMs === undefined ? undefined : clock.schedule(stopAfterMs, () => void close());
  return {
    host: shown,
    url: `${options.tls === undefined ? 'http' : 'https'}://${shown}`,
    stopsAtMs: stopAfterMs === undefined ? undefined : clock.wallMs() + stopAfterMs,
    ended: ended.promise,
    close,
  };
}

const bareBadRequest = 'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

/** Everybody on a network could otherwise put images here (SECURITY S-REG-3). */
function assertSafe({ writable = false, access, bearer }: DockOptions, host: string): void {
  if (!writable || isLoopback(host) || access?.basic !== undefined || bearer !== undefined) return;
  const message = `the dock takes writes on ${host} only from people with a password: give users, or listen on loopback`;
  throw copyError('invalid', { side: 'local', op: 'dock.listen', subject: host, message });
}

function newServer(limits: DockLimits, tls: DockOptions['tls']): Server {
  const options: ServerOptions = {
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMs,
    connectionsCheckingInterval: Math.max(Math.round(limits.headersMs / 4), 50),
    keepAliveTimeout: limits.keepAliveMs,
    requestTimeout: 0,
    noDelay: true,
  };
  if (tls === undefined) return createServer(options);
  try {
    createSecureContext(tls);
    return createTlsServer({ ...options, ...tls, minVersion: 'TLSv1.2', handshakeTimeout: limits.headersMs });
  } catch (cause) {
    const message = 'the certificate and the key of the dock do not fit, or are not PEM';
    throw copyError('invalid', { side: 'local', op: 'dock.tls', subject: 'certificate', message, cause });
  }
}

function serve(
  server: Server,
  limits: DockLimits,
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): void {
  server.maxHeadersCount = limits.headerCount;
  server.maxConnections = limits.sockets;
  server.timeout = limits.idleMs;
  const listener = (request: IncomingMessage, response: ServerResponse): void => void answer(request, response);
  server.on('request', listener);
  // Without these node would invite or refuse the body before we looked at the request.
  server.on('checkContinue', listener);
  server.on('checkExpectation', listener);
  server.on('clientError', (_error, socket) => {
    // A TLS client that meets plain HTTP waits ten seconds for more unless the socket is destroyed.
    if (socket.writable) socket.end(bareBadRequest, () => socket.destroy());
    else socket.destroy();
  });
}
