// Copies every image of image-syncer's images file in one process: `ours-many.ts FILE CONCURRENCY`.
import { readFileSync } from 'node:fs';
import { type CopyRequest, Engine } from '../../electron/engine/engine.ts';
import { parseReference } from '../../electron/oci/reference.ts';
import { jsonOf } from '../fakes/listening.ts';

const [file = '', concurrency = '8'] = process.argv.slice(2);
const list = jsonOf<Record<string, string>>(readFileSync(file));
const requests = Object.entries(list).map(([from, to]): CopyRequest => {
  const { host, path, tag } = parseReference(to);
  return { source: parseReference(from), targets: [{ host, path, ...(tag === undefined ? {} : { tag }) }] };
});
const engine = new Engine({ credentials: { credentialFor: () => Promise.resolve(undefined) } });
const summary = await engine.copy(
  requests,
  {
    platforms: [],
    attestations: 'keep',
    onConflict: 'overwrite',
    isForced: false,
    withReferrers: true,
    concurrency: Number(concurrency),
  },
  {},
  new AbortController().signal,
);
await engine.close();
process.stdout.write(
  `${JSON.stringify({ ...summary, results: summary.results.filter((result) => result.failure !== undefined) })}\n`,
);
process.exitCode = summary.ok ? 0 : 1;
