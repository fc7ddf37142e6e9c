import { maxManifestBytes } from '../../oci/manifest.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/log.ts';
import type { Library } from '../ports/library.ts';
import type { Scope } from './scopes.ts';

/** Tells whether a password is the user's. */
export type Verify = (user: string, password: string) => boolean | Promise<boolean>;

/** Who may come in: a function, or passwords by user name. */
export type Users = Verify | Readonly<Record<string, string>>;

/** A token service on the dock's own address, at `/token`, for GET and POST. */
export interface BearerOptions {
  readonly users: Users;
  /** How long a token is good; 300 when not given. */
  readonly lifetimeSeconds?: number;
  /** The name in the challenge; `dock` when not given. */
  readonly service?: string;
  /**
   * Which of the asked actions a user gets; nobody asks as `undefined`.
   * Not given: every user gets all, and without a user there is no token.
   */
  readonly grant?: (user: string | undefined, scope: Scope) => readonly string[];
}

/** What one client did, told when the answer ended. */
export interface DockRequest {
  readonly method: string;
  /** The path without a query. */
  readonly path: string;
  readonly status: number;
  readonly sentBytes: number;
  readonly user: string | undefined;
  readonly clientAddress: string;
  /** False when the connection broke before the answer was out. */
  readonly isComplete: boolean;
  /** Milliseconds since 1970 when the answer ended. */
  readonly atMs: number;
  /** Undefined for what is of no repository. */
  readonly repository: string | undefined;
  /** The tag or digest of a manifest, or the digest of a blob. */
  readonly reference: string | undefined;
}

/** The bounds of everything a client could make grow. */
export interface DockLimits {
  readonly manifestBytes: number;
  /** Bytes of all request headers together. */
  readonly headerBytes: number;
  readonly headerCount: number;
  readonly sockets: number;
  readonly socketsPerAddress: number;
  /** From the first byte of a request to the end of its headers. */
  readonly headersMs: number;
  /** Without a byte in either direction. A body that flows has no other limit. */
  readonly idleMs: number;
  /** Between two requests of a connection. */
  readonly keepAliveMs: number;
  readonly uploads: number;
  /** An upload untouched for so long is given up. */
  readonly uploadIdleMs: number;
  /** Entries of a list in one answer; more are behind its Link. */
  readonly pageSize: number;
  /** Bytes of manifests and blobs that all clients get together in a second. */
  readonly bytesPerSecond: number;
}

/** The limits that hold where the options name no others. */
export const defaultDockLimits: DockLimits = {
  manifestBytes: maxManifestBytes,
  headerBytes: 16 * 1024,
  headerCount: 100,
  sockets: 1024,
  socketsPerAddress: 256,
  headersMs: 20_000,
  idleMs: 60_000,
  keepAliveMs: 30_000,
  uploads: 256,
  uploadIdleMs: 3_600_000,
  pageSize: 1000,
  bytesPerSecond: Number.POSITIVE_INFINITY,
};

/** What a dock serves, to whom and within which bounds. */
export interface DockOptions {
  readonly library: Library;
  /** Port 0 or none takes a free one; the host is 127.0.0.1 when not given. */
  readonly listen?: { readonly host?: string; readonly port?: number };
  /** Asks for Basic credentials. With `bearer` as well, either is good. */
  readonly access?: { readonly basic?: Users };
  /** Asks for a token of the dock's own token service. */
  readonly bearer?: BearerOptions;
  /** Speaks TLS with this certificate chain and key, both PEM. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Blocks and addresses that may connect; all when not given. */
  readonly allow?: readonly string[];
  /** Stops by itself after so long. */
  readonly stopAfterMs?: number;
  /** True lets clients push and delete; otherwise the dock only reads. Off loopback it needs `access` or `bearer`. */
  readonly writable?: boolean;
  /** True answers `_catalog`. */
  readonly catalog?: boolean;
  readonly limits?: Partial<DockLimits>;
  readonly logger?: Logger;
  readonly clock?: Clock;
  readonly onRequest?: (request: DockRequest) => void;
}
