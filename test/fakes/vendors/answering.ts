import type { IncomingMessage } from 'node:http';
import { closeServer, createServer, listen, piecesOf } from '../listening.ts';
import { Recorder, type RecordedRequest } from '../recorder.ts';

/** What a vendor's API answers; a `text` goes out as it is, everything else as JSON. */
export interface VendorAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string;
}

/** A request as a fake vendor reads it: the path raw, as it stood on the wire. */
export interface VendorQuestion {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A small server that stands for a vendor's API. */
export interface FakeVendor {
  readonly host: string;
  readonly url: string;
  readonly records: readonly RecordedRequest[];
  /** `METHOD path?query` of every request, in order. */
  asked(): string[];
  close(): Promise<void>;
}

/** Starts a server that answers by `answer`. */
export async function startVendor(
  name: string,
  answer: (question: VendorQuestion) => VendorAnswer | Promise<VendorAnswer>,
): Promise<FakeVendor> {
  const recorder = new Recorder(name, '');
  const server = createServer(undefined, (request, response) => {
    const record = recorder.record(request);
    void (async () => {
      const pieces: Buffer[] = [];
      for await (const piece of piecesOf(request)) {
        recorder.addBody(record, piece);
        pieces.push(piece);
      }
      const [path = '', query = ''] = (request.url ?? '').split('?');
      const {
        status = 200,
        headers = {},
        json,
        text,
      } = await answer({
        method: request.method ?? '',
        path,
        query: new URLSearchParams(query),
        authorization: request.headers.authorization,
        headers: request.headers,
        body: Buffer.concat(pieces).toString(),
      });
      const type = text === undefined ? 'application/json; charset=utf-8' : 'text/html; charset=utf-8';
      response.writeHead(status, { 'content-type': type, ...headers });
      response.end(text ?? (json === undefined ? '' : JSON.stringify(json)));
    })();
  });
  const host = `127.0.0.1:${await listen(server)}`;
  recorder.origin = `http://${host}`;
  return {
    host,
    url: recorder.origin,
    records: recorder.records,
    asked: () => recorder.records.map(({ method, url }) => `${method} ${url}`),
    close: () => closeServer(server),
  };
}
