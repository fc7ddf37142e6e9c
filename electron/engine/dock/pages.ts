import type { Page } from '../ports/library.ts';
import type { Exchange } from './exchange.ts';
import { refusal } from './refusal.ts';

const longestLast = 300;

/** The page of a list that a request asks for with `n` and `last`, never larger than our own. */
export function pageOf(exchange: Exchange): Page {
  const { query, limits } = exchange;
  const asked = query.get('n');
  if (asked !== null && !/^\d{1,15}$/.test(asked)) {
    throw refusal(400, 'PAGINATION_NUMBER_INVALID', 'n is not a number of entries');
  }
  const after = query.get('last')?.slice(0, longestLast);
  const most = Math.min(asked === null ? limits.pageSize : Number(asked), limits.pageSize);
  return after === undefined || after === '' ? { most } : { after, most };
}

/** A page cut to its size, and the header that leads to the next one; there is none behind the last page or one of size 0. */
export function cutPage<Item>(
  exchange: Exchange,
  page: Page,
  found: readonly Item[],
  nameOf: (item: Item) => string,
): { readonly items: readonly Item[]; readonly headers: Readonly<Record<string, string>> } {
  const items = found.slice(0, page.most);
  const last = items.at(-1);
  if (found.length <= page.most || last === undefined) return { items, headers: {} };
  const next = new URLSearchParams({ n: String(page.most), last: nameOf(last) });
  const artifactType = exchange.query.get('artifactType');
  if (artifactType !== null) next.set('artifactType', artifactType);
  return { items, headers: { Link: `<${exchange.path}?${next.toString()}>; rel="next"` } };
}

/** The same page and one entry more, to learn whether a next page exists. */
export function withOneMore(page: Page): Page {
  return { ...page, most: page.most + 1 };
}
