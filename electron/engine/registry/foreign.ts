import type { Descriptor } from '../../oci/descriptor.ts';
import { namedPlace } from '../http/redirects.ts';
import { asCopyError, type CopyError } from '../kernel/errors.ts';
import type { ByteSink } from '../ports/byte-sink.ts';
import { registryError, type RepositoryContext } from './context.ts';

const mostPlaces = 10;

/**
 * A layer that its registry does not hold may be had from the places its descriptor names, without credentials (F-46).
 * One that breaks off in the middle ends the try: the next begins where it ended.
 */
export async function readForeign(
  context: RepositoryContext,
  blob: Descriptor,
  urls: readonly string[],
  sink: ByteSink,
  missing: CopyError,
  read: (place: URL, into: ByteSink) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const { side, host, path } = context;
  const names = { side, op: 'blob.get', subject: blob.digest, method: 'GET', host: host.name };
  const base = new URL(await host.origin(signal));
  let hasBytes = false;
  const counted: ByteSink = {
    write: (chunk) => {
      hasBytes = true;
      return sink.write(chunk);
    },
    onRoom: (resume) => sink.onRoom?.(resume),
  };
  let last = missing;
  for (const text of urls.slice(0, mostPlaces)) {
    try {
      return await read(namedPlace(text, base, names), counted);
    } catch (thrown) {
      last = asCopyError(thrown, names);
      if (signal.aborted || hasBytes) throw last;
    }
  }
  const what = `has no layer ${blob.digest} of ${path}, nor do the places it names`;
  const facts = { op: 'blob.get', subject: blob.digest, advice: last.advice, cause: last };
  throw registryError(context, 'missing-content', what, facts);
}
