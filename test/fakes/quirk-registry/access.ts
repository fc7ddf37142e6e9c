import { basic, call } from '../plain-http.ts';
import type { Access } from '../token-access.ts';
import type { Exchange } from './exchange.ts';

/** The rights that a request needs; `repository` is undefined for `/v2/` and the catalog. */
export function neededFor(exchange: Exchange, repository: string | undefined): Access[] {
  const { method, url } = exchange;
  if (repository === undefined) {
    return url.pathname === '/v2/_catalog' ? [{ type: 'registry', name: 'catalog', actions: ['*'] }] : [];
  }
  const isReading = method === 'GET' || method === 'HEAD';
  const actions = isReading ? ['pull'] : method === 'DELETE' ? ['delete'] : ['pull', 'push'];
  const from = url.searchParams.get('from');
  const mounted = from === null || method !== 'POST' ? [] : [{ type: 'repository', name: from, actions: ['pull'] }];
  return [{ type: 'repository', name: repository, actions }, ...mounted];
}

/** True if the request may go on; otherwise it has been answered. */
export function isAllowed(exchange: Exchange, repository: string | undefined): boolean {
  const { context, quirks, method, request } = exchange;
  const { basic: login, tokens, anonymousPull } = context.access;
  const needed = neededFor(exchange, repository);
  const isCatalog = exchange.url.pathname === '/v2/_catalog';
  if (isCatalog && quirks.catalogRefused === true) return refuse(exchange, needed);
  if (exchange.isElsewhere || (login === undefined && tokens === undefined)) return true;
  if (anonymousPull === true && repository !== undefined && (method === 'GET' || method === 'HEAD')) return true;
  const header = request.headers.authorization;
  if (isCatalog && quirks.catalogWantsBasic === true && login !== undefined) {
    return header === basic(login.user, login.password) || refuse(exchange, needed);
  }
  if (header === undefined) return refuse(exchange, needed);
  if (/^basic /i.test(header)) {
    if (login !== undefined && header === basic(login.user, login.password)) return true;
    if (quirks.wrongLoginAs429 !== true) return refuse(exchange, needed);
    exchange.fail(429, 'TOOMANYREQUESTS', 'too many failed login attempts for username or IP address');
    return false;
  }
  const token = header.replace(/^bearer /i, '');
  const granted = quirks.tokensRefused === true ? undefined : tokens?.verify(token);
  if (granted === undefined || exchange.spend(`fresh ${token}`, quirks.freshTokenRefusedTimes)) {
    return refuse(exchange, needed, 'invalid_token');
  }
  const isGranted = needed.every((need) =>
    need.actions.every((action) =>
      granted.some((one) => one.type === need.type && one.name === need.name && one.actions.includes(action)),
    ),
  );
  if (isGranted) return true;
  if (quirks.deniedAs403 === true) exchange.fail(403, 'DENIED', 'requested access to the resource is denied');
  else if (quirks.deniedAs404 === true) exchange.fail(404, 'NAME_UNKNOWN', 'repository name not known to registry');
  else refuse(exchange, needed, 'insufficient_scope');
  return false;
}

/** Answers 401 with the challenge for `needed`; always false. */
export function refuse(exchange: Exchange, needed: readonly Access[], error?: string): false {
  const challenges = exchange.quirks.challengeMissing === true ? undefined : challengesFor(exchange, needed, error);
  exchange.reply(
    401,
    { 'www-authenticate': challenges, 'content-type': 'application/json' },
    '{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}',
  );
  return false;
}

function challengesFor(exchange: Exchange, needed: readonly Access[], error: string | undefined): string[] {
  const { context, quirks } = exchange;
  const { tokens } = context.access;
  const isBasic = tokens === undefined || (needed[0]?.type === 'registry' && quirks.catalogWantsBasic === true);
  const own = isBasic ? 'Basic realm="test registry"' : bearer(exchange, tokens.realm, tokens.service, needed, error);
  const others = ['Negotiate', 'NTLM', ...(isBasic ? [] : ['Basic realm="a, \\"quoted\\" realm", charset="UTF-8"'])];
  if (quirks.challengesInOneHeader === true) return [[...others, own].join(', ')];
  return quirks.challengesInHeaders === true ? [...others, own] : [own];
}

function bearer(
  exchange: Exchange,
  fullRealm: string,
  service: string,
  needed: readonly Access[],
  error: string | undefined,
): string {
  const { quirks } = exchange;
  const realm = quirks.realmRelative === true ? '/token' : fullRealm;
  if (quirks.challengeBare === true) return `Bearer realm="${realm}"`;
  const scope = needed.map((one) => `${one.type}:${one.name}:${one.actions.join(',')}`).join(' ');
  if (quirks.challengeOdd === true) {
    const parts = [`scope="${scope}"`, 'Error_Description="say \\"please\\", then retry"', `SERVICE = ${service}`];
    return `bEARER  ${parts.join(' ,')}\t, realm="${realm}"${error === undefined ? '' : `,error=${error}`}`;
  }
  const tail = `${scope === '' ? '' : `,scope="${scope}"`}${error === undefined ? '' : `,error="${error}"`}`;
  return `Bearer realm="${realm}",service="${service}"${tail}`;
}

/** Serves `/token` for a relative realm by asking the token server. */
export async function serveTokens(exchange: Exchange): Promise<void> {
  const { tokens } = exchange.context.access;
  if (tokens === undefined) return exchange.fail(404, 'UNSUPPORTED', 'no tokens here');
  const { authorization, 'content-type': contentType } = exchange.request.headers;
  const body = await exchange.readBody(65_536);
  const answer = await call(exchange.method, `${tokens.realm}${exchange.url.search}`, {
    headers: {
      ...(authorization === undefined ? {} : { authorization }),
      ...(contentType === undefined ? {} : { 'content-type': contentType }),
    },
    ...(body === undefined || exchange.method === 'GET' ? {} : { body }),
  });
  exchange.reply(answer.status, { 'content-type': 'application/json' }, answer.body);
}
