import { jsonOf } from '../listening.ts';
import { type FakeVendor, startVendor, type VendorAnswer } from './answering.ts';

/** What a fake Docker Hub holds. */
export interface HubWorld {
  /** Repositories by `namespace/name`. */
  readonly repositories: Readonly<Record<string, HubRepository>>;
  readonly namespaces?: readonly string[];
  readonly user?: string;
  readonly password?: string;
}

/** A repository with its tags as the API answers them, or a part of it. */
export interface HubRepository {
  readonly isPrivate?: boolean;
  readonly rules?: readonly string[];
  readonly tags?: readonly (Readonly<Record<string, unknown>> & { readonly name: string })[];
}

const missing: VendorAnswer = { status: 404, json: { message: 'object not found', errinfo: {} } };
const unauthorized: VendorAnswer = { status: 401, json: { detail: 'Incorrect authentication credentials' } };

/** Starts the API of hub.docker.com: namespaces, repositories, tags, tokens of ten minutes and a limit in every answer. */
export function startDockerHub(world: HubWorld): Promise<FakeVendor> {
  const { user = 'operator', password = 'hub-password-1' } = world;
  let tokens = 0;
  let remaining = 180;
  return startVendor('docker hub', ({ method, path, query, authorization, body }) => {
    if (method === 'POST' && path === '/v2/auth/token') {
      const given = jsonOf<{ identifier: string; secret: string }>(body);
      if (given.identifier !== user || given.secret !== password) return unauthorized;
      return { json: { access_token: `hub-token-${++tokens}` } };
    }
    remaining -= 1;
    const headers = {
      'x-ratelimit-limit': '180',
      'x-ratelimit-remaining': String(remaining),
      'x-ratelimit-reset': '1790000000',
    };
    if (authorization !== undefined && authorization !== `Bearer hub-token-${tokens}`) return unauthorized;
    const isKnown = authorization !== undefined;
    if (path === '/v2/repositories/namespaces')
      return isKnown ? { headers, json: { namespaces: world.namespaces ?? [user] } } : unauthorized;
    const [, namespace = '', name, tag] =
      /^\/v2\/namespaces\/([^/]+)\/repositories(?:\/([^/]+)(?:\/tags(?:\/([^/]+))?)?)?$/.exec(path) ?? [];
    const visible = Object.entries(world.repositories).filter(([, one]) => isKnown || one.isPrivate !== true);
    if (name === undefined) {
      const own = visible.filter(
        ([full]) => full.startsWith(`${namespace}/`) && full.includes(query.get('name') ?? ''),
      );
      const list = own.map(([full, repository]) => repositoryOf(full, repository));
      return { headers, json: paged(list, query) };
    }
    const found = visible.find(([full]) => full === `${namespace}/${name}`);
    if (found === undefined) return missing;
    const [full, repository] = found;
    const { tags = [] } = repository;
    if (!path.includes('/tags')) return { headers, json: repositoryOf(full, repository) };
    if (tag === undefined) return { headers, json: paged(tags, query) };
    const one = tags.find((candidate) => candidate.name === tag);
    return one === undefined ? missing : { headers, json: one };
  });
}

function repositoryOf(full: string, { isPrivate = false, rules }: HubRepository): object {
  const [namespace, name] = full.split('/');
  return {
    name,
    namespace,
    repository_type: 'image',
    status: 1,
    is_private: isPrivate,
    pull_count: 275,
    storage_size: 1_007_407_794,
    last_updated: '2026-03-04T05:06:07.758489Z',
    immutable_tags_settings: { enabled: rules !== undefined, rules: rules ?? ['.*'] },
  };
}

function paged(all: readonly object[], query: URLSearchParams): object {
  const page = Number(query.get('page') ?? 1);
  const size = Math.min(100, Number(query.get('page_size') ?? 10));
  const hasMore = page * size < all.length;
  return {
    count: all.length,
    next: hasMore ? `https://hub.docker.com/v2/elsewhere?page=${page + 1}` : null,
    previous: null,
    results: all.slice((page - 1) * size, page * size),
  };
}
