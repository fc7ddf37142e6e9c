import type { Statement } from 'better-sqlite3';
import type { Digest } from '../../oci/digest.ts';
import type { Database } from './database.ts';

interface Named {
  readonly name: string;
}

interface ManifestBytesRow {
  readonly digest: Digest;
  readonly media_type: string;
  readonly bytes: Buffer;
}

// content/lexical-order in SQL: names are ASCII by their grammar, where lower() and byte order say the same.
const repositories = `SELECT name FROM repositories
  WHERE (lower(name), name) > (lower(?), ?) AND EXISTS (SELECT 1 FROM manifests WHERE repository = id)
  ORDER BY lower(name), name LIMIT ?`;
const repository = 'SELECT id FROM repositories WHERE name = ?';
const tags = `SELECT name FROM tags WHERE repository = ? AND (lower(name), name) > (lower(?), ?)
  ORDER BY lower(name), name LIMIT ?`;
const manifestByDigest = `SELECT m.digest, m.media_type, b.bytes FROM repositories r
  JOIN manifests m ON m.repository = r.id JOIN manifest_bytes b ON b.digest = m.digest
  WHERE r.name = ? AND m.digest = ?`;
const manifestByTag = `SELECT m.digest, m.media_type, b.bytes FROM repositories r
  JOIN tags t ON t.repository = r.id JOIN manifests m ON m.repository = r.id AND m.digest = t.digest
  JOIN manifest_bytes b ON b.digest = m.digest WHERE r.name = ? AND t.name = ?`;
const referrers = `SELECT m.referrer FROM repositories r JOIN manifests m ON m.repository = r.id
  WHERE r.name = ? AND m.subject = ? AND m.digest > ? AND (? IS NULL OR m.artifact_type = ?) ORDER BY m.digest LIMIT ?`;
const blobSize = `SELECT b.size FROM repositories r JOIN blobs b ON b.repository = r.id
  WHERE r.name = ? AND b.digest = ?`;
const pinned = 'SELECT DISTINCT digest FROM blobs WHERE digest > ? ORDER BY digest LIMIT ?';
const pinnedAmong = `SELECT value AS digest FROM json_each(?) WHERE EXISTS (SELECT 1 FROM blobs WHERE digest = value)`;

const holding = 'SELECT name FROM repositories WHERE name > ? ORDER BY name LIMIT ?';
const manifestsOf = `SELECT m.digest FROM repositories r JOIN manifests m ON m.repository = r.id
  WHERE r.name = ? AND m.digest > ? ORDER BY m.digest LIMIT ?`;
const blobsOf = `SELECT b.digest FROM repositories r JOIN blobs b ON b.repository = r.id
  WHERE r.name = ? AND b.digest > ? ORDER BY b.digest LIMIT ?`;

const keepRepository = 'INSERT INTO repositories (name) VALUES (?) ON CONFLICT (name) DO NOTHING';
const keepBytes = 'INSERT INTO manifest_bytes (digest, bytes) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING';
const keepManifest = `INSERT INTO manifests (repository, digest, media_type, subject, artifact_type, referrer)
  VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (repository, digest) DO UPDATE SET media_type = excluded.media_type,
    subject = excluded.subject, artifact_type = excluded.artifact_type, referrer = excluded.referrer`;
const keepTag = `INSERT INTO tags (repository, name, digest) VALUES (?, ?, ?)
  ON CONFLICT (repository, name) DO UPDATE SET digest = excluded.digest`;
const linkBlob =
  'INSERT INTO blobs (repository, digest, size) VALUES (?, ?, ?) ON CONFLICT (repository, digest) DO NOTHING';
const inRepository = 'repository = (SELECT id FROM repositories WHERE name = ?)';
const deleteTag = `DELETE FROM tags WHERE ${inRepository} AND name = ?`;
const deleteManifest = `DELETE FROM manifests WHERE ${inRepository} AND digest = ?`;
const unlinkBlob = `DELETE FROM blobs WHERE ${inRepository} AND digest = ?`;
const deleteManifestEverywhere = 'DELETE FROM manifests WHERE digest = ?';
const unlinkBlobEverywhere = 'DELETE FROM blobs WHERE digest = ?';
const dropBytes = `DELETE FROM manifest_bytes WHERE digest = ?
  AND NOT EXISTS (SELECT 1 FROM manifests WHERE digest = ?)`;
const dropEmpty = `DELETE FROM repositories WHERE NOT EXISTS (SELECT 1 FROM manifests WHERE repository = id)
  AND NOT EXISTS (SELECT 1 FROM blobs WHERE repository = id)`;

/** The statements of the library's rows, made once. */
export class ReferenceStatements {
  readonly repositories: Statement<[string, string, number], Named>;
  readonly repository: Statement<[string], { readonly id: number }>;
  readonly tags: Statement<[number, string, string, number], Named>;
  readonly manifestByDigest: Statement<[string, string], ManifestBytesRow>;
  readonly manifestByTag: Statement<[string, string], ManifestBytesRow>;
  readonly referrers: Statement<
    [string, Digest, string, string | null, string | null, number],
    { readonly referrer: string }
  >;
  readonly blobSize: Statement<[string, Digest], { readonly size: number }>;
  readonly pinned: Statement<[string, number], { readonly digest: Digest }>;
  readonly pinnedAmong: Statement<[string], { readonly digest: Digest }>;
  readonly holding: Statement<[string, number], Named>;
  readonly manifestsOf: Statement<[string, string, number], { readonly digest: Digest }>;
  readonly blobsOf: Statement<[string, string, number], { readonly digest: Digest }>;
  readonly keepRepository: Statement<[string]>;
  readonly keepBytes: Statement<[Digest, Uint8Array]>;
  readonly keepManifest: Statement<[number, Digest, string, Digest | null, string | null, string | null]>;
  readonly keepTag: Statement<[number, string, Digest]>;
  readonly linkBlob: Statement<[number, Digest, number]>;
  readonly deleteTag: Statement<[string, string]>;
  readonly deleteManifest: Statement<[string, Digest]>;
  readonly unlinkBlob: Statement<[string, Digest]>;
  readonly deleteManifestEverywhere: Statement<[Digest]>;
  readonly unlinkBlobEverywhere: Statement<[Digest]>;
  readonly dropBytes: Statement<[Digest, Digest]>;
  readonly dropEmpty: Statement<[]>;

  constructor(database: Database) {
    this.repositories = database.prepare(repositories);
    this.repository = database.prepare(repository);
    this.tags = database.prepare(tags);
    this.manifestByDigest = database.prepare(manifestByDigest);
    this.manifestByTag = database.prepare(manifestByTag);
    this.referrers = database.prepare(referrers);
    this.blobSize = database.prepare(blobSize);
    this.pinned = database.prepare(pinned);
    this.pinnedAmong = database.prepare(pinnedAmong);
    this.holding = database.prepare(holding);
    this.manifestsOf = database.prepare(manifestsOf);
    this.blobsOf = database.prepare(blobsOf);
    this.keepRepository = database.prepare(keepRepository);
    this.keepBytes = database.prepare(keepBytes);
    this.keepManifest = database.prepare(keepManifest);
    this.keepTag = database.prepare(keepTag);
    this.linkBlob = database.prepare(linkBlob);
    this.deleteTag = database.prepare(deleteTag);
    this.deleteManifest = database.prepare(deleteManifest);
    this.unlinkBlob = database.prepare(unlinkBlob);
    this.deleteManifestEverywhere = database.prepare(deleteManifestEverywhere);
    this.unlinkBlobEverywhere = database.prepare(unlinkBlobEverywhere);
    this.dropBytes = database.prepare(dropBytes);
    this.dropEmpty = database.prepare(dropEmpty);
  }
}
