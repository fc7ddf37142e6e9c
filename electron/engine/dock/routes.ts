import { isRepositoryPath } from '../../oci/reference.ts';
import { refusal } from './refusal.ts';

/** What a request's path names. */
export type Route =
  | { readonly kind: 'base' }
  | { readonly kind: 'token' }
  | { readonly kind: 'catalog' }
  | { readonly kind: 'tags'; readonly repository: string }
  | { readonly kind: 'manifest'; readonly repository: string; readonly reference: string }
  | { readonly kind: 'referrers'; readonly repository: string; readonly digest: string }
  | { readonly kind: 'blob'; readonly repository: string; readonly digest: string }
  | { readonly kind: 'uploads'; readonly repository: string }
  | { readonly kind: 'upload'; readonly repository: string; readonly id: string };

/** The raw target of a request, split once; the query is read by name and each value checked where it is used. */
export interface Target {
  readonly path: string;
  readonly query: URLSearchParams;
}

// Everything a path of the API can consist of. Percent-encoding, backslashes and the rest are not decoded but refused (SECURITY S-REG-4).
const plainPath = /^\/[A-Za-z0-9._:/-]*$/;
const longestPath = 600;

type Build = (repository: string, rest: string) => Route;
const patterns: readonly (readonly [RegExp, Build])[] = [
  [/^\/v2\/(.+)\/tags\/list$/, (repository) => ({ kind: 'tags', repository })],
  [/^\/v2\/(.+)\/blobs\/uploads\/?$/, (repository) => ({ kind: 'uploads', repository })],
  [/^\/v2\/(.+)\/blobs\/uploads\/([a-f0-9-]{36})$/, (repository, id) => ({ kind: 'upload', repository, id })],
  [/^\/v2\/(.+)\/manifests\/([^/]+)$/, (repository, reference) => ({ kind: 'manifest', repository, reference })],
  [/^\/v2\/(.+)\/referrers\/([^/]+)$/, (repository, digest) => ({ kind: 'referrers', repository, digest })],
  [/^\/v2\/(.+)\/blobs\/([^/]+)$/, (repository, digest) => ({ kind: 'blob', repository, digest })],
];

/** Splits a raw request target; refuses what is not a plain path. */
export function splitTarget(raw: string): Target {
  const mark = raw.indexOf('?');
  const path = mark < 0 ? raw : raw.slice(0, mark);
  if (path.length > longestPath || !plainPath.test(path))
    throw refusal(404, 'NAME_UNKNOWN', 'there is no such address');
  return { path, query: new URLSearchParams(mark < 0 ? '' : raw.slice(mark + 1)) };
}

/** What the path names; refuses everything that is not of the API, and names that break the grammar. */
export function parseRoute(path: string): Route {
  if (path === '/v2/' || path === '/v2') return { kind: 'base' };
  if (path === '/token') return { kind: 'token' };
  if (path === '/v2/_catalog') return { kind: 'catalog' };
  for (const [pattern, build] of patterns) {
    const [, repository, rest = ''] = pattern.exec(path) ?? [];
    if (repository === undefined) continue;
    if (!isRepositoryPath(repository)) throw refusal(400, 'NAME_INVALID', 'this is not a repository name');
    return build(repository, rest);
  }
  throw refusal(404, 'NAME_UNKNOWN', 'there is no such address');
}
