import type { Digest } from '../../oci/digest.ts';
import { formatRepository, type RepositoryName } from '../../oci/reference.ts';
import type { Finding } from './findings.ts';

/** Which tags of a source a rule speaks of; a pattern is Go's and may match anywhere in a tag. */
export type SourceChoice =
  | { readonly kind: 'all' }
  | { readonly kind: 'named'; readonly tags: readonly string[] }
  | { readonly kind: 'matching'; readonly pattern: string }
  | { readonly kind: 'digest'; readonly digest: Digest };

/** Under which names they go to a destination. */
export type DestinationChoice =
  | { readonly kind: 'same' }
  /** One name for each tag of the source, left to right. */
  | { readonly kind: 'named'; readonly tags: readonly string[] }
  /** Only tags that match, under their own names. */
  | { readonly kind: 'matching'; readonly pattern: string };

/** What a rule reads. */
export interface SyncSource {
  readonly repository: RepositoryName;
  readonly choice: SourceChoice;
}

/** What a rule writes to. */
export interface SyncDestination {
  readonly repository: RepositoryName;
  readonly choice: DestinationChoice;
}

/** One rule of an image-syncer file. */
export interface SyncRule {
  /** The source as the file has it, made fit to be shown. */
  readonly name: string;
  readonly line: number;
  readonly source: SyncSource;
  /** At least one, each once. */
  readonly destinations: readonly SyncDestination[];
}

/** A source with one destination that cannot be copied to; the rest of the file can. */
export interface RefusedPair {
  /** As the file has it, so that it can be written into a list of failures; show `finding` instead. */
  readonly source: string;
  /** As the file has it; empty when there is none or it is no text. */
  readonly destination: string;
  readonly line: number;
  readonly finding: Finding;
}

/** What a file of rules says. */
export interface SyncFile {
  /** In the order of the file. */
  readonly rules: readonly SyncRule[];
  readonly refused: readonly RefusedPair[];
  /** All that was found, those of `refused` included, in the order of the file. */
  readonly findings: readonly Finding[];
}

/** The source or destination as image-syncer's files write it, host and path in full. */
export function formatSyncPlace(place: SyncSource | SyncDestination): string {
  const name = formatRepository(place.repository);
  const { choice } = place;
  if (choice.kind === 'named') return `${name}:${choice.tags.join(',')}`;
  if (choice.kind === 'matching') return `${name}:/${choice.pattern}/`;
  return choice.kind === 'digest' ? `${name}@${choice.digest}` : name;
}
