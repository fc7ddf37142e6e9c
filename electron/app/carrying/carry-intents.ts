import type { ConnectionWish, CopyWishOptions } from '../../contract/requests.ts';
import type { JobIntent } from '../../engine/engine.ts';
import { intentOf } from '../intents.ts';
import { keptAsked } from './file-jobs.ts';

/** A job that files are part of, as the history keeps it. */
export interface CarryIntentParts {
  readonly command: 'export' | 'import' | 'copy';
  readonly place: { readonly source: string; readonly destination: string };
  /** What was asked for, as a `FileJob` has it: the same again goes on with what was broken off. */
  readonly asked: object;
  readonly options: CopyWishOptions;
  readonly connection: ConnectionWish;
}

/** What the journal keeps of a job that files are part of: enough to run it again, under names that no image of a registry has. */
export function carryIntent({ command, place, asked, options, connection }: CarryIntentParts): JobIntent {
  const { source, destination } = place;
  const title = destination === '' ? source : `${source} → ${destination}`;
  const intent = intentOf({
    command,
    title,
    asked: { source, destinations: [destination], options },
    options,
    rounds: 0,
    connection,
  });
  const carried = keptAsked(asked);
  const kept = typeof intent.wish === 'object' ? intent.wish : {};
  return { ...intent, fingerprint: JSON.stringify([command, carried]), wish: { ...kept, carried } };
}
