import type { CopyOrder } from '../../contract/plans.ts';
import type { CopyOptions } from '../../engine/engine.ts';
import type { Prepared } from '../prepare.ts';
import type { ReadWish } from '../wishes.ts';
import type { Carried } from './carried.ts';
import { carriedJob } from './carried-job.ts';
import type { WindowParts } from './parts.ts';
import type { KnownPlaces } from './places.ts';

/** What of an order is of an open file. */
export interface FromFile {
  readonly bundle: string;
  readonly what: Carried;
  /** Names its images, in place of what is done for orders of other kinds. */
  readonly prepare: (signal: AbortSignal) => Promise<Prepared>;
}

type BundleOrder = Extract<CopyOrder, { readonly bundle: string }>;

/** Reads an order of images in a file; throws `not-found` when that is not open. */
export function readBundleOrder(
  { bundle, only, registry, prefix, maps, createsProjects, isPartial, acceptsSender, options: asked }: BundleOrder,
  options: CopyOptions,
  places: KnownPlaces,
  { carry }: Pick<WindowParts, 'carry'>,
): { readonly wish: ReadWish; readonly title: string; readonly command: 'import'; readonly fromFile: FromFile } {
  const below = prefix.replaceAll(/^\/+|\/+$/g, '');
  const host = registry === undefined ? undefined : places.registry(registry).host;
  const to = host === undefined ? `library:${below}` : below === '' ? host : `${host}/${below}`;
  const { sender, ...chosen } = carry.choice(bundle, only);
  const what = {
    command: 'import',
    asked: {
      to,
      maps: maps.map(({ from, to: target }) => `${from}=${target}`),
      createsProjects,
      isPartial,
      options: { ...asked, concurrency: options.concurrency },
      ...chosen,
      ...(acceptsSender ? { signer: sender ?? 'any' } : {}),
    },
  } as const;
  return {
    wish: { origin: { kind: 'pairs', pairs: [] }, options, refused: [], findings: [] },
    title: carriedJob(what).title,
    command: 'import',
    fromFile: { bundle, what, prepare: (signal) => carry.prepare(bundle, what.asked, signal) },
  };
}
