import { jsonOf } from '../listening.ts';
import type { Refusals } from './quirks-access.ts';
import type { Exchange } from './exchange.ts';

/** What stands before the registry: limits, proxies, failures, cookies. True if the request has been answered. */
export function isStopped(exchange: Exchange): boolean {
  const { quirks, request, response, method } = exchange;
  if (quirks.warning !== undefined) response.setHeader('warning', `299 - "${quirks.warning}"`);
  if (quirks.proxyAuthenticationRequired === true) {
    exchange.page(407, 'Proxy Authentication Required', { 'proxy-authenticate': 'Basic realm="proxy"' });
    return true;
  }
  if (quirks.proxyPage === true) {
    exchange.page(200, 'Welcome to the company network');
    return true;
  }
  if (exchange.isElsewhere) return false;
  if (exchange.spend('fail first', quirks.failFirst?.times)) {
    exchange.page(quirks.failFirst?.status ?? 500, 'Something went wrong');
    return true;
  }
  if (quirks.failEvery !== undefined && exchange.count('fail every') % quirks.failEvery === 0) {
    exchange.page(500, 'Internal Server Error');
    return true;
  }
  const limit = quirks.tooManyRequests;
  if (strikes(exchange, 'too many requests', limit)) {
    exchange.fail(429, 'TOOMANYREQUESTS', 'too many requests', waitHeaders(limit));
    return true;
  }
  if (strikes(exchange, 'abuse', quirks.abuseLimit)) {
    exchange.reply(429, { ...waitHeaders(quirks.abuseLimit), 'content-type': 'text/plain' }, 'Too Many Requests\n');
    return true;
  }
  if (strikes(exchange, 'unavailable', quirks.unavailable)) {
    exchange.page(503, 'Service Unavailable', waitHeaders(quirks.unavailable));
    return true;
  }
  if (isOverRate(exchange)) return true;
  if (quirks.cookies !== true) return false;
  response.setHeader('set-cookie', ['sid=a1b2c3; Path=/; HttpOnly', '_gorilla_csrf=d4e5f6; Path=/']);
  const isWriting = method !== 'GET' && method !== 'HEAD';
  if (!isWriting || request.headers.cookie === undefined || request.headers['x-harbor-csrf-token'] !== undefined) {
    return false;
  }
  exchange.fail(403, 'FORBIDDEN', 'CSRF token not found in request');
  return true;
}

function isOverRate(exchange: Exchange): boolean {
  const { rateLimit } = exchange.quirks;
  if (rateLimit === undefined || !/\/manifests\//.test(exchange.url.pathname)) return false;
  const used = exchange.method === 'GET' ? exchange.count('rate') : (exchange.context.counters.get('rate') ?? 0);
  const remaining = Math.max(0, rateLimit.limit - used);
  exchange.response.setHeader('ratelimit-limit', `${rateLimit.limit};w=${rateLimit.windowSeconds}`);
  exchange.response.setHeader('ratelimit-remaining', `${remaining};w=${rateLimit.windowSeconds}`);
  exchange.response.setHeader('docker-ratelimit-source', '127.0.0.1');
  if (exchange.method !== 'GET' || used <= rateLimit.limit) return false;
  const message = 'You have reached your pull rate limit. You may increase the limit by authenticating';
  exchange.fail(429, 'TOOMANYREQUESTS', message);
  return true;
}

function strikes(exchange: Exchange, key: string, refusals: Refusals | undefined): boolean {
  if (refusals === undefined) return false;
  if (refusals.method !== undefined && refusals.method !== exchange.method) return false;
  if (refusals.path !== undefined && !refusals.path.test(exchange.url.pathname)) return false;
  return exchange.spend(key, refusals.times);
}

function waitHeaders(refusals: Refusals | undefined): Record<string, string> {
  if (refusals === undefined) return {};
  const seconds = refusals.seconds ?? 1;
  const at = Date.now() + seconds * 1000;
  if (refusals.raw !== undefined) return { 'retry-after': refusals.raw };
  switch (refusals.retryAfter) {
    case 'seconds':
      return { 'retry-after': String(seconds) };
    case 'date':
      return { 'retry-after': new Date(at).toUTCString() };
    case 'x-retry-after':
      return { 'x-retry-after': String(Math.ceil(at / 1000)) };
    case 'unix-seconds':
      return { 'retry-after': String(Math.ceil(at / 1000)) };
    case 'unix-ms':
      return { 'retry-after': String(at) };
    case 'duration':
      return { 'retry-after': `${seconds * 1000}.5ms` };
    case 'none':
      return {};
    default:
      return refusals.retryAfter satisfies never;
  }
}

/** True if the project of `repository` is missing and the request has been answered so. */
export function isWithoutProject(exchange: Exchange, repository: string): boolean {
  const { quirks, state } = exchange;
  if (quirks.projects === undefined || exchange.isElsewhere) return false;
  const project = repository.split('/')[0] ?? '';
  if (quirks.projects.includes(project) || state.projects.has(project)) return false;
  if (quirks.projectMissingCuts === true) exchange.reset();
  else {
    const status = quirks.projectMissingStatus ?? 401;
    const code = { 401: 'UNAUTHORIZED', 403: 'DENIED', 404: 'NAME_UNKNOWN' }[status];
    exchange.fail(status, code, `project ${project} not found`);
  }
  return true;
}

/** Harbor's project API, as far as a copy needs it. */
export async function serveProjects(exchange: Exchange): Promise<void> {
  const { quirks, state, method, url } = exchange;
  const names = [...new Set([...(quirks.projects ?? []), ...state.projects])];
  if (method === 'HEAD') return exchange.reply(names.includes(url.searchParams.get('project_name') ?? '') ? 200 : 404);
  if (method === 'GET')
    return exchange.json(
      200,
      names.map((name, at) => ({ project_id: at + 1, name })),
    );
  const body = await exchange.readBody(65_536);
  if (quirks.projectCreateAnswers === 403)
    return exchange.fail(403, 'FORBIDDEN', 'Only system admin can create project');
  if (quirks.projectCreateAnswers === 409) return exchange.fail(409, 'CONFLICT', 'The project named already exists');
  const { project_name: name } = jsonOf<{ project_name?: string }>(body ?? '{}');
  if (name === undefined) return exchange.fail(400, 'BAD_REQUEST', 'project_name is missing');
  state.projects.add(name);
  exchange.reply(201, { location: `/api/v2.0/projects/${names.length + 1}` });
}
