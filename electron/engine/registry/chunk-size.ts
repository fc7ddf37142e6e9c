import { CopyError, withFacts } from '../kernel/errors.ts';
import { type ApiResponse, headerOf } from '../http/response.ts';
import type { RepositoryContext } from './context.ts';
import { quirksOf } from './quirks.ts';

const mebibyte = 1024 * 1024;
/** Where chunking begins once a body was refused whole; halved while pieces are refused too. */
const firstChunkBytes = 8 * mebibyte;
/** Below this a proxy's limit is the operator's to lift: nginx allows 1 MiB unless told otherwise. */
const smallestSensibleChunkBytes = mebibyte;
/** The largest piece held in memory, whatever a registry asks for. */
const largestChunkBytes = 64 * mebibyte;
/** After so many whole bodies in a row were cut, the way is taken to be one that cuts large bodies. */
const cutsUntilChunking = 2;

/** True when a blob of this size goes to this host in chunks. */
export function needsChunks(context: RepositoryContext, sizeBytes: number): boolean {
  const { chunkBytes } = context.host.learned;
  return chunkBytes !== undefined && sizeBytes > chunkBytes;
}

/** The size of pieces for this host. */
export function chunkBytesOf(context: RepositoryContext): number {
  return context.host.learned.chunkBytes ?? firstChunkBytes;
}

/** A whole body arrived. */
export function wholeBodyArrived(context: RepositoryContext): void {
  context.host.learned.bodiesCutInARow = 0;
}

/**
 * Learns from a whole body that was refused for its size (413), or cut as a middlebox would (an early 413 looks like that to
 * the sender, oras-dotnet PR #428): from then on this host gets chunks. Gives the error back, worth another try if so.
 */
export function learnFromWholeBody(context: RepositoryContext, sizeBytes: number, thrown: unknown): unknown {
  if (!(thrown instanceof CopyError)) return thrown;
  const { learned } = context.host;
  const isCut = thrown.hint === 'line-broken';
  if (isCut) learned.bodiesCutInARow = (learned.bodiesCutInARow ?? 0) + 1;
  const isSuspect = thrown.http?.status === 413 || (isCut && (learned.bodiesCutInARow ?? 0) >= cutsUntilChunking);
  if (!isSuspect || quirksOf(context.host.name)?.canChunk === false) return thrown;
  const smallest = smallestChunkBytes(context);
  const next = learned.chunkBytes === undefined ? firstChunkBytes : Math.floor(learned.chunkBytes / 2);
  const fitting = Math.max(smallest, Math.min(next, Math.floor(sizeBytes / 2)));
  if (sizeBytes <= fitting) return thrown;
  learned.chunkBytes = fitting;
  return withFacts(thrown, { advice: { do: 'again' } });
}

/** Makes the pieces half as large; throws `cause` when they are as small as they may be. */
export function halveChunks(context: RepositoryContext, cause: CopyError): void {
  const half = Math.floor(chunkBytesOf(context) / 2);
  if (half < smallestChunkBytes(context)) throw cause;
  context.host.learned.chunkBytes = half;
}

/** Obeys the smallest chunk a registry states (distribution-spec v1.1.1, `OCI-Chunk-Min-Length`). */
export function obeyMinimum(context: RepositoryContext, response: ApiResponse): void {
  const minimum = Number(headerOf(response, 'oci-chunk-min-length') ?? Number.NaN);
  const { learned } = context.host;
  if (!Number.isSafeInteger(minimum) || minimum <= 0 || minimum > largestChunkBytes) return;
  learned.smallestChunkBytes = minimum;
  if (learned.chunkBytes !== undefined) learned.chunkBytes = Math.max(learned.chunkBytes, minimum);
}

function smallestChunkBytes(context: RepositoryContext): number {
  return (
    quirksOf(context.host.name)?.minChunkBytes ?? context.host.learned.smallestChunkBytes ?? smallestSensibleChunkBytes
  );
}
