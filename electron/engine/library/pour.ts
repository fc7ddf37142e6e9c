import { throwIfCancelled } from '../kernel/errors.ts';
import { unlessAborted } from '../kernel/single-flight.ts';
import type { ByteSink } from '../ports/byte-sink.ts';

/** Hands all pieces to a sink, waiting whenever it asks for a pause. */
export async function pour(
  pieces: AsyncIterable<Uint8Array>,
  sink: ByteSink,
  subject: string,
  signal: AbortSignal,
): Promise<void> {
  let room = Promise.withResolvers<void>();
  sink.onRoom?.(() => room.resolve());
  for await (const piece of pieces) {
    throwIfCancelled(signal, subject);
    room = Promise.withResolvers();
    if (!sink.write(piece)) await unlessAborted(room.promise, signal);
  }
}
