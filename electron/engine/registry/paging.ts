import { asObject, optionalStrings } from '../../oci/fields.ts';
import { parseStrictJson } from '../../oci/strict-json.ts';
import { decodeUtf8 } from '../../oci/utf8.ts';
import { asCopyError } from '../kernel/errors.ts';
import type { ApiRequest, HttpClient } from '../http/client.ts';
import { type ApiResponse, headerValuesOf } from '../http/response.ts';
import type { Authorizer } from '../ports/authorizer.ts';
import { refuseHtml } from './context.ts';

/** How many entries one page is asked for: some registries refuse more (distribution v3, ECR). */
const pageSize = 1000;
/** Page sizes that registries have of their own; a page of exactly so many, without a Link, may be cut there. */
const cutSizes: ReadonlySet<number> = new Set([50, 100, pageSize]);
const mostPages = 10_000;
const mostEntries = 1_000_000;
/** So many pages in a row that bring nothing new are a circle. */
const mostBarrenPages = 5;
const maxPageBytes = 16 * 1024 * 1024;

/** A list to be read; the pages differ in their query. */
export type ListRequest = Omit<ApiRequest, 'method' | 'isIdempotent' | 'target'> & { readonly target: string };

/**
 * Every entry of a paged list, each once, in the order they came.
 * Only the query of a `Link` is used, on our own path: links lead to other hosts and wrong paths
 * (sonatype/nexus-public#1011). A page that looks full and has no link is followed by `last`.
 */
export async function listPages(
  client: HttpClient,
  authorizer: Authorizer,
  request: ListRequest,
  field: 'tags' | 'repositories',
  signal: AbortSignal,
): Promise<readonly string[]> {
  const entries = new Set<string>();
  const asked = new Set<string>();
  const ask = (query: string): Promise<ApiResponse> => {
    const page = { method: 'GET', target: `${request.target}${query}`, isIdempotent: true } as const;
    // a registry whose limit is below ours says 400 (Joxit#306)
    const accept = asked.size === 1 ? [400] : [];
    return client.send({ ...request, ...page, maxBytes: maxPageBytes, accept }, authorizer, signal);
  };
  let barrenPages = 0;
  for (let query: string | undefined = `?n=${pageSize}`; query !== undefined && !asked.has(query); ) {
    asked.add(query);
    const response: ApiResponse = await ask(query);
    if (response.status === 400) {
      query = '';
      continue;
    }
    refuseHtml(request, response, request);
    const before = entries.size;
    const page = readPage(response, field, request);
    for (const entry of page) entries.add(entry);
    barrenPages = entries.size > before ? 0 : barrenPages + 1;
    if (barrenPages >= mostBarrenPages || asked.size >= mostPages || entries.size > mostEntries) break;
    query = nextLink(response) ?? (entries.size > before ? queryAfter(page) : undefined);
  }
  return [...entries];
}

function readPage(
  response: ApiResponse,
  field: string,
  request: Pick<ApiRequest, 'side' | 'op' | 'subject'>,
): readonly string[] {
  try {
    const object = asObject(parseStrictJson(decodeUtf8(response.body)), `${field} list`);
    return optionalStrings(object, field) ?? [];
  } catch (thrown) {
    throw asCopyError(thrown, request);
  }
}

/** The rest of a list by `last`; undefined when the page is the last by its size. */
function queryAfter(page: readonly string[]): string | undefined {
  const last = page.at(-1);
  if (last === undefined || !cutSizes.has(page.length)) return undefined;
  return `?n=${pageSize}&last=${encodeURIComponent(last)}`;
}

/** The query of the `Link` with `rel=next` (RFC 8288); undefined when there is none that can be read. */
export function nextLink(response: ApiResponse): string | undefined {
  for (const value of headerValuesOf(response, 'link')) {
    for (const match of value.slice(0, 8192).matchAll(/<([^>]*)>((?:\s*;\s*[a-z*]+\s*=\s*(?:"[^"]*"|[^\s",;]+))*)/gi)) {
      const [, target = '', parameters = ''] = match;
      if (!/;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next)(?=[\s;,]|$)/i.test(parameters)) continue;
      if (URL.canParse(target, response.url.href)) return new URL(target, response.url).search || undefined;
    }
  }
  return undefined;
}
