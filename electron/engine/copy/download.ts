import type { Descriptor } from '../../oci/descriptor.ts';
import { asCopyError, copyError, type CopyError, withFacts } from '../kernel/errors.ts';
import type { Clock } from '../kernel/clock.ts';
import { Patience, type PatienceLimits } from '../kernel/patience.ts';
import type { ByteSink } from '../ports/byte-sink.ts';
import type { Source } from '../ports/places.ts';

/** Takes a blob in order, counts it, and throws once it is not what its descriptor says. */
export interface DownloadTarget extends ByteSink {
  readonly descriptor: Descriptor;
  readonly receivedBytes: number;
}

/** How far a try must come to count as progress: a host that gives a few bytes and stalls is not waited for without end. */
export const progressBytes: number = 64 * 1024;

/** True for a host that cannot be reached, as against a line that broke: waiting may help, asking again at once does not. */
export function isGone(error: CopyError): boolean {
  return error.kind === 'unreachable' && error.hint !== 'line-broken';
}

/**
 * Fills a target from the source. A broken body goes on where it broke, as often as that brings it further;
 * rejects when it does not, and at once when the bytes are wrong.
 */
export async function download(
  source: Source,
  target: DownloadTarget,
  received: (bytes: number) => void,
  limits: PatienceLimits,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const blob = target.descriptor;
  const patience = new Patience(clock, limits);
  const sink: ByteSink = {
    write: (chunk) => {
      received(chunk.byteLength);
      return target.write(chunk);
    },
    onRoom: (resume) => target.onRoom?.(resume),
  };
  while (target.receivedBytes < blob.size) {
    const from = target.receivedBytes;
    try {
      await source.read(blob, from, sink, signal);
      if (target.receivedBytes < blob.size) throw endedEarly(source, target);
    } catch (thrown) {
      const error = asCopyError(thrown, { side: 'source', op: 'blob.get', subject: blob.digest });
      if (target.receivedBytes - from >= progressBytes) patience.progressed();
      if (signal.aborted) throw error;
      if (!patience.allows(error, true))
        throw patience.attempts > 1 ? withFacts(error, { attempts: patience.attempts }) : error;
    }
  }
}

function endedEarly(source: Source, { descriptor, receivedBytes }: DownloadTarget): CopyError {
  const { digest, size } = descriptor;
  return copyError('integrity', {
    side: 'source',
    op: 'blob.get',
    subject: digest,
    message: `source ${source.host} ended ${digest} of ${source.path} after ${receivedBytes} of ${size} bytes`,
    advice: { do: 'again' },
    hint: 'source-corrupt',
  });
}
