import type { DeliveryProgress } from '../../contract/progress.ts';
import type { ReadBlob } from '../bundle/bundle.ts';
import { throwIfCancelled } from '../kernel/errors.ts';
import type { BlobReader } from '../ports/places.ts';

/** Puts everything a reader gives into the target. */
export async function pour(
  reader: BlobReader,
  target: Parameters<ReadBlob>[0],
  progress: DeliveryProgress,
  signal: AbortSignal,
): Promise<void> {
  let resume = (): void => {};
  const stop = (): void => {
    reader.close();
    resume();
  };
  target.onRoom(() => resume());
  signal.addEventListener('abort', stop);
  try {
    throwIfCancelled(signal, target.descriptor.digest);
    for await (const chunk of reader) {
      const room = new Promise<void>((resolve) => {
        resume = resolve;
      });
      if (!target.write(chunk)) await room;
      progress.sentBytes = target.receivedBytes;
      throwIfCancelled(signal, target.descriptor.digest);
    }
    throwIfCancelled(signal, target.descriptor.digest);
  } finally {
    signal.removeEventListener('abort', stop);
    reader.close();
  }
}
