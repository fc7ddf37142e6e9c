import type { IncomingMessage, ServerResponse } from 'node:http';
import { piecesOf } from '../listening.ts';
import type { TokenServer } from '../token-server.ts';
import type { RegistryState } from './state.ts';
import type { Quirks } from './quirks.ts';

/** Without the headers that are undefined. */
export function definedOf(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** Who may do what; everybody everything if empty. */
export interface AccessSetup {
  readonly basic?: { readonly user: string; readonly password: string };
  /** Bearer tokens of that server, checked without leeway. */
  readonly tokens?: TokenServer;
  /** Reading needs no login. */
  readonly anonymousPull?: boolean;
}

/** What all exchanges of a registry share. */
export interface RegistryContext {
  readonly state: RegistryState;
  quirks: Quirks;
  /** How often each counted quirk has struck since `setQuirks`. */
  readonly counters: Map<string, number>;
  /** `scheme://host:port` of the registry, and of the origin that stands for an object store. */
  origin: string;
  elsewhere: string;
  readonly access: AccessSetup;
}

/** One request and the means to answer it. */
export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly context: RegistryContext;
  readonly url: URL;
  readonly method: string;
  /** Asked at `elsewhere`, not at the registry itself. */
  readonly isElsewhere: boolean;

  constructor(request: IncomingMessage, response: ServerResponse, context: RegistryContext, isElsewhere: boolean) {
    this.request = request;
    this.response = response;
    this.context = context;
    this.isElsewhere = isElsewhere;
    this.method = request.method ?? 'GET';
    this.url = new URL(request.url ?? '/', 'http://registry.test');
  }

  get quirks(): Quirks {
    return this.context.quirks;
  }

  get state(): RegistryState {
    return this.context.state;
  }

  /** The origin the client believes to talk to. */
  get origin(): string {
    return this.isElsewhere ? this.context.elsewhere : this.context.origin;
  }

  /** Counts a use of `key`; false once `times` are spent or if there is no limit given. */
  spend(key: string, times: number | undefined): boolean {
    if (times === undefined) return false;
    return this.count(key) <= times;
  }

  /** Counts a use of `key` and gives its number, from 1. */
  count(key: string): number {
    const number = (this.context.counters.get(key) ?? 0) + 1;
    this.context.counters.set(key, number);
    return number;
  }

  reply(status: number, headers: Record<string, string | string[] | undefined> = {}, body?: string | Uint8Array): void {
    const length = status === 204 || body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const none = status !== 204 && body === undefined && this.method !== 'HEAD' ? { 'content-length': '0' } : {};
    this.response.writeHead(status, { ...none, ...length, ...definedOf(headers) });
    this.response.end(this.method === 'HEAD' || status === 204 ? undefined : body);
  }

  json(status: number, value: unknown, headers: Record<string, string | undefined> = {}): void {
    this.reply(status, { 'content-type': 'application/json', ...headers }, JSON.stringify(value));
  }

  fail(status: number, code: string, message: string, headers: Record<string, string | undefined> = {}): void {
    this.json(status, { errors: [{ code, message }] }, headers);
  }

  /** An answer of something that is not a registry. */
  page(status: number, title: string, headers: Record<string, string> = {}): void {
    const body = `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`;
    this.reply(status, { 'content-type': 'text/html', ...headers }, body);
  }

  reset(): void {
    this.request.socket.resetAndDestroy();
  }

  /** Reads the body to its end, keeping at most `limitBytes`; undefined if it was larger. */
  async readBody(limitBytes: number): Promise<Buffer | undefined> {
    const pieces: Buffer[] = [];
    let sizeBytes = 0;
    for await (const piece of piecesOf(this.request)) {
      sizeBytes += piece.length;
      if (sizeBytes <= limitBytes) pieces.push(piece);
    }
    return sizeBytes > limitBytes ? undefined : Buffer.concat(pieces);
  }
}
