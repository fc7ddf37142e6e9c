import { asObject, field, type JsonObject } from '../../oci/fields.ts';
import { parseStrictJson } from '../../oci/strict-json.ts';
import { decodeUtf8 } from '../../oci/utf8.ts';
import type { ApiRequest, HttpClient } from '../http/client.ts';
import type { Host } from '../http/hosts.ts';
import type { ApiResponse } from '../http/response.ts';
import { copyError } from '../kernel/errors.ts';
import type { AuthorizationTarget } from '../ports/authorizer.ts';
import type { Credential } from '../ports/credentials.ts';
import { formatScope, formatScopes, type Scope } from '../rules/scopes.ts';

/** A bearer token as a token server gave it. */
export interface Token {
  /** The header's value, `Bearer …`. */
  readonly authorization: string;
  /** Seconds it lives from its receipt: at least 60, as docker reads it. */
  readonly lifetimeSeconds: number;
  /** A refresh token that replaces the one we sent. */
  readonly refreshToken?: string;
}

/** What a token is asked with. */
export interface TokenQuestion {
  readonly realm: URL;
  readonly service: string | undefined;
  readonly scopes: readonly Scope[];
  readonly credential: Credential | undefined;
}

const maxTokenBytes = 64 * 1024;
const shortestLifetimeSeconds = 60;
const longestLifetimeSeconds = 24 * 3600;

/** The value of a Basic header. */
export function basicAuthorization(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
}

/** Asks a token server (distribution, docs/content/spec/auth/token.md and oauth.md); throws CopyError with what it refused. */
export async function fetchToken(
  client: HttpClient,
  host: Host,
  question: TokenQuestion,
  target: AuthorizationTarget,
  signal: AbortSignal,
): Promise<Token> {
  const { credential } = question;
  const send = (request: Pick<ApiRequest, 'method' | 'target'> & Partial<ApiRequest>): Promise<ApiResponse> =>
    client.send(
      {
        host,
        side: target.side,
        op: 'token',
        subject: target.subject,
        scopes: [],
        meter: target.meter,
        isIdempotent: true,
        isTokenRequest: true,
        maxBytes: maxTokenBytes,
        ...request,
      },
      undefined,
      signal,
    );
  if (credential?.kind === 'identity') {
    const posted = await send({
      method: 'POST',
      target: question.realm,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: { kind: 'bytes', bytes: Buffer.from(refreshForm(question, credential.token).toString(), 'utf8') },
      accept: [404, 405],
    });
    if (posted.status < 300) return readToken(posted, target);
  }
  const response = await send({ method: 'GET', target: questionUrl(question), headers: basicHeader(credential) });
  return readToken(response, target);
}

function refreshForm(question: TokenQuestion, refreshToken: string): URLSearchParams {
  return new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: 'image-ferry',
    refresh_token: refreshToken,
    ...(question.service === undefined ? {} : { service: question.service }),
    ...(question.scopes.length === 0 ? {} : { scope: formatScopes(question.scopes) }),
  });
}

function questionUrl(question: TokenQuestion): URL {
  const url = new URL(question.realm);
  if (question.service !== undefined) url.searchParams.set('service', question.service);
  for (const scope of question.scopes) url.searchParams.append('scope', formatScope(scope));
  if (question.credential?.kind === 'basic') url.searchParams.set('account', question.credential.user);
  return url;
}

function basicHeader(credential: Credential | undefined): Record<string, string> {
  if (credential?.kind === 'basic') return { authorization: basicAuthorization(credential.user, credential.password) };
  if (credential?.kind === 'identity')
    return { authorization: basicAuthorization(credential.user ?? '<token>', credential.token) };
  return {};
}

function readToken(response: ApiResponse, target: AuthorizationTarget): Token {
  const wrong = (what: string) =>
    copyError('protocol', {
      side: target.side,
      op: 'token',
      subject: target.subject,
      message: `${target.side} token server ${response.url.host} sent ${what} for ${target.subject}`,
    });
  const object = readObject(response);
  if (object === undefined) throw wrong('no JSON');
  const token = textOf(object, 'token') || textOf(object, 'access_token');
  if (!/^[\x21-\x7e]+$/.test(token)) throw wrong('no token');
  const expiresIn = field(object, 'expires_in');
  const seconds = typeof expiresIn === 'number' && Number.isFinite(expiresIn) ? expiresIn : 0;
  const refreshToken = textOf(object, 'refresh_token');
  return {
    authorization: `Bearer ${token}`,
    lifetimeSeconds: Math.min(Math.max(seconds, shortestLifetimeSeconds), longestLifetimeSeconds),
    ...(refreshToken === '' ? {} : { refreshToken }),
  };
}

function readObject(response: ApiResponse): JsonObject | undefined {
  try {
    return asObject(parseStrictJson(decodeUtf8(response.body)), 'token answer');
  } catch {
    return undefined;
  }
}

function textOf(object: JsonObject, name: string): string {
  const value = field(object, name);
  return typeof value === 'string' ? value : '';
}
