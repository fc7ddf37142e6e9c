import { createHash, type Hash } from 'node:crypto';
import type { SampleBlob } from '../sample-blob.ts';

/** A blob as the registry keeps it. */
export interface StoredBlob {
  readonly sizeBytes: number;
  /** The bytes from `from` on; undefined if only the hash was kept. */
  open?(): Iterable<Buffer>;
}

/** A manifest as it was pushed. */
export interface StoredManifest {
  readonly bytes: Buffer;
  readonly mediaType: string;
}

/** One repository. */
export class StoredRepository {
  /** Digests of the blobs linked here. */
  readonly blobs = new Set<string>();
  readonly manifests = new Map<string, StoredManifest>();
  readonly tags = new Map<string, string>();
}

/** An upload that is neither finished nor cancelled. */
export interface UploadSession {
  readonly id: string;
  readonly repository: string;
  readonly startedAtMs: number;
  readonly hashes: { readonly sha256: Hash; readonly sha512: Hash };
  readonly pieces: Buffer[];
  sizeBytes: number;
  /** Counts answers; part of the Location with `locationChanges`. */
  state: number;
  requests: number;
  /** Sizes of the first and the last PATCH. */
  firstChunkBytes: number | undefined;
  lastChunkBytes: number | undefined;
  /** Broken in a way that makes it unusable. */
  isDead: boolean;
}

/** All that the registry holds. */
export class RegistryState {
  readonly repositories = new Map<string, StoredRepository>();
  readonly blobs = new Map<string, StoredBlob>();
  readonly sessions = new Map<string, UploadSession>();
  readonly projects = new Set<string>();
  /** Sessions that ended by DELETE. */
  cancelledCount = 0;
  #sessionCount = 0;
  readonly #discardsContent: boolean;

  constructor(discardsContent: boolean) {
    this.#discardsContent = discardsContent;
  }

  repository(name: string): StoredRepository {
    const found = this.repositories.get(name) ?? new StoredRepository();
    this.repositories.set(name, found);
    return found;
  }

  addBlob(repository: string, digest: string, blob: StoredBlob): void {
    this.blobs.set(digest, blob);
    this.repository(repository).blobs.add(digest);
  }

  addSample(repository: string, blob: SampleBlob): void {
    this.addBlob(repository, blob.digest, { sizeBytes: blob.sizeBytes, open: () => blob.open() });
  }

  storedBytes(): number {
    return [...this.blobs.values()].reduce((sum, blob) => sum + blob.sizeBytes, 0);
  }

  startSession(repository: string): UploadSession {
    this.#sessionCount += 1;
    const session: UploadSession = {
      id: `session-${this.#sessionCount}`,
      repository,
      startedAtMs: performance.now(),
      hashes: { sha256: createHash('sha256'), sha512: createHash('sha512') },
      pieces: [],
      sizeBytes: 0,
      state: 0,
      requests: 0,
      firstChunkBytes: undefined,
      lastChunkBytes: undefined,
      isDead: false,
    };
    this.sessions.set(session.id, session);
    return session;
  }

  append(session: UploadSession, piece: Buffer): void {
    session.hashes.sha256.update(piece);
    session.hashes.sha512.update(piece);
    session.sizeBytes += piece.length;
    if (!this.#discardsContent) session.pieces.push(piece);
  }

  /** The digest of what a session holds now, in the algorithm of `like`; undefined if unknown. */
  digestOf(session: UploadSession, like: string): string | undefined {
    const algorithm = like.split(':')[0];
    if (algorithm !== 'sha256' && algorithm !== 'sha512') return undefined;
    return `${algorithm}:${session.hashes[algorithm].copy().digest('hex')}`;
  }

  /** Ends a session and stores its content under `digest`. */
  commit(session: UploadSession, digest: string): void {
    this.sessions.delete(session.id);
    const { pieces, sizeBytes } = session;
    this.addBlob(session.repository, digest, this.#discardsContent ? { sizeBytes } : { sizeBytes, open: () => pieces });
  }
}

/** The digest of bytes in the algorithm of `like`, sha256 if that is none. */
export function digestOfBytes(bytes: Uint8Array, like = 'sha256:'): string {
  const algorithm = like.startsWith('sha512:') ? 'sha512' : 'sha256';
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}
