import { cancelledError } from '../kernel/errors.ts';
import type { ByteSink } from '../ports/byte-sink.ts';
import type { Pieces } from '../ports/library.ts';

/** So much waits for its reader at most, besides one piece. */
const mostWaitingBytes = 512 * 1024;

const mostSpare = 4;

type Read = (sink: ByteSink, signal: AbortSignal) => Promise<void>;

/** What a reader that writes into sinks gives, as pieces to be asked for: at most `mostBytes`; leaving the loop stops the reader. */
export function poured(read: Read, mostBytes: number, signal: AbortSignal): Pieces {
  // only what was lent is taken back: other pieces may be somebody's
  const lent = new Set<ArrayBufferLike>();
  const spare: Buffer[] = [];
  const lend = (sizeBytes: number): Buffer => {
    const found = spare.pop();
    const memory = found === undefined || found.byteLength < sizeBytes ? Buffer.allocUnsafeSlow(sizeBytes) : found;
    lent.add(memory.buffer);
    return memory.subarray(0, sizeBytes);
  };
  return {
    giveBack: ({ buffer }) => {
      if (lent.delete(buffer) && spare.length < mostSpare) spare.push(Buffer.from(buffer));
    },
    [Symbol.asyncIterator]: () => pieces(read, lend, mostBytes, signal),
  };
}

async function* pieces(
  read: Read,
  lend: (sizeBytes: number) => Buffer,
  mostBytes: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const enough = new AbortController();
  const waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let end: { readonly reason: unknown } | undefined;
  let wake = (): void => {};
  let resume = (): void => {};
  const sink: ByteSink = {
    lend,
    write: (chunk) => {
      waiting.push(chunk);
      waitingBytes += chunk.byteLength;
      wake();
      return waitingBytes < mostWaitingBytes;
    },
    onRoom: (go) => (resume = go),
  };
  const reading = read(sink, AbortSignal.any([signal, enough.signal])).then(
    () => (end = { reason: undefined }),
    (reason: unknown) => (end = { reason }),
  );
  void reading.then(() => wake());
  try {
    for (let leftBytes = mostBytes; leftBytes > 0; ) {
      const piece = waiting.shift();
      if (piece !== undefined) {
        waitingBytes -= piece.byteLength;
        yield piece.subarray(0, leftBytes);
        leftBytes -= piece.byteLength;
        resume();
        continue;
      }
      if (end?.reason !== undefined) throw end.reason;
      if (end !== undefined) return;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    enough.abort(cancelledError('what nobody reads'));
    resume();
    await reading;
  }
}
