import type { VendorPage } from '../ports/vendor.ts';

const mostItems = 1_000_000;
/** So many pages in a row that bring nothing are a circle. */
const mostBarrenPages = 50;

/** Every item of a vendor's list; ends where a vendor leads in a circle. */
export async function* allPages<Item>(
  ask: (page: string | undefined) => Promise<VendorPage<Item>>,
): AsyncGenerator<readonly Item[], void, undefined> {
  const asked = new Set<string>();
  let itemCount = 0;
  let barrenPages = 0;
  for (let page: string | undefined; ; ) {
    const { items, next } = await ask(page);
    yield items;
    itemCount += items.length;
    barrenPages = items.length > 0 ? 0 : barrenPages + 1;
    if (next === undefined || asked.has(next) || itemCount > mostItems || barrenPages >= mostBarrenPages) return;
    asked.add(next);
    page = next;
  }
}
