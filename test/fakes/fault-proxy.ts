import { Agent, request as requestUpstream, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { FaultRules, type Direction, type FaultAction, type FaultRule } from './fault-rules.ts';
import { passBody, type PassEnd } from './fault-stream.ts';
import { closeServer, createServer, listen, pause, type TlsMaterial } from './listening.ts';
import { Recorder, type RecordedRequest } from './recorder.ts';

export type { FaultAction, FaultRule } from './fault-rules.ts';

/** One exchange as the proxy saw it; filled in while it goes on. */
export interface Exchange {
  readonly request: RecordedRequest;
  /** Number of the client's connection, from 1. */
  readonly connection: number;
  /** What the client sent of its body, and what of the answer was passed to it. */
  requestBytes: number;
  responseBytes: number;
  /** What the client was given; undefined if nothing. */
  status: number | undefined;
  /** Names (or kinds) of the faults that struck. */
  readonly faults: readonly string[];
}

/** A reverse proxy that does harm on demand. */
export interface FaultProxy {
  /** `127.0.0.1:PORT`: give this to the product instead of the registry's. */
  readonly host: string;
  readonly url: string;
  readonly exchanges: readonly Exchange[];
  readonly records: readonly RecordedRequest[];
  /** Adds a fault; the returned function tells how often it struck. */
  addRule(rule: FaultRule): () => number;
  clearRules(): void;
  /** Points it elsewhere; an upstream that is down is answered with a reset. */
  setUpstream(host: string): void;
  upstreamHost(): string;
  connectionCount(): number;
  /** Sums of body bytes in both directions over all exchanges that match. */
  bytes(method?: string, path?: RegExp): { readonly sent: number; readonly received: number };
  /** Resets every open connection of clients. */
  resetAll(): void;
  close(): Promise<void>;
}

// RFC 9110 7.6.1: these belong to one connection and are not passed on; framing is made anew.
const HOP_HEADERS = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'upgrade']);
// A reset drops what the kernel has not sent yet; loopback needs no more than this to deliver it.
const DELIVERY_MS = 30;

/** Starts a fault proxy in front of `upstreamHost`, which speaks plain http; the client's Host header is kept. */
export async function startFaultProxy(upstreamHost: string, setup: { tls?: TlsMaterial } = {}): Promise<FaultProxy> {
  const rules = new FaultRules();
  const recorder = new Recorder('fault proxy', '');
  const exchanges: Exchange[] = [];
  const connections = new Map<Socket, number>();
  let connectionCount = 0;
  let upstream = upstreamHost;
  const agent = new Agent({ keepAlive: true, keepAliveMsecs: 500 });

  const server = createServer(setup.tls, (request, response) => {
    pass(request, response).catch(() => reset(request.socket));
  });
  server.on(setup.tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    connectionCount += 1;
    connections.set(socket, connectionCount);
    socket.on('error', () => undefined);
    socket.once('close', () => connections.delete(socket));
  });

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', socket } = request;
    const record = recorder.record(request);
    const struck = rules.strike(method, url);
    const faults = struck.map((rule) => rule.name ?? rule.action.kind);
    const connection = connections.get(socket) ?? 0;
    const exchange: Exchange = {
      request: record,
      connection,
      requestBytes: 0,
      responseBytes: 0,
      status: undefined,
      faults,
    };
    exchanges.push(exchange);
    request.on('error', () => undefined);
    const [ahead, behind] = [actionsOf(struck, 'request'), actionsOf(struck, 'response')];

    if (!(await beforeHead(ahead, socket))) return;
    const answer = ahead.find((action) => action.kind === 'answer');
    if (answer !== undefined) {
      exchange.status = answer.status;
      request.resume();
      if (!request.complete && !(await finished(request))) return;
      response.writeHead(answer.status, rawOf(answer.headers ?? {}));
      response.end(answer.body);
      return;
    }
    const [hostname = '', port = '80'] = upstream.split(':');
    const headers = passedHeaders(request.rawHeaders);
    const onward = requestUpstream({ hostname, port, method, path: url, headers, agent, setHost: false });
    onward.on('error', () => undefined);
    const answered = new Promise<IncomingMessage | undefined>((resolve) => {
      onward.once('response', resolve);
      onward.once('close', () => resolve(undefined));
    });
    const sending = passBody(request, onward, ahead, (piece) => {
      exchange.requestBytes += piece.length;
      recorder.addBody(record, piece);
    }).then((end) => {
      if (end === 'whole') onward.end();
      // An upstream that answered early and left: unless the rest is read, the connection cannot be used again.
      if (end === 'broken') request.resume();
      return end;
    });
    response.once('close', () => {
      if (!response.writableFinished) onward.destroy();
    });
    const first = await Promise.race([sending, answered]);
    if (first === 'broken' && request.destroyed) onward.destroy();
    else if (typeof first === 'string' && first !== 'whole' && first !== 'broken') {
      // Let the upstream get what was passed before it sees the end, as it would over a line.
      await pause(DELIVERY_MS);
      if (first !== 'stall') onward.destroy();
      return stop(first, socket, exchange);
    }
    const reply = await answered;
    if (reply === undefined) return reset(socket);
    await passReply(reply, behind, response, socket, exchange);
  }

  async function passReply(
    reply: IncomingMessage,
    actions: readonly FaultAction[],
    response: ServerResponse,
    socket: Socket,
    exchange: Exchange,
  ): Promise<void> {
    if (actions.some((action) => action.kind === 'swallow')) {
      reply.resume();
      await finished(reply);
      return reset(socket);
    }
    if (!(await beforeHead(actions, socket))) return void reply.destroy();
    const replace = actions.find((action) => action.kind === 'replace');
    const isUnlengthed = actions.some((action) => action.kind === 'end-unlengthed');
    response.sendDate = false;
    if (isUnlengthed) {
      response.shouldKeepAlive = false;
      response.useChunkedEncodingByDefault = false;
    }
    exchange.status = replace?.status ?? reply.statusCode ?? 502;
    response.writeHead(exchange.status, replyHeaders(reply.rawHeaders, actions, isUnlengthed));
    if (replace?.body !== undefined) {
      reply.resume();
      exchange.responseBytes += Buffer.byteLength(replace.body);
      response.end(replace.body);
      return;
    }
    response.flushHeaders();
    const end = await passBody(reply, response, actions, (piece) => {
      exchange.responseBytes += piece.length;
    });
    if (end === 'whole') response.end();
    else {
      reply.destroy();
      await stop(end, socket, exchange);
    }
  }

  async function stop(end: PassEnd, socket: Socket, exchange: Exchange): Promise<void> {
    if (end === 'stall') return;
    if (end === 'too-large') {
      exchange.status = 413;
      const body = '<html><head><title>413 Request Entity Too Large</title></head></html>';
      const head = `HTTP/1.1 413 Request Entity Too Large\r\nContent-Type: text/html\r\nConnection: close\r\n`;
      socket.write(`${head}Content-Length: ${body.length}\r\n\r\n${body}`);
      await pause(DELIVERY_MS);
      return reset(socket); // the unread rest of the body turns the close into a reset, as with nginx
    }
    await pause(DELIVERY_MS);
    if (end === 'end') socket.end();
    else reset(socket);
  }

  const host = `127.0.0.1:${await listen(server)}`;
  recorder.origin = `${setup.tls === undefined ? 'http' : 'https'}://${host}`;
  return {
    host,
    url: recorder.origin,
    exchanges,
    records: recorder.records,
    addRule: (rule) => rules.add(rule),
    clearRules: () => rules.clear(),
    setUpstream: (next) => {
      upstream = next;
      agent.destroy();
    },
    upstreamHost: () => upstream,
    connectionCount: () => connectionCount,
    bytes: (method, path) => {
      const matching = exchanges.filter(
        ({ request }) =>
          (method === undefined || request.method === method) && (path === undefined || path.test(request.url)),
      );
      const sum = (of: (exchange: Exchange) => number): number => matching.reduce((total, one) => total + of(one), 0);
      return { sent: sum((one) => one.requestBytes), received: sum((one) => one.responseBytes) };
    },
    resetAll: () => {
      for (const socket of connections.keys()) reset(socket);
    },
    close: async () => {
      agent.destroy();
      for (const socket of connections.keys()) socket.destroy();
      await closeServer(server);
    },
  };
}

function actionsOf(rules: readonly FaultRule[], direction: Direction): FaultAction[] {
  return rules.filter((rule) => rule.direction === direction).map((rule) => rule.action);
}

function rawOf(headers: Readonly<Record<string, string | readonly string[]>>): string[] {
  return Object.entries(headers).flatMap(([name, value]) => [value].flat().flatMap((one) => [name, one]));
}

/** Does what is to happen before any byte; false if nothing more shall. */
async function beforeHead(actions: readonly FaultAction[], socket: Socket): Promise<boolean> {
  for (const action of actions) {
    if (action.kind === 'delay') await pause(action.delayMs);
    if (action.kind !== 'stall' && action.kind !== 'reset' && action.kind !== 'end') continue;
    if (action.atByte >= 0) continue;
    if (action.kind === 'reset') reset(socket);
    else if (action.kind === 'end') socket.end();
    return false;
  }
  return true;
}

function reset(socket: Socket): void {
  // A TLS socket has no reset of its own; closing it without a goodbye is what a broken line looks like there.
  if (typeof socket.resetAndDestroy === 'function' && !('encrypted' in socket)) socket.resetAndDestroy();
  else socket.destroy();
}

function finished(message: IncomingMessage): Promise<boolean> {
  return new Promise((resolve) => message.once('end', () => resolve(true)).once('close', () => resolve(false)));
}

function passedHeaders(raw: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    if (!HOP_HEADERS.has((raw[i] ?? '').toLowerCase())) kept.push(raw[i] ?? '', raw[i + 1] ?? '');
  }
  return kept;
}

function replyHeaders(raw: readonly string[], actions: readonly FaultAction[], isUnlengthed: boolean): string[] {
  const dropped = new Set(isUnlengthed ? ['content-length', 'transfer-encoding'] : []);
  const added: string[] = [];
  for (const action of actions) {
    if (action.kind !== 'replace') continue;
    if (action.body !== undefined) {
      dropped.add('content-length').add('transfer-encoding').add('content-encoding');
      added.push('content-length', String(Buffer.byteLength(action.body)));
    }
    for (const [name, value] of Object.entries(action.headers ?? {})) {
      dropped.add(name.toLowerCase());
      for (const one of value === undefined ? [] : [value].flat()) added.push(name, one);
    }
  }
  const rewrite = actions.find((action) => action.kind === 'rewrite-location')?.rewrite ?? ((text: string) => text);
  const kept = passedHeaders(raw);
  const headers: string[] = [];
  for (let i = 0; i + 1 < kept.length; i += 2) {
    const name = (kept[i] ?? '').toLowerCase();
    const value = kept[i + 1] ?? '';
    if (!dropped.has(name)) headers.push(kept[i] ?? '', name === 'location' ? rewrite(value) : value);
  }
  return [...headers, ...added];
}
