import { createServer, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { closeServer, listen } from './listening.ts';
import { basic } from './plain-http.ts';
import { Recorder, type RecordedRequest } from './recorder.ts';

/** How a CONNECT proxy may misbehave; may be changed while it runs. */
export interface ConnectProxyOptions {
  /** Asked for with 407. */
  login?: { readonly user: string; readonly password: string };
  /** Close the connection instead of answering CONNECT. */
  closesConnect?: boolean;
  /** Never answer CONNECT. */
  hangs?: boolean;
  /** Answer CONNECT with this status and an HTML page. */
  refuseWith?: number;
  /** Close the tunnel after so many bytes from the far end. */
  truncateAt?: number;
}

/** A forward proxy for tests: CONNECT only. */
export interface ConnectProxy {
  readonly url: string;
  readonly options: ConnectProxyOptions;
  readonly records: readonly RecordedRequest[];
  /** `host:port` of each tunnel that was opened. */
  readonly tunnels: readonly string[];
  close(): Promise<void>;
}

/** Starts a proxy that opens tunnels to loopback. */
export async function startConnectProxy(options: ConnectProxyOptions = {}): Promise<ConnectProxy> {
  const recorder = new Recorder('connect proxy', '');
  const tunnels: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    recorder.record(request);
    response.writeHead(405, { 'content-type': 'text/html' }).end('<html>only CONNECT</html>');
  });
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
  };
  server.on('connection', keep);
  server.on('clientError', (_error, socket) => socket.destroy());
  server.on('connect', (request: IncomingMessage, client: Socket, early: Buffer) => {
    recorder.record(request);
    const { login } = options;
    const refuse = (status: number, extra = ''): void => {
      const page = '<html><body>The proxy says no</body></html>';
      const head = `HTTP/1.1 ${status} Refused\r\nContent-Type: text/html\r\nContent-Length: ${page.length}\r\n`;
      client.end(`${head}${extra}\r\n${page}`);
    };
    if (options.hangs === true) return;
    if (options.closesConnect === true) return void client.destroy();
    if (options.refuseWith !== undefined) return refuse(options.refuseWith);
    if (login !== undefined && request.headers['proxy-authorization'] !== basic(login.user, login.password)) {
      return refuse(407, 'Proxy-Authenticate: Basic realm="proxy"\r\n');
    }
    const target = request.url ?? '';
    const far = connect(Number(target.split(':').at(-1)), '127.0.0.1', () => {
      tunnels.push(target);
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      far.write(early);
      client.pipe(far);
    });
    keep(far);
    let passed = 0;
    far.on('data', (chunk: Buffer) => {
      const part = chunk.subarray(0, Math.max(0, (options.truncateAt ?? Infinity) - passed));
      passed += part.length;
      client.write(part);
      if (part.length < chunk.length) client.end();
    });
    far.once('close', () => client.destroy());
    client.once('close', () => far.destroy());
  });
  const url = `http://127.0.0.1:${await listen(server)}`;
  recorder.origin = url;
  return {
    url,
    options,
    records: recorder.records,
    tunnels,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await closeServer(server);
    },
  };
}
