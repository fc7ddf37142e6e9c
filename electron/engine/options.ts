import type { Side } from '../contract/errors.ts';
import type { RepositoryName } from '../oci/reference.ts';
import type { Lookup, ProxySettings } from './http/connections.ts';
import type { HostSettings } from './http/hosts.ts';
import type { HttpLimits } from './http/limits.ts';
import type { Random } from './kernel/backoff.ts';
import type { Clock } from './kernel/clock.ts';
import type { Logger } from './kernel/log.ts';
import type { BlobCache } from './ports/blob-cache.ts';
import type { CredentialSource } from './ports/credentials.ts';
import type { Destination } from './ports/places.ts';
import type { RealmBook } from './ports/registry-book.ts';

/** Where images of one kind of place are read from and written to. */
export type PlaceOf = (name: RepositoryName, side: Side) => Destination;

/** What an engine is made with; everything has a default but the credentials. */
export interface EngineOptions {
  readonly credentials: CredentialSource;
  /** Token servers that hosts named in earlier runs. */
  readonly realms?: Pick<RealmBook, 'pin'>;
  /** Where blobs are kept on their way; undefined to copy straight through, with nothing on disk. */
  readonly cache?: BlobCache;
  /** Repositories of this machine's library; without it names of the library are refused. */
  readonly library?: PlaceOf;
  /** The names of the repositories in the library, sorted. */
  readonly libraryNames?: (signal: AbortSignal) => Promise<readonly string[]>;
  /** PEM of a CA trusted for every host, besides the system's. */
  readonly ca?: string;
  /** Settings by host name as references spell it. */
  readonly hosts?: ReadonlyMap<string, HostSettings>;
  readonly proxy?: ProxySettings;
  /** Resolves host names; the machine's name service unless given. */
  readonly lookup?: Lookup;
  /** Tries after the first one, without progress. */
  readonly retries?: number;
  /** How long to wait for a host that answered earlier, in milliseconds. */
  readonly waitMs?: number;
  readonly limits?: Partial<HttpLimits>;
  /** Bodies that flow to or from one host at a time. */
  readonly streamsPerHost?: number;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly logger?: Logger;
  /** Takes live secrets out of a text, before it gets into an error. */
  readonly clean?: (text: string) => string;
  /** Bytes a second that may come, and as many that may go, over all streams together; no limit unless given. */
  readonly limitRate?: number;
  /** Told when everything for a host waits: because it asked for that, or cannot be reached for so long. */
  readonly onPause?: (host: string, delayMs: number, downForMs?: number) => void;
  /** Told when a host that could not be reached answers again. */
  readonly onResume?: (host: string, downForMs: number) => void;
}
