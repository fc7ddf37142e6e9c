import { z } from 'zod';
import { count, id, line } from './bounded.ts';
import { type Data, operation } from './operation.ts';

const cacheStatusShape = z.strictObject({
  bytes: count,
  blobs: count,
  unfinishedBytes: count,
  /** Blobs put aside because they had rotted. */
  quarantined: count,
  budgetBytes: count,
  freeBytes: count,
  /** Where it is, for a person. */
  folder: line(1000),
});

/** Commands about the cache; the feed `tasks` tells how its verification goes. */
export const cacheCommands = {
  'cache.status': operation(z.strictObject({}), cacheStatusShape),
  'cache.trim': operation(z.strictObject({ toBytes: count }), cacheStatusShape),
  'cache.verify': operation(z.strictObject({}), z.strictObject({ task: id })),
} as const;

/** How the cache stands. */
export type CacheStatus = Data<typeof cacheStatusShape>;
