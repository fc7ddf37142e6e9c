import { formatBytes } from '../../../contract/format.ts';
import type { CommandContext } from '../run.ts';
import type { SummaryFacts } from '../summary.ts';

/** `verify REFERENCE`: every blob hashed, every manifest complete. */
export async function verify(text: string, context: CommandContext): Promise<SummaryFacts> {
  const { console, signal } = context;
  const app = await context.app();
  const { problems, ...found } = await app.verify(text, () => {}, signal);
  const ok = problems.length === 0;
  console.event('verified', { reference: text, ok, ...found });
  for (const problem of problems) console.failure(problem, text);
  if (ok)
    console.result(
      `${found.digest}${console.words.colon}${console.words.verified(found.manifests, found.blobs, formatBytes(found.bytes))}`,
    );
  return context.facts({ ok, failures: problems.map((problem) => ({ source: text, destination: '', ...problem })) });
}
