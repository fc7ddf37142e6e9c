import { formatBytes } from '../../../contract/format.ts';
import { copyError, failureOf } from '../../../app/errors.ts';
import type { CommandContext } from '../run.ts';
import type { SummaryFacts } from '../summary.ts';

/** `cache status`: what the blob cache holds, and what it may hold. */
export async function cacheStatus(context: CommandContext): Promise<SummaryFacts> {
  const { console, signal } = context;
  const workspace = await context.workspace();
  const status = await workspace.cacheStatus(signal);
  console.event('cache', { folder: workspace.folder.path, ...status });
  const { words } = console;
  console.result(words.cacheHolds(status.blobs, formatBytes(status.blobBytes), formatBytes(status.budgetBytes)));
  if (status.unfinished > 0)
    console.result(words.cacheUnfinished(status.unfinished, formatBytes(status.unfinishedBytes)));
  if (status.quarantined > 0)
    console.result(words.cacheQuarantined(status.quarantined, formatBytes(status.quarantinedBytes)));
  console.result(words.cacheFree(formatBytes(status.freeBytes), workspace.folder.path));
  return context.facts({ ok: true, failures: [] });
}

/** `cache verify`: hashes every blob; those that have rotted are put aside and named. */
export async function cacheVerify(context: CommandContext): Promise<SummaryFacts> {
  const { console, signal } = context;
  const cache = await (await context.workspace()).ownCache(signal);
  const { blobs, bytes, rotten } = await cache.verify(() => {}, signal);
  console.event('cache-verified', { blobs, bytes, rotten });
  console.result(console.words.cacheVerified(blobs, formatBytes(bytes), rotten.length));
  const failures = rotten.map((digest) => {
    const message = `cache held other bytes under ${digest}; it is put aside and fetched anew when it is needed`;
    return {
      source: digest,
      destination: '',
      ...failureOf(copyError('integrity', { ...inCache, subject: digest, message })),
    };
  });
  for (const failure of failures) console.failure(failure);
  return context.facts({ ok: rotten.length === 0, failures });
}

/** `cache trim --to SIZE`: deletes what nobody needs, the least used first. */
export async function cacheTrim({ to }: { readonly to: number }, context: CommandContext): Promise<SummaryFacts> {
  const { console, signal } = context;
  const cache = await (await context.workspace()).ownCache(signal);
  const deletedBytes = await cache.trim(to, signal);
  const { blobBytes, unfinishedBytes } = await cache.status(signal);
  console.event('cache-trimmed', { deletedBytes, bytes: blobBytes + unfinishedBytes });
  console.result(console.words.cacheTrimmed(formatBytes(deletedBytes), formatBytes(blobBytes + unfinishedBytes)));
  return context.facts({ ok: true, failures: [] });
}

const inCache = { side: 'cache', op: 'cache.verify' } as const;
