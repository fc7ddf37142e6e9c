// `npm run ferry`: the command line from a checkout, bundled when its sources have changed.
import { pathToFileURL } from 'node:url';
import { bundleFile, ensureBundle } from './bundle.mjs';

await ensureBundle();
await import(pathToFileURL(bundleFile).href);
