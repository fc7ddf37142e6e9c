import { CopyError, withFacts } from '../kernel/errors.ts';
import { isRedirect } from '../http/redirects.ts';
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
/** After so many whole bodies in a row went wrong, the way or the registry is taken to be one that wants pieces. */
const failuresUntilChunking = 2;

/** True when a blob of this size goes to this host in chunks. */
export function needsChunks(context: RepositoryContext, sizeBytes: number): boolean {
  const { chunkBytes, uploadStyle } = context.host.learned;
  if (uploadStyle !== undefined) return uploadStyle === 'chunks' && sizeBytes > 0;
  return chunkBytes !== undefined && sizeBytes > chunkBytes;
}

/** The size of pieces for this host. */
export function chunkBytesOf(context: RepositoryContext): number {
  return context.host.learned.chunkBytes ?? firstChunkBytes;
}

/** A whole body arrived. */
export function wholeBodyArrived(context: RepositoryContext): void {
  context.host.learned.wholesFailedInARow = 0;
}

/**
 * Learns from a whole body that failed: refused for its size (413), cut as a middlebox would (an early 413 looks like that to
 * the sender, oras-dotnet PR #428), redirected after it had flowed, or not understood as a whole. From then on this host gets
 * chunks. Gives the error back, worth another try if something was learned.
 */
export function learnFromWhole(context: RepositoryContext, sizeBytes: number, thrown: unknown): unknown {
  if (!(thrown instanceof CopyError)) return thrown;
  const { learned } = context.host;
  const status = thrown.http?.status ?? 0;
  const isCut = thrown.hint === 'line-broken';
  const isMisunderstood = status === 400 && thrown.codes.includes('BLOB_UPLOAD_INVALID');
  if (isCut || isMisunderstood) learned.wholesFailedInARow = (learned.wholesFailedInARow ?? 0) + 1;
  if (learned.uploadStyle !== undefined || quirksOf(context.host.name)?.canChunk === false) return thrown;
  const isRepeated = (learned.wholesFailedInARow ?? 0) >= failuresUntilChunking;
  if ((isMisunderstood && isRepeated) || isUnsupported(thrown)) {
    learned.uploadStyle = 'chunks';
    return withFacts(thrown, { advice: { do: 'again' } });
  }
  const isTooLarge = status === 413 || (isCut && isRepeated);
  if (!isTooLarge && !isRedirect(status)) return thrown;
  const smallest = smallestChunkBytes(context);
  const next = learned.chunkBytes === undefined ? firstChunkBytes : Math.floor(learned.chunkBytes / 2);
  const fitting = Math.max(smallest, Math.min(next, Math.floor(sizeBytes / 2)));
  if (sizeBytes <= fitting) return thrown;
  learned.chunkBytes = fitting;
  return withFacts(thrown, { advice: { do: 'again' } });
}

/** Learns from a registry that takes no chunks (Google Artifact Registry is one): bodies go whole again, whatever the line does. */
export function learnFromChunks(context: RepositoryContext, thrown: unknown): unknown {
  const isRefusal = thrown instanceof CopyError && thrown.op === 'upload.chunk' && isUnsupported(thrown);
  if (!isRefusal || context.host.learned.uploadStyle !== undefined) return thrown;
  context.host.learned.uploadStyle = 'whole';
  return withFacts(thrown, { advice: { do: 'again' } });
}

function isUnsupported(error: CopyError): boolean {
  return error.kind === 'unsupported' && error.http?.status !== undefined;
}

/** Makes the pieces smaller, by half if that is allowed; throws `cause` when they are as small as they may be. */
export function halveChunks(context: RepositoryContext, cause: CopyError): void {
  const size = chunkBytesOf(context);
  const smaller = Math.max(smallestChunkBytes(context), Math.floor(size / 2));
  if (smaller >= size) throw cause;
  context.host.learned.chunkBytes = smaller;
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
  const stated = quirksOf(context.host.name)?.minChunkBytes ?? context.host.learned.smallestChunkBytes ?? 0;
  return Math.max(stated, smallestSensibleChunkBytes);
}
