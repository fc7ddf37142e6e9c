import {
  request as requestHttp,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { request as requestHttps } from 'node:https';
import { piecesOf } from './listening.ts';

/** What a call may carry besides method and URL. */
export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string | AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /** PEM of the authority to trust on https. */
  readonly ca?: string;
  /** Idle limit of the socket, 20 s if not given. */
  readonly timeoutMs?: number;
}

/** A whole answer in memory. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Sends one request on its own connection and gives the answer's head, its body still to be read. */
export async function open(method: string, url: string, options: CallOptions = {}): Promise<IncomingMessage> {
  const { body } = options;
  const headers: Record<string, string> = { ...options.headers };
  if (typeof body === 'string' || body instanceof Uint8Array) {
    headers['content-length'] = String(Buffer.byteLength(body));
  } else if (body === undefined && method !== 'GET' && method !== 'HEAD') headers['content-length'] = '0';
  const target = new URL(url);
  const settings: RequestOptions & { ca?: string } = { method, headers, agent: false };
  if (options.ca !== undefined) settings.ca = options.ca;
  const request = target.protocol === 'https:' ? requestHttps(target, settings) : requestHttp(target, settings);
  request.setTimeout(options.timeoutMs ?? 20_000, () => request.destroy(new Error(`no data from ${target.host}`)));
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve);
    request.once('close', () => reject(new Error(`no answer from ${target.host}`)));
    request.on('error', reject); // stays attached: a late reset after an early answer must not end the process
  });
  sendBody(request, body).catch((error: Error) => request.destroy(error));
  return answered;
}

async function sendBody(request: ClientRequest, body: CallOptions['body']): Promise<void> {
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) {
    request.end(body);
    return;
  }
  let hasAnswer = false;
  let wake = (): void => undefined;
  request.once('response', () => (hasAnswer = true));
  for (const event of ['drain', 'close', 'response']) request.on(event, () => wake());
  for await (const chunk of body) {
    if (hasAnswer || request.destroyed) break;
    if (!request.write(chunk)) await new Promise<void>((resolve) => (wake = resolve));
  }
  request.end();
}

/** Sends one request and reads the whole answer. */
export async function call(method: string, url: string, options: CallOptions = {}): Promise<Answer> {
  const response = await open(method, url, options);
  const chunks: Buffer[] = [];
  for await (const chunk of piecesOf(response)) chunks.push(chunk);
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) };
}

/** Opens with GET and follows redirects by hand; credentials stay with the first origin. */
export async function openFollowing(url: string, options: CallOptions = {}): Promise<IncomingMessage> {
  let target = new URL(url);
  const first = target.origin;
  for (let hop = 0; hop < 5; hop++) {
    const headers = { ...options.headers };
    if (target.origin !== first) delete headers['authorization'];
    const response = await open('GET', target.href, { ...options, headers });
    const { location } = response.headers;
    if (![301, 302, 303, 307, 308].includes(response.statusCode ?? 0) || location === undefined) return response;
    response.resume();
    target = new URL(location, target);
  }
  throw new Error(`too many redirects from ${url}`);
}

/** The code of a thrown error, `unknown` if it has none. */
export function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown';
}

/** The Authorization header of a user and password. */
export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
