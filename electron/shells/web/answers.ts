import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { shieldHeaders } from './headers.ts';

/** Why a request is not answered; such an answer has no body. */
export type Refusal = 400 | 401 | 403 | 404 | 405 | 413 | 415 | 429 | 503;

/** Ends the answer without a body. What of a request was not read yet is not waited for. */
export function refuse(response: ServerResponse, status: Refusal, headers: OutgoingHttpHeaders = {}): void {
  if (response.headersSent || response.destroyed) return;
  const shown = status === 405 ? { Allow: 'GET, HEAD, POST' } : {};
  response.writeHead(status, { ...shieldHeaders(), ...shown, ...headers, 'Content-Length': 0, Connection: 'close' });
  response.end();
}

/** Ends the answer with plain data. */
export function answerJson(response: ServerResponse, value: unknown): void {
  if (response.headersSent || response.destroyed) return;
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(200, {
    ...shieldHeaders(),
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': body.byteLength,
  });
  response.end(body);
}

/** What is written to a socket that spoke no HTTP. */
export function rawRefusal(status: 400 | 408 | 431): string {
  const reasons = { 400: 'Bad Request', 408: 'Request Timeout', 431: 'Request Header Fields Too Large' } as const;
  const headers = Object.entries({ ...shieldHeaders(), 'Content-Length': 0, Connection: 'close' });
  const lines = headers.map(([name, value]) => `${name}: ${String(value)}\r\n`).join('');
  return `HTTP/1.1 ${status} ${reasons[status]}\r\n${lines}\r\n`;
}
