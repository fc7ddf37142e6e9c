import { type buildConnector, type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici';

/** The proxy itself cannot be reached. */
class ProxyUnreachableError extends Error {
  override readonly name = 'ProxyUnreachableError';
  readonly code = 'ERR_PROXY_UNREACHABLE';
}

/** How to reach an origin by way of a proxy. */
export interface ProxyOptions {
  readonly proxy: string;
  readonly noProxy?: string;
  /** How the proxy itself is connected to, in milliseconds. */
  readonly connectMs: number;
  readonly idleMs: number;
  readonly mostHeadBytes: number;
  readonly tls: buildConnector.BuildOptions;
  readonly onConnect: () => void;
}

/** Connections through a forward proxy: all that undici knows of them. */
export function openProxyAgent({
  proxy,
  noProxy,
  connectMs,
  idleMs,
  mostHeadBytes,
  tls,
  onConnect,
}: ProxyOptions): Dispatcher {
  const agent = new EnvHttpProxyAgent({
    connect: tls,
    keepAliveTimeout: idleMs,
    keepAliveMaxTimeout: idleMs,
    maxHeaderSize: mostHeadBytes,
    pipelining: 1,
    allowH2: false,
    requestTls: tls,
    proxyTls: { timeout: connectMs, allowH2: false },
    clientFactory: (origin, given) => openProxy(origin, given, connectMs),
    httpProxy: proxy,
    httpsProxy: proxy,
    ...(noProxy === undefined ? {} : { noProxy }),
  });
  agent.on('connect', onConnect);
  return agent;
}

/** Connections to the proxy: CONNECT has a limit of its own, and a proxy that is down is not taken for the host behind it. */
function openProxy(origin: URL, given: object, connectMs: number): Pool {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- undici's types leave out what it hands over
  const { connect } = given as { readonly connect: buildConnector.connector };
  return new Pool(origin, {
    headersTimeout: connectMs,
    connect: (options, callback) =>
      connect(options, (error, socket) => {
        if (error === null) return callback(null, socket);
        callback(new ProxyUnreachableError('no connection to the proxy', { cause: error }), null);
      }),
  });
}
