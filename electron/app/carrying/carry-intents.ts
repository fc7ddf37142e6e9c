import { resolve } from 'node:path';
import type { ConnectionWish, CopyWishOptions } from '../../contract/requests.ts';
import type { JobIntent } from '../../engine/engine.ts';
import { intentOf } from '../intents.ts';

/** A job that files are part of, as the history keeps it. */
export interface CarryIntentParts {
  readonly command: 'export' | 'import' | 'copy';
  readonly place: { readonly source: string; readonly destination: string };
  /** What was asked for: the same again goes on with what was broken off. */
  readonly asked: object;
  readonly options: CopyWishOptions;
  readonly connection: ConnectionWish;
}

/**
 * What the journal keeps of a job that files are part of. How it was run is not kept: it is run again by the same command,
 * since `retry` knows only images of registries and could take a file's name for one.
 */
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
  const fingerprint = JSON.stringify([command, resolve('.'), asked]);
  return { ...intent, fingerprint, wish: { command } };
}
