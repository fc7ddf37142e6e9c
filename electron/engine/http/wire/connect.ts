import { connect as connectTcp, isIP, type LookupFunction, type OnReadOpts, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Clock } from '../../kernel/clock.ts';

/** No connection came about in the time allowed. */
export class ConnectTimeoutError extends Error {
  override readonly name = 'ConnectTimeoutError';
  readonly code = 'ERR_CONNECT_TIMEOUT';
}

/** How connections to one origin are made. */
export interface ConnectOptions {
  readonly clock: Clock;
  /** For the connection, and for the handshake of TLS where that is spoken. */
  readonly timeoutMs: number;
  readonly lookup?: LookupFunction;
  /** What TLS needs to know; unused where plain http is spoken. */
  readonly trust?: { readonly rejectUnauthorized: boolean; readonly ca?: string[] };
}

const keepAliveMs = 60_000;

/** Makes connections to one origin: happy eyeballs over all its addresses, and TLS sessions that are taken up again. */
export class Connector {
  readonly #url: URL;
  readonly #options: ConnectOptions;
  readonly #onread: OnReadOpts;
  #session: Buffer | undefined;

  constructor(url: URL, options: ConnectOptions, onread: OnReadOpts) {
    this.#url = url;
    this.#options = options;
    this.#onread = onread;
  }

  /**
   * Opens a connection that is ready for HTTP, or tells why there is none. Its errors afterwards are its user's. Gives what gives
   * it up, for a reason that is then told.
   */
  open(done: (error: Error | undefined, socket: Socket) => void): (reason: Error) => void {
    const { clock, timeoutMs } = this.#options;
    const isSecure = this.#url.protocol === 'https:';
    const socket = isSecure ? this.#secure() : connectTcp(this.#tcp());
    const timer = clock.schedule(timeoutMs, () =>
      socket.destroy(new ConnectTimeoutError(`no connection within ${timeoutMs} ms`)),
    );
    const ready = isSecure ? 'secureConnect' : 'connect';
    const settle = (error?: Error): void => {
      timer.cancel();
      socket.off('error', settle).off(ready, settle);
      done(error, socket);
    };
    socket.once(ready, settle).once('error', settle);
    return (reason) => {
      settle(reason);
      socket.destroy();
    };
  }

  #tcp() {
    const { hostname, port, protocol } = this.#url;
    const { lookup } = this.#options;
    return {
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: keepAliveMs,
      onread: this.#onread,
      ...(lookup === undefined ? {} : { lookup }),
    };
  }

  #secure(): Socket {
    const tcp = this.#tcp();
    const session = this.#session;
    const socket = connectTls({
      ...tcp,
      ...this.#options.trust,
      // an address is no name that a server could choose its certificate by (RFC 6066, 3)
      servername: isIP(tcp.host) === 0 ? tcp.host : '',
      ALPNProtocols: ['http/1.1'],
      ...(session === undefined ? {} : { session }),
    });
    socket.on('session', (given: Buffer) => {
      this.#session = given;
    });
    return socket;
  }
}
