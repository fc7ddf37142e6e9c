import type { ErrorKind } from '../../contract/errors.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { algorithmOf, isDigest } from '../../oci/digest.ts';
import { CopyError, withFacts } from '../kernel/errors.ts';
import type { ResponseHead } from '../http/exchange.ts';
import { headerOf } from '../http/response.ts';
import type { ByteSink } from '../ports/byte-sink.ts';
import { apiPath, registryError, type RepositoryContext, send } from './context.ts';
import { readForeign } from './foreign.ts';

const wouldNotSay: ReadonlySet<ErrorKind> = new Set([
  'forbidden',
  'protocol',
  'refused',
  'unauthorized',
  'unsupported',
]);

/** Whether the repository has a blob; undefined when the registry would not say (401, 403 and 405 to a HEAD happen). */
export async function headBlob(
  context: RepositoryContext,
  blob: Descriptor,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const subject = `${context.path}@${blob.digest}`;
  const request = {
    method: 'HEAD',
    target: apiPath(context, `blobs/${blob.digest}`),
    op: 'blob.head',
    subject,
    isIdempotent: true,
    accept: [401, 403, 404, 405, 501],
  } as const;
  const response = await send(context, request, signal).catch(unlessRefused);
  if (response === undefined) return undefined;
  if (response.status === 404) return false;
  if (response.status !== 200) return undefined;
  const length = headerOf(response, 'content-length');
  if (length !== undefined && Number(length) !== blob.size) return false;
  const digest = headerOf(response, 'docker-content-digest');
  const isOther =
    digest !== undefined &&
    isDigest(digest) &&
    algorithmOf(digest) === algorithmOf(blob.digest) &&
    digest !== blob.digest;
  return !isOther;
}

/**
 * Writes the blob from `from` on into the sink; see the Source port.
 * A registry that ignores or garbles ranges is asked for the whole, and what is already held is passed over.
 */
export async function readBlob(
  context: RepositoryContext,
  blob: Descriptor,
  from: number,
  sink: ByteSink,
  signal: AbortSignal,
): Promise<void> {
  const target = apiPath(context, `blobs/${blob.digest}`);
  try {
    await readFrom(context, blob, target, from, sink, signal);
  } catch (thrown) {
    if (!(thrown instanceof CopyError) || thrown.http === undefined) throw thrown;
    const { status, url } = thrown.http;
    const isElsewhere = new URL(url).origin !== (await context.host.origin(signal));
    // a pre-signed address that has expired: the registry signs a new one for the next try
    if (isElsewhere && (status === 400 || status === 401 || status === 403))
      throw withFacts(thrown, { advice: { do: 'again' } });
    if (status !== 404 && (status !== 403 || blob.urls === undefined)) throw thrown;
    if (blob.urls === undefined) throw missingBlob(context, blob, thrown);
    const read = (place: URL, into: ByteSink): Promise<void> => readFrom(context, blob, place, from, into, signal);
    await readForeign(context, blob, blob.urls, sink, missingBlob(context, blob, thrown), read, signal);
  }
}

async function readFrom(
  context: RepositoryContext,
  blob: Descriptor,
  target: string | URL,
  from: number,
  sink: ByteSink,
  signal: AbortSignal,
): Promise<void> {
  const { learned } = context.host;
  const usesRange = from > 0 && learned.rangesAreBroken !== true;
  const response = await send(
    context,
    {
      method: 'GET',
      target,
      op: 'blob.get',
      subject: `${context.path}@${blob.digest}`,
      ...(usesRange ? { headers: { range: `bytes=${from}-` } } : {}),
      isIdempotent: false,
      sink: (head) => sinkFor(context, head, blob, from, sink),
      accept: [416],
    },
    signal,
  );
  if (response.status !== 416) return;
  learned.rangesAreBroken = true;
  throw rangeError(context, blob, 'answered 416 to a range inside');
}

function sinkFor(
  context: RepositoryContext,
  head: ResponseHead,
  blob: Descriptor,
  from: number,
  sink: ByteSink,
): ByteSink {
  refuseEncoded(context, head, blob, from);
  if (head.status === 200) return from === 0 ? sink : skipping(from, sink);
  const [, start, end, total] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headerOf(head, 'content-range') ?? '') ?? [];
  const isRest = Number(start) === from && Number(end) < blob.size && (total === '*' || Number(total) === blob.size);
  if (isRest) return sink;
  context.host.learned.rangesAreBroken = true;
  throw rangeError(context, blob, 'sent another range than asked of');
}

/** Identity was asked for. Bytes of the right length are taken as they are, for the digest decides; others are no blob. */
function refuseEncoded(context: RepositoryContext, head: ResponseHead, blob: Descriptor, from: number): void {
  const encoding = headerOf(head, 'content-encoding') ?? 'identity';
  const length = Number(headerOf(head, 'content-length') ?? Number.NaN);
  if (encoding === 'identity' || length === blob.size - (head.status === 206 ? from : 0)) return;
  const subject = `${context.path}@${blob.digest}`;
  const what = `sent ${subject} encoded (${encoding.slice(0, 20)}) though it was asked not to`;
  throw registryError(context, 'protocol', what, { op: 'blob.get', subject });
}

/** Passes over the first `count` bytes, which the sink already has. */
function skipping(count: number, sink: ByteSink): ByteSink {
  let left = count;
  return {
    write: (chunk) => {
      if (left >= chunk.byteLength) {
        left -= chunk.byteLength;
        return true;
      }
      const rest = left === 0 ? chunk : chunk.subarray(left);
      left = 0;
      return sink.write(rest);
    },
    ...(sink.onRoom === undefined ? {} : { onRoom: (resume: () => void) => sink.onRoom?.(resume) }),
  };
}

/** Whatever refuses a HEAD for good says nothing about the blob; what is wrong will show when it is sent. */
function unlessRefused(thrown: unknown): undefined {
  const isRefusal = thrown instanceof CopyError && thrown.advice.do === 'never' && wouldNotSay.has(thrown.kind);
  if (!isRefusal) throw thrown;
}

function rangeError(context: RepositoryContext, blob: Descriptor, what: string): CopyError {
  return registryError(context, 'protocol', `${what} ${blob.digest}`, {
    op: 'blob.get',
    subject: blob.digest,
    advice: { do: 'again' },
  });
}

function missingBlob(context: RepositoryContext, blob: Descriptor, cause: CopyError): CopyError {
  const facts = {
    op: 'blob.get',
    subject: blob.digest,
    cause,
    ...(cause.http === undefined ? {} : { http: cause.http }),
  };
  return registryError(
    context,
    'missing-content',
    `lists layer ${blob.digest} of ${context.path} and does not hold it`,
    facts,
  );
}
