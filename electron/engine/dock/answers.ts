import type { ServerResponse } from 'node:http';
import type { Exchange } from './exchange.ts';
import { closeAfterwards, hasUnreadBody } from './linger.ts';
import type { Refusal } from './refusal.ts';

/** Header names and values of an answer. */
export type Headers = Readonly<Record<string, string | number | readonly string[]>>;

/** The headers that every answer carries: nothing we serve may be run or guessed by a browser (SECURITY S-REG-6). */
export function setCommonHeaders(response: ServerResponse): void {
  response.setHeader('Docker-Distribution-API-Version', 'registry/2.0');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Content-Security-Policy', "sandbox; default-src 'none'");
}

/** Ends the answer without a body. */
export function answerEmpty(exchange: Exchange, status: number, headers: Headers = {}): void {
  const { response } = exchange;
  setHeaders(response, headers);
  if (status !== 204 && status !== 304) response.setHeader('Content-Length', response.getHeader('Content-Length') ?? 0);
  response.writeHead(status).end();
}

/** Ends the answer with a JSON document. */
export function answerJson(exchange: Exchange, document: unknown, headers: Headers = {}): void {
  answerBytes(exchange.response, 200, Buffer.from(JSON.stringify(document)), {
    'Content-Type': 'application/json',
    ...headers,
  });
}

/** Ends the answer with bytes that are all there; node leaves them out for HEAD. */
export function answerBytes(response: ServerResponse, status: number, bytes: Uint8Array, headers: Headers): void {
  setHeaders(response, headers);
  response.setHeader('Content-Length', bytes.byteLength);
  response.writeHead(status).end(bytes);
}

/** Ends the answer with the refusal's errors; a body still on its way is not waited for. */
export function answerRefusal(exchange: Pick<Exchange, 'request' | 'response' | 'clock'>, refused: Refusal): void {
  const { request, response } = exchange;
  if (hasUnreadBody(request)) closeAfterwards(exchange);
  request.resume();
  const document = { errors: refused.items };
  answerBytes(response, refused.status, Buffer.from(JSON.stringify(document)), {
    'Content-Type': 'application/json',
    ...refused.headers,
  });
}

function setHeaders(response: ServerResponse, headers: Headers): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}
