import { asObject, optionalStrings } from '../../oci/fields.ts';
import { parseStrictJson } from '../../oci/strict-json.ts';
import { decodeUtf8 } from '../../oci/utf8.ts';
import { asCopyError } from '../kernel/errors.ts';
import type { ApiRequest, HttpClient } from '../http/client.ts';
import { type ApiResponse, headerValuesOf } from '../http/response.ts';
import type { Authorizer } from '../ports/authorizer.ts';

/** How many entries one page is asked for: some registries refuse more (distribution v3, ECR). */
const pageSize = 1000;
const mostPages = 10_000;
const maxPageBytes = 16 * 1024 * 1024;

/**
 * Every entry of a paged list, each once, in the order they came.
 * Only the query of a `Link` is used, on our own path: links lead to other hosts and wrong paths
 * (sonatype/nexus-public#1011). A full page without a link is followed by `last`. Stops when a page brings nothing new.
 */
export async function listPages(
  client: HttpClient,
  authorizer: Authorizer,
  request: Omit<ApiRequest, 'method' | 'isIdempotent' | 'target'> & { readonly target: string },
  field: 'tags' | 'repositories',
  signal: AbortSignal,
): Promise<readonly string[]> {
  const entries = new Set<string>();
  const asked = new Set<string>();
  let query: string | undefined = `?n=${pageSize}`;
  while (query !== undefined && !asked.has(query) && asked.size < mostPages) {
    asked.add(query);
    const response: ApiResponse = await client.send(
      { ...request, method: 'GET', target: `${request.target}${query}`, isIdempotent: true, maxBytes: maxPageBytes },
      authorizer,
      signal,
    );
    const before = entries.size;
    const page = readPage(response, field, request);
    for (const entry of page) entries.add(entry);
    if (entries.size === before) break;
    query = nextQuery(response, page);
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

function nextQuery(response: ApiResponse, page: readonly string[]): string | undefined {
  const link = nextLink(response);
  if (link !== undefined) return link;
  const last = page.at(-1);
  return page.length === pageSize && last !== undefined ? `?n=${pageSize}&last=${encodeURIComponent(last)}` : undefined;
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
