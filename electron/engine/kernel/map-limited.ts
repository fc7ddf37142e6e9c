/**
 * Maps items with at most `limit` under way; keeps order. After the first rejection no further item is begun, and it rejects with
 * that one once everything under way has ended: nothing goes on behind the caller's back.
 */
export async function mapLimited<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item, at: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const reasons: unknown[] = [];
  const lane = async (): Promise<void> => {
    while (next < items.length && reasons.length === 0) {
      const at = next++;
      const item = items[at];
      if (item === undefined) continue;
      try {
        results[at] = await work(item, at);
      } catch (reason) {
        reasons.push(reason);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  if (reasons.length > 0) throw reasons[0];
  return results;
}
