import { formatBytes } from '../../../contract/format.ts';
import { type CommandContext, exitStatus } from '../run.ts';

/** `verify REFERENCE`: every blob hashed, every manifest complete. */
export async function verify(text: string, { console, app, signal }: CommandContext): Promise<number> {
  let readBytes = 0;
  const found = await (await app()).verify(
    text,
    (bytes) => {
      readBytes += bytes;
    },
    signal,
  );
  const ok = found.problems.length === 0;
  for (const problem of found.problems) console.failure(problem);
  if (ok)
    console.result(
      `${found.digest}: ${console.words.verified(found.manifests, found.blobs, formatBytes(found.bytes))}`,
    );
  console.summary({ ok, ...found, readBytes, failures: found.problems });
  return ok ? exitStatus.ok : exitStatus.failed;
}
