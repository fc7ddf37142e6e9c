import { type Descriptor, readDescriptor } from '../../oci/descriptor.ts';
import { type Digest, isDigest } from '../../oci/digest.ts';
import type { Page, StoredManifest } from '../ports/library.ts';
import type { ManifestRow, References } from '../ports/references.ts';
import { keptValue } from './clean.ts';
import type { Database } from './database.ts';
import { ReferenceStatements } from './reference-statements.ts';

const digestsPerLook = 500;

/** The rows of the library over the database. A repository is there as long as it holds a manifest or a blob. */
export class SqliteReferences implements References {
  readonly #database: Database;
  readonly #sql: ReferenceStatements;

  constructor(database: Database) {
    this.#database = database;
    this.#sql = new ReferenceStatements(database);
  }

  async repositories({ after = '', most }: Page): Promise<readonly string[]> {
    const rows = await this.#database.read(() => this.#sql.repositories.all(after, after, most));
    return rows.map(({ name }) => name);
  }

  async tags(repository: string, { after = '', most }: Page): Promise<readonly string[] | undefined> {
    return this.#database.read(() => {
      const held = this.#sql.repository.get(repository);
      return held === undefined ? undefined : this.#sql.tags.all(held.id, after, after, most).map(({ name }) => name);
    });
  }

  async manifest(repository: string, reference: string): Promise<StoredManifest | undefined> {
    const statement = isDigest(reference) ? this.#sql.manifestByDigest : this.#sql.manifestByTag;
    const row = await this.#database.read(() => statement.get(repository, reference));
    return row === undefined ? undefined : { digest: row.digest, mediaType: row.media_type, bytes: row.bytes };
  }

  async referrers(
    repository: string,
    subject: Digest,
    artifactType: string | undefined,
    { after = '', most }: Page,
  ): Promise<readonly Descriptor[]> {
    const type = artifactType ?? null;
    const rows = await this.#database.read(() => this.#sql.referrers.all(repository, subject, after, type, type, most));
    return rows.map(({ referrer }) => readDescriptor(keptValue(referrer), 'a kept referrer'));
  }

  async blobSize(repository: string, digest: Digest): Promise<number | undefined> {
    return this.#database.read(() => this.#sql.blobSize.get(repository, digest)?.size);
  }

  async putManifest(repository: string, row: ManifestRow, tag: string | undefined): Promise<void> {
    const { digest, mediaType, bytes, subject, referrer } = row;
    await this.#database.write(() => {
      const id = this.#hold(repository);
      this.#sql.keepBytes.run(digest, bytes);
      const listed = subject === undefined ? null : JSON.stringify(referrer);
      this.#sql.keepManifest.run(id, digest, mediaType, subject ?? null, referrer.artifactType ?? null, listed);
      if (tag !== undefined) this.#sql.keepTag.run(id, tag, digest);
    });
  }

  async linkBlob(repository: string, digest: Digest, sizeBytes: number): Promise<void> {
    await this.#database.write(() => this.#sql.linkBlob.run(this.#hold(repository), digest, sizeBytes));
  }

  async mountBlob(repository: string, digest: Digest, from: string): Promise<boolean> {
    return this.#database.write(() => {
      const held = this.#sql.blobSize.get(from, digest);
      if (held === undefined) return false;
      this.#sql.linkBlob.run(this.#hold(repository), digest, held.size);
      return true;
    });
  }

  async deleteTag(repository: string, tag: string): Promise<boolean> {
    return this.#database.write(() => this.#sql.deleteTag.run(repository, tag).changes > 0);
  }

  async deleteManifest(repository: string, digest: Digest): Promise<boolean> {
    return this.#database.write(() => {
      if (this.#sql.deleteManifest.run(repository, digest).changes === 0) return false;
      this.#letGo(digest);
      return true;
    });
  }

  async unlinkBlob(repository: string, digest: Digest): Promise<boolean> {
    return this.#database.write(() => {
      if (this.#sql.unlinkBlob.run(repository, digest).changes === 0) return false;
      this.#letGo(digest);
      return true;
    });
  }

  async deleteEverywhere(digest: Digest): Promise<void> {
    await this.#database.write(() => {
      this.#sql.deleteManifestEverywhere.run(digest);
      this.#sql.unlinkBlobEverywhere.run(digest);
      this.#letGo(digest);
    });
  }

  async holding({ after = '', most }: Page): Promise<readonly string[]> {
    const rows = await this.#database.read(() => this.#sql.holding.all(after, most));
    return rows.map(({ name }) => name);
  }

  async manifestsOf(repository: string, { after = '', most }: Page): Promise<readonly Digest[]> {
    const rows = await this.#database.read(() => this.#sql.manifestsOf.all(repository, after, most));
    return rows.map(({ digest }) => digest);
  }

  async blobsOf(repository: string, { after = '', most }: Page): Promise<readonly Digest[]> {
    const rows = await this.#database.read(() => this.#sql.blobsOf.all(repository, after, most));
    return rows.map(({ digest }) => digest);
  }

  async pinnedAmong(digests: readonly Digest[]): Promise<ReadonlySet<Digest>> {
    const pinned = new Set<Digest>();
    for (let from = 0; from < digests.length; from += digestsPerLook) {
      const some = JSON.stringify(digests.slice(from, from + digestsPerLook));
      const rows = await this.#database.read(() => this.#sql.pinnedAmong.all(some));
      for (const { digest } of rows) pinned.add(digest);
    }
    return pinned;
  }

  async pinned({ after = '', most }: Page): Promise<readonly Digest[]> {
    const rows = await this.#database.read(() => this.#sql.pinned.all(after, most));
    return rows.map(({ digest }) => digest);
  }

  #hold(repository: string): number {
    this.#sql.keepRepository.run(repository);
    return this.#sql.repository.get(repository)?.id ?? 0;
  }

  /** After something was taken away: bytes nobody lists and repositories that hold nothing go too. */
  #letGo(digest: Digest): void {
    this.#sql.dropBytes.run(digest, digest);
    this.#sql.dropEmpty.run();
  }
}
