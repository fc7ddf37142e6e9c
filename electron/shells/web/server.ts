import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { cancelledError, copyError } from '../../app/errors.ts';
import type { Clock } from '../../app/window/clock.ts';
import type { WindowHost } from '../../app/window/window.ts';
import { rawRefusal, refuse } from './answers.ts';
import { Attempts } from './attempts.ts';
import { refusalOf } from './guard.ts';
import { type Page, servePage } from './page.ts';
import { Routes } from './routes.ts';
import { type SessionTimes, usualTimes, WebSessions } from './sessions.ts';

/** What a web host is made with. */
export interface WebOptions {
  readonly window: WindowHost;
  readonly page: Page;
  readonly clock: Clock;
  /** 0 for a free one. */
  readonly port: number;
  /** Must be a loopback address; 127.0.0.1 unless given. */
  readonly address?: string;
  readonly times?: SessionTimes;
  /** Hears of every wrong code or token how many there were within a minute. */
  readonly refused: (inLastMinute: number) => void;
  /** Hears of what no route expected. */
  readonly failed: (thrown: unknown) => void;
  readonly limits?: Partial<WebLimits>;
}

/** What a caller may take (S-WEB-13); times in milliseconds. */
export interface WebLimits {
  readonly headersMs: number;
  readonly requestMs: number;
  readonly connections: number;
}

const usualLimits: WebLimits = { headersMs: 10_000, requestMs: 30_000, connections: 64 };
const loopback: ReadonlySet<string> = new Set(['127.0.0.1', '::1']);

/** The window on loopback. */
export class WebServer {
  readonly #server: Server;
  readonly #sessions: WebSessions;
  /** The port it listens on. */
  readonly port: number;

  private constructor(server: Server, sessions: WebSessions, port: number) {
    this.#server = server;
    this.#sessions = sessions;
    this.port = port;
  }

  /** Listens; throws CopyError of kind `invalid` for an address that others could reach, and for one that is taken. */
  static async start(options: WebOptions): Promise<WebServer> {
    const { address = '127.0.0.1', clock, window, refused, times = usualTimes } = options;
    if (!loopback.has(address)) throw listenError(address, `the window listens on loopback only, not on ${address}`);
    const sessions = new WebSessions(window, clock, times);
    const routes = new Routes({ sessions, clock, attempts: new Attempts(clock, refused) });
    const server = newServer({ ...usualLimits, ...options.limits });
    server.on('request', (request, response) => {
      serve(request, response, portOf(server), options.page, routes).catch((thrown: unknown) => {
        if (!response.destroyed) options.failed(thrown);
        response.destroy();
      });
    });
    await listen(server, options.port, address);
    return new WebServer(server, sessions, portOf(server));
  }

  /** An address with a fresh code, good once and for a minute; the code is in the fragment, which no server ever sees. */
  newAddress(): string {
    return `http://127.0.0.1:${this.port}/#code=${this.#sessions.newCode()}`;
  }

  /** Ends every session and every connection. */
  async close(): Promise<void> {
    this.#sessions.close();
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    this.#server.closeAllConnections();
    await closed;
  }
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  port: number,
  page: Page,
  routes: Routes,
): Promise<void> {
  const refusal = refusalOf(request, port);
  if (refusal !== undefined) return refuse(response, refusal);
  if (request.method !== 'POST') return servePage(page, request, response);
  const caller = new AbortController();
  response.once('close', () => caller.abort(cancelledError('the request')));
  try {
    await routes.answer(request, response, caller.signal);
  } catch (thrown) {
    // nobody is there to be told
    if (!caller.signal.aborted) throw thrown;
  }
}

function newServer({ headersMs, requestMs, connections }: WebLimits): Server {
  const server = createServer({
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: Math.min(1000, headersMs),
    maxHeaderSize: 16 * 1024,
    keepAliveTimeout: 5000,
    requireHostHeader: false,
  });
  server.maxConnections = connections;
  server.maxRequestsPerSocket = 1000;
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (!socket.writable) return socket.destroy();
    const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
    socket.end(rawRefusal(status));
    return undefined;
  });
  return server;
}

function listen(server: Server, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (cause: NodeJS.ErrnoException): void =>
      reject(listenError(address, `port ${port} of ${address} cannot be listened on (${cause.code ?? ''})`, cause));
    server.once('error', failed);
    server.listen(port, address, () => {
      server.off('error', failed);
      resolve();
    });
  });
}

function listenError(subject: string, message: string, cause?: unknown): Error {
  return copyError('invalid', { side: 'local', op: 'web.listen', subject, message, cause });
}

function portOf(server: Server): number {
  const address = server.address();
  return address === null || typeof address === 'string' ? 0 : address.port;
}
