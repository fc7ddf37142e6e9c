import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSelfSigned } from './certificates.ts';
import { createSigner, type KeyNaming } from './jwt.ts';
import { closeServer, createServer, listen, piecesOf, type TlsMaterial } from './listening.ts';
import { Recorder, type RecordedRequest } from './recorder.ts';
import { fullAccess, grant, parseScopes, type Access, type AccessRule } from './token-access.ts';

/** A user of the token server; `access` is everything if not given. */
export interface TokenUser {
  readonly password: string;
  readonly access?: readonly AccessRule[];
  /** Accepted as `refresh_token` by POST for this user. */
  readonly refreshToken?: string;
}

/** What tests vary; all may be changed while it runs. */
export interface TokenServerOptions {
  users?: Record<string, TokenUser>;
  /** Rights without a login; nothing if not given. */
  anonymousAccess?: readonly AccessRule[];
  /** `expires_in`, and the life of the token itself unless `tokenLifetimeSeconds` says otherwise; 300 if not given. */
  lifetimeSeconds?: number;
  /** Life of the signed token; distribution adds 60 s of leeway, so a real registry refuses it only below -60. */
  tokenLifetimeSeconds?: number;
  /** Answer without `expires_in`: 60 s are to be assumed. */
  omitExpiry?: boolean;
  omitIssuedAt?: boolean;
  /** Name the token `token`, `access_token` or both. */
  tokenField?: 'token' | 'access_token' | 'both';
  /** POST is answered with this status: the client must fall back to GET. */
  postStatus?: 404 | 405;
  /** Grant only the first scope of the request (some servers do, PROTOCOL 2). */
  onlyFirstScope?: boolean;
  /** Added to the server's own clock for `issued_at`, `iat`, `nbf` and `exp`. */
  clockSkewSeconds?: number;
  /** Give a `refresh_token` with every answer to a user who has one. */
  givesRefreshToken?: boolean;
  /** The next answers are this failure. */
  failures?: { times: number; readonly status: number; readonly headers?: Record<string, string> };
  /** Answer GET and POST with a redirect there. */
  redirectTo?: { readonly status: number; readonly location: string };
  /** Never answer. */
  hangs?: boolean;
  /** A body larger than any token; the client must cap what it reads. */
  paddingBytes?: number;
}

/** A running token server. */
export interface TokenServer {
  readonly origin: string;
  /** The URL for a challenge's `realm`. */
  readonly realm: string;
  readonly service: string;
  readonly issuer: string;
  /** PEM file of the signer for a registry's `rootcertbundle`. */
  readonly certPath: string;
  readonly options: TokenServerOptions;
  readonly records: readonly RecordedRequest[];
  /** How many tokens were given out. */
  issuedCount(): number;
  /** What a token grants, or undefined if it is forged or (at `nowMs`, without leeway) not valid. */
  verify(token: string, nowMs?: number): readonly Access[] | undefined;
  /** A token for those scopes with full access, made without asking over the network. */
  issue(scopes: readonly string[], lifetimeSeconds?: number): string;
  close(): Promise<void>;
}

/** Starts a token server as distribution's "auth/token" and "auth/oauth" documents describe it. */
export async function startTokenServer(
  options: TokenServerOptions = {},
  setup: { tls?: TlsMaterial; service?: string; signer?: TlsMaterial; keyNaming?: KeyNaming } = {},
): Promise<TokenServer> {
  const service = setup.service ?? 'registry.test';
  const issuer = 'ferry test issuer';
  const signer = createSigner(setup.signer ?? (await createSelfSigned({ commonName: issuer })), setup.keyNaming);
  const home = mkdtempSync(join(tmpdir(), 'ferry-token-'));
  const removeHome = (): void => rmSync(home, { recursive: true, force: true });
  process.once('exit', removeHome);
  const certPath = join(home, 'signer.pem');
  writeFileSync(certPath, signer.cert);
  const recorder = new Recorder('token server', '');
  let issued = 0;

  function issue(access: readonly Access[], user: string, lifetimeSeconds: number): string {
    const now = Math.floor(Date.now() / 1000) + (options.clockSkewSeconds ?? 0);
    const times = { iat: now, nbf: now, exp: now + lifetimeSeconds };
    issued += 1;
    return signer.sign({ iss: issuer, sub: user, aud: service, jti: `token-${issued}`, ...times, access });
  }

  const server = createServer(setup.tls, (request, response) => {
    const record = recorder.record(request);
    readBody(request, (chunk) => recorder.addBody(record, chunk))
      .then((body) => answer(request, body, response))
      .catch(() => response.destroy());
  });

  function answer(request: IncomingMessage, body: string, response: ServerResponse): void {
    const reply = (status: number, json: object, headers: Record<string, string> = {}): void => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(json));
    };
    const fail = (status: number, headers?: Record<string, string>): void =>
      reply(status, { errors: [{ code: 'UNAUTHORIZED', message: 'no token for you' }] }, headers);
    const { failures, redirectTo } = options;
    if (options.hangs === true) return;
    if (failures !== undefined && failures.times > 0) {
      failures.times -= 1;
      return fail(failures.status, failures.headers);
    }
    if (redirectTo !== undefined) return fail(redirectTo.status, { location: redirectTo.location });
    const url = new URL(request.url ?? '/', 'http://token.test');
    if (url.pathname !== '/token') return fail(404);
    if (request.method === 'POST' && options.postStatus !== undefined) return fail(options.postStatus);
    const form = request.method === 'POST' ? new URLSearchParams(body) : url.searchParams;
    const user = request.method === 'POST' ? userOfForm(options, form) : userOfHeader(options, request);
    if (user === 'wrong') return fail(401);
    const scopes = form.getAll('scope');
    const asked = parseScopes(scopes);
    const access = grant(options.onlyFirstScope === true ? asked.slice(0, 1) : asked, rulesOf(options, user));
    const lifetime = options.lifetimeSeconds ?? 300;
    const token = issue(access, user ?? '', options.tokenLifetimeSeconds ?? lifetime);
    const field = options.tokenField ?? (request.method === 'POST' ? 'access_token' : 'token');
    const refresh = user === undefined ? undefined : options.users?.[user]?.refreshToken;
    const issuedAt = new Date(Date.now() + (options.clockSkewSeconds ?? 0) * 1000).toISOString();
    reply(200, {
      ...(field === 'access_token' ? {} : { token }),
      ...(field === 'token' ? {} : { access_token: token }),
      ...(options.omitExpiry === true ? {} : { expires_in: lifetime }),
      ...(options.omitIssuedAt === true ? {} : { issued_at: issuedAt }),
      ...(options.givesRefreshToken === true && refresh !== undefined ? { refresh_token: refresh } : {}),
      ...(options.paddingBytes === undefined ? {} : { padding: 'x'.repeat(options.paddingBytes) }),
    });
  }

  const origin = `${setup.tls === undefined ? 'http' : 'https'}://127.0.0.1:${await listen(server)}`;
  recorder.origin = origin;
  return {
    origin,
    realm: `${origin}/token`,
    service,
    issuer,
    certPath,
    options,
    records: recorder.records,
    issuedCount: () => issued,
    verify: (token, nowMs = Date.now()) => {
      const claims = signer.read(token);
      if (claims === undefined || claims.aud !== service) return undefined;
      const now = nowMs / 1000;
      if (now >= claims.exp || now + 1 < claims.nbf) return undefined;
      return claims.access;
    },
    issue: (scopes, lifetimeSeconds = 300) => issue(parseScopes(scopes), 'test', lifetimeSeconds),
    close: async () => {
      await closeServer(server);
      removeHome();
      process.off('exit', removeHome);
    },
  };
}

async function readBody(request: IncomingMessage, see: (chunk: Buffer) => void): Promise<string> {
  let text = '';
  for await (const chunk of piecesOf(request)) {
    see(chunk);
    if (text.length < 65_536) text += chunk.toString('utf8');
  }
  return text;
}

function rulesOf(options: TokenServerOptions, user: string | undefined): readonly AccessRule[] {
  if (user === undefined) return options.anonymousAccess ?? [];
  return options.users?.[user]?.access ?? fullAccess;
}

function userOfHeader(options: TokenServerOptions, request: IncomingMessage): string | undefined {
  const header = request.headers.authorization;
  if (header === undefined) return undefined;
  const text = Buffer.from(header.replace(/^basic /i, ''), 'base64').toString();
  const at = text.indexOf(':');
  const user = text.slice(0, at);
  return options.users?.[user]?.password === text.slice(at + 1) ? user : 'wrong';
}

function userOfForm(options: TokenServerOptions, form: URLSearchParams): string {
  const users = Object.entries(options.users ?? {});
  if (form.get('grant_type') === 'password') {
    const user = form.get('username') ?? '';
    return options.users?.[user]?.password === form.get('password') ? user : 'wrong';
  }
  const refreshToken = form.get('refresh_token');
  const found = users.find(([, user]) => user.refreshToken !== undefined && user.refreshToken === refreshToken);
  return found?.[0] ?? 'wrong';
}
