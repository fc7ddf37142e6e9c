import { cacheInFolder } from '../../unit/engine/cache/caches.ts';
import { describeBlobCache } from './blob-cache-suite.ts';

describeBlobCache('the blob cache on disk', async () => (await cacheInFolder()).cache);
