import { open, rename, rm } from 'node:fs/promises';
import { formatRepository } from '../../oci/reference.ts';
import { copyError, CopyError, digestsAt, type Engine, type SiteWalk, writeReceipt } from '../../engine/engine.ts';
import { readHost, readRepository } from '../places.ts';

/** What a receipt says, in numbers. */
export interface ReceiptFacts {
  readonly host: string;
  readonly prefix: string;
  readonly repositories: number;
  readonly digests: number;
  /** Bytes of the receipt itself. */
  readonly sizeBytes: number;
}

/** Lists what `HOST[/PREFIX]` holds into `file`, which has its name only when it is whole; asks tag by tag. */
export async function makeReceipt(
  engine: Pick<Engine, 'repositories' | 'sourceOf' | 'traffic'>,
  place: string,
  file: string,
  walk: SiteWalk,
  signal: AbortSignal,
): Promise<ReceiptFacts> {
  const { host, prefix } = readHost(place.replace(/\/+$/, ''));
  const names = await repositoriesIn(engine, host, prefix, signal);
  const sources = names.map((path) => engine.sourceOf({ host, path }, engine.traffic));
  const digests = await digestsAt(sources, walk, signal);
  const bytes = writeReceipt({ host, prefix, date: new Date().toISOString(), digests });
  await writeWhole(file, bytes);
  return { host, prefix, repositories: names.length, digests: digests.size, sizeBytes: bytes.byteLength };
}

/** The repositories below a prefix; where the list is closed to us, the prefix itself as one. */
async function repositoriesIn(
  engine: Pick<Engine, 'repositories'>,
  host: string,
  prefix: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    const all = await engine.repositories(host, signal);
    return all.filter((path) => prefix === '' || path === prefix || path.startsWith(`${prefix}/`));
  } catch (thrown) {
    const isClosed = thrown instanceof CopyError && thrown.kind !== 'cancelled' && thrown.kind !== 'unreachable';
    if (!isClosed || prefix === '') throw thrown;
    return [readRepository(formatRepository({ host, path: prefix })).path];
  }
}

async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  const unfinished = `${file}.unfinished`;
  try {
    const handle = await open(unfinished, 'w');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(unfinished, file);
  } catch (cause) {
    await rm(unfinished, { force: true }).catch(() => {});
    const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
    const message = `the receipt ${file} cannot be written${code}`;
    throw copyError('disk', { side: 'local', op: 'receipt.write', subject: file, message, cause });
  }
}
