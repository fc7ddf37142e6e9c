import { types } from '../images.ts';
import { jsonOf } from '../listening.ts';
import type { Exchange } from './exchange.ts';
import type { DescriptorDocument, ManifestDocument } from './manifest-checks.ts';

/** `GET /v2/<name>/tags/list` */
export function serveTags(exchange: Exchange, repository: string): void {
  const { quirks, state } = exchange;
  const stored = state.repositories.get(repository);
  if (stored === undefined || (stored.tags.size === 0 && quirks.emptyRepositoryMissing === true)) {
    return exchange.fail(404, 'NAME_UNKNOWN', 'repository name not known to registry');
  }
  const page = pageOf(exchange, [...stored.tags.keys()]);
  if (page === undefined) return;
  // only when asked for: it looks at every tag for every manifest
  const details = () =>
    [...stored.manifests].map(([digest, { bytes }]) => [
      digest,
      {
        imageSizeBytes: String(bytes.length),
        tag: [...stored.tags].filter(([, of]) => of === digest).map(([tag]) => tag),
      },
    ]);
  exchange.json(
    200,
    {
      name: repository,
      tags: quirks.tagsNull === true ? null : page.names,
      ...(quirks.tagsDetailed === true ? { child: [], manifest: Object.fromEntries(details()) } : {}),
    },
    { link: page.link },
  );
}

/** `GET /v2/_catalog` */
export function serveCatalog(exchange: Exchange): void {
  if (exchange.quirks.catalogMissing === true) return exchange.fail(404, 'UNSUPPORTED', 'no catalog here');
  const page = pageOf(exchange, [...exchange.state.repositories.keys()]);
  if (page !== undefined) exchange.json(200, { repositories: page.names }, { link: page.link });
}

/** The page that was asked for; undefined if the question was refused. */
function pageOf(exchange: Exchange, all: string[]): { names: string[]; link: string | undefined } | undefined {
  const { quirks, url } = exchange;
  const asked = url.searchParams.get('n');
  if (quirks.countIgnored === true) return { names: quirks.unsorted === true ? all : all.sort(), link: undefined };
  if (asked !== null && (!/^\d+$/.test(asked) || Number(asked) > (quirks.countLimit ?? Infinity))) {
    exchange.fail(400, 'PAGINATION_NUMBER_INVALID', 'invalid number of results requested');
    return undefined;
  }
  const names = all.sort();
  const last = url.searchParams.get('last') ?? url.searchParams.get('next_page');
  const rest = last === null ? names : names.filter((name) => name > last);
  const count = Math.min(asked === null ? Infinity : Number(asked), quirks.pageSize ?? Infinity);
  const isEmptyPage = quirks.emptyPages === true && exchange.count('pages') % 2 === 0;
  const page = isEmptyPage ? [] : rest.slice(0, count);
  const hasMore = page.length < rest.length && count > 0;
  const cursor = quirks.linkLoops === true ? (last ?? '') : (page.at(-1) ?? last ?? '');
  const link = hasMore && quirks.linkMissing !== true ? linkTo(exchange, cursor, count) : undefined;
  return { names: quirks.unsorted === true ? page.toReversed() : page, link };
}

function linkTo(exchange: Exchange, cursor: string, count: number): string {
  const { quirks, url, context } = exchange;
  const path = quirks.linkPathWrong === true ? `/repository/docker${url.pathname}` : url.pathname;
  const key = quirks.linkOpaque === true ? 'next_page' : 'last';
  // An empty page moves on too, or its Link would lead to itself.
  const page = quirks.emptyPages === true ? `&page=${exchange.context.counters.get('pages') ?? 0}` : '';
  const target = `${path}?${key}=${encodeURIComponent(cursor)}${Number.isFinite(count) ? `&n=${count}` : ''}${page}`;
  if (quirks.linkElsewhere === true) return `<${context.elsewhere}${target}>; rel="next"`;
  return `<${quirks.linkAbsolute === true ? exchange.origin : ''}${target}>; rel="next"`;
}

/** `GET /v2/<name>/referrers/<digest>` */
export function serveReferrers(exchange: Exchange, repository: string, subject: string): void {
  const { quirks, state, url } = exchange;
  if (quirks.referrersMissing === true) return exchange.page(404, '404 page not found');
  if (quirks.referrersNotIndex === true) return exchange.page(200, 'Sign in');
  const stored = state.repositories.get(repository);
  const found: (DescriptorDocument & { artifactType: string | undefined })[] = [];
  for (const [digest, { bytes, mediaType }] of stored?.manifests ?? []) {
    const document = jsonOf<ManifestDocument>(bytes);
    if (document.subject?.digest !== subject) continue;
    const artifactType = document.artifactType ?? document.config?.mediaType;
    const annotations = document.annotations === undefined ? {} : { annotations: document.annotations };
    found.push({ mediaType, digest, size: bytes.length, artifactType, ...annotations });
  }
  const filter = quirks.referrersUnfiltered === true ? null : url.searchParams.get('artifactType');
  const matching = filter === null ? found : found.filter((one) => one.artifactType === filter);
  const listed = quirks.referrersEmpty === true ? [] : matching;
  const from = Number(url.searchParams.get('from') ?? 0);
  const size = quirks.referrersPageSize ?? Infinity;
  const next = new URLSearchParams({ ...(filter === null ? {} : { artifactType: filter }), from: String(from + size) });
  const hasMore = listed.length > from + size;
  exchange.json(
    200,
    { schemaVersion: 2, mediaType: types.ociIndex, manifests: listed.slice(from, from + size) },
    {
      'content-type': types.ociIndex,
      'oci-filters-applied': filter === null ? undefined : 'artifactType',
      link: hasMore ? `<${url.pathname}?${next.toString()}>; rel="next"` : undefined,
    },
  );
}
