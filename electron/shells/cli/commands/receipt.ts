import { formatBytes } from '../../../contract/format.ts';
import { isLibraryPlace } from '../../../app/places.ts';
import { BytePicture } from '../byte-picture.ts';
import { carryWordsOf } from '../carry-words.ts';
import type { ConnectionFlags } from '../options.ts';
import type { CommandContext } from '../run.ts';
import type { SummaryFacts } from '../summary.ts';

/** The options of `receipt`. */
export interface ReceiptFlags extends ConnectionFlags {
  readonly output: string;
}

/** `receipt HOST[/PREFIX] -o FILE`: what a site holds already, to make the next bundle small. */
export async function receipt(place: string, flags: ReceiptFlags, context: CommandContext): Promise<SummaryFacts> {
  const { console, signal } = context;
  const words = carryWordsOf(console.language);
  const app = await context.app({ copies: isLibraryPlace(place) });
  let [tags, digests] = [0, 0];
  const picture = new BytePicture(
    console,
    'walking',
    () => words.walked(tags, digests),
    () => ({ tags, digests }),
  );
  try {
    const walk = {
      seen: (...now: [number, number]) => ([tags, digests] = now),
      leftOut: (name: string, error: Error) => console.warn(words.notInReceipt(name, error.message)),
    };
    const made = await app.receipt(place, flags.output, walk, signal);
    picture.close();
    console.event('receipt', { file: flags.output, tags, ...made });
    console.result(words.receipt(flags.output, made.repositories, made.digests, formatBytes(made.sizeBytes)));
    return context.facts({ ok: true, failures: [] });
  } finally {
    picture.close();
  }
}
