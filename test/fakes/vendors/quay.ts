import { type FakeVendor, startVendor, type VendorAnswer } from './answering.ts';

/** What a fake Quay holds. */
export interface QuayWorld {
  /** Repositories by `namespace/name`, each with its tags as the API answers them. */
  readonly repositories: Readonly<Record<string, QuayRepository>>;
  readonly organizations?: readonly string[];
  /** A token of the API. */
  readonly token?: string;
}

/** A repository of a fake Quay. */
export interface QuayRepository {
  readonly isPublic?: boolean;
  readonly canWrite?: boolean;
  readonly tags?: readonly object[];
}

const pageSize = 2;
const unauthorized: VendorAnswer = {
  status: 401,
  json: { status: 401, error_type: 'invalid_token', detail: 'Requires authentication', title: 'invalid_token' },
};
const missing: VendorAnswer = { status: 404, json: { status: 404, error_type: 'not_found', title: 'not_found' } };

/** Starts Quay's API v1: repositories by an opaque cursor, tags by number, and tokens that are no passwords. */
export function startQuay(world: QuayWorld): Promise<FakeVendor> {
  const { repositories, token = 'quay-api-token-1', organizations = [] } = world;
  return startVendor('quay', ({ path, query, authorization }) => {
    if (authorization !== undefined && authorization !== `Bearer ${token}`) return unauthorized;
    const isKnown = authorization !== undefined;
    if (path === '/api/v1/user/') {
      if (!isKnown) return unauthorized;
      return { json: { username: 'operator', organizations: organizations.map((name) => ({ name, public: false })) } };
    }
    const visible = Object.entries(repositories).filter(([, one]) => isKnown || one.isPublic !== false);
    if (path === '/api/v1/repository') {
      const own = visible.filter(([full]) => full.startsWith(`${query.get('namespace') ?? ''}/`));
      const from = Number(Buffer.from(query.get('next_page') ?? '', 'base64').toString() || 0);
      const list = own.slice(from, from + pageSize).map(([full, one]) => repositoryOf(full, one));
      const hasMore = from + pageSize < own.length;
      const next = Buffer.from(String(from + pageSize)).toString('base64');
      return { json: { repositories: list, ...(hasMore ? { next_page: next } : {}) } };
    }
    const [, full = '', tags] = /^\/api\/v1\/repository\/(.+?)(\/tag\/)?$/.exec(path) ?? [];
    const found = visible.find(([name]) => name === full)?.[1];
    if (found === undefined) return isKnown ? missing : unauthorized;
    if (tags === undefined)
      return { json: { ...repositoryOf(full, found), can_write: isKnown && found.canWrite === true } };
    const page = Number(query.get('page') ?? 1);
    const limit = Number(query.get('limit') ?? 50);
    const all = found.tags ?? [];
    const shown = all.slice((page - 1) * limit, page * limit);
    return { json: { tags: shown, page, has_additional: page * limit < all.length } };
  });
}

function repositoryOf(full: string, { isPublic = true }: QuayRepository): object {
  const slash = full.indexOf('/');
  return {
    namespace: full.slice(0, slash),
    name: full.slice(slash + 1),
    description: null,
    is_public: isPublic,
    kind: 'image',
    state: 'NORMAL',
    last_modified: 1_770_000_000,
    quota_report: { quota_bytes: 2_275_314, configured_quota: null },
  };
}
