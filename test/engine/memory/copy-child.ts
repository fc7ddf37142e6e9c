// Copies one image in a process of its own and tells its peak memory: `SOURCE DESTINATION…`, all with tags.
import { Engine } from '../../../electron/engine/engine.ts';
import { parseReference } from '../../../electron/oci/reference.ts';

const [source = '', ...targets] = process.argv.slice(2).map(parseReference);
if (source === '') throw new Error('usage: copy-child SOURCE DESTINATION…');
const engine = new Engine({ credentials: { credentialFor: () => Promise.resolve(undefined) } });
const summary = await engine.copy(
  [{ source, targets }],
  {
    platforms: [],
    attestations: 'keep',
    onConflict: 'overwrite',
    isForced: false,
    withReferrers: true,
    concurrency: 8,
  },
  {},
  new AbortController().signal,
);
await engine.close();
const peakMiB = Math.round(process.resourceUsage().maxRSS / 1024);
const failures = summary.results.flatMap((result) => result.failure?.message ?? []);
process.stdout.write(JSON.stringify({ peakMiB, failures, bytes: summary.bytes, images: summary.images }));
