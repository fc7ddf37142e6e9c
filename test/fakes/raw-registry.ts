import { createServer, type Socket } from 'node:net';
import { closeServer, listen, pause } from './listening.ts';
import { Recorder, type RecordedRequest } from './recorder.ts';

/** One thing a raw registry does on a connection; text is sent as latin1, as it is. */
export type RawStep = string | Uint8Array | { readonly waitMs: number } | { readonly end: 'hang' | 'fin' | 'reset' };

/** Keep the connection open and say nothing more. */
export const HANG = { end: 'hang' } as const;
/** Close in order. */
export const FIN = { end: 'fin' } as const;
/** Reset, after what was sent has arrived. */
export const RESET = { end: 'reset' } as const;

/** What to do for a request; `number` counts from 1 over all connections. */
export type RawScript = (request: RecordedRequest, number: number) => Iterable<RawStep>;

/** A socket that pretends to be a registry. */
export interface RawRegistry {
  readonly host: string;
  readonly url: string;
  readonly records: readonly RecordedRequest[];
  connectionCount(): number;
  close(): Promise<void>;
}

/** Starts a server that answers each request head with scripted bytes; bodies of requests are read and dropped. */
export async function startRawRegistry(script: RawScript, setup: { greeting?: RawStep } = {}): Promise<RawRegistry> {
  const recorder = new Recorder('raw registry', '');
  const sockets = new Set<Socket>();
  let connectionCount = 0;
  let requestCount = 0;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    connectionCount += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    socket.once('end', () => socket.end());
    let head = '';
    let bodyLeft = 0;
    let work: Promise<void> = setup.greeting === undefined ? Promise.resolve() : play(socket, [setup.greeting]);
    socket.on('data', (chunk: Buffer) => {
      head += chunk.toString('latin1');
      for (;;) {
        const skipped = Math.min(bodyLeft, head.length);
        bodyLeft -= skipped;
        head = head.slice(skipped);
        const end = head.indexOf('\r\n\r\n');
        if (end < 0) return;
        const request = parseHead(head.slice(0, end));
        head = head.slice(end + 4);
        bodyLeft = Number(request.headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1] ?? 0);
        const record = recorder.add(request);
        requestCount += 1;
        const number = requestCount;
        work = work.then(() => play(socket, script(record, number)));
      }
    });
  });
  const host = `127.0.0.1:${await listen(server)}`;
  recorder.origin = `http://${host}`;
  return {
    host,
    url: recorder.origin,
    records: recorder.records,
    connectionCount: () => connectionCount,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await closeServer(server);
    },
  };
}

function parseHead(text: string): Omit<RecordedRequest, 'server' | 'origin'> {
  const [first = '', ...lines] = text.split('\r\n');
  const [method = '', url = ''] = first.split(' ');
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  return { method, url, headers, body: '' };
}

async function play(socket: Socket, steps: Iterable<RawStep>): Promise<void> {
  for (const step of steps) {
    if (socket.destroyed) return;
    if (typeof step === 'object' && 'waitMs' in step) await pause(step.waitMs);
    else if (typeof step === 'object' && 'end' in step) {
      if (step.end === 'hang') await new Promise((resolve) => socket.once('close', resolve));
      else if (step.end === 'fin') socket.end();
      else {
        await pause(30); // a reset would drop what the kernel has not delivered
        socket.resetAndDestroy();
      }
    } else {
      const bytes = typeof step === 'string' ? Buffer.from(step, 'latin1') : step;
      await new Promise<void>((resolve) => socket.write(bytes, () => resolve()));
    }
  }
}
