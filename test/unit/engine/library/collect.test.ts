import { expect, test } from 'vitest';
import { putBlob, putManifest } from '../../../../electron/engine/content/put-content.ts';
import { collectUnnamed, type Inventory } from '../../../../electron/engine/library/collect.ts';
import type { Page } from '../../../../electron/engine/ports/library.ts';
import type { Digest } from '../../../../electron/oci/digest.ts';
import { image } from '../../../fakes/images.ts';
import { sample, unending } from '../cache/caches.ts';
import { type KeptInFolder, keptInFolder } from './kept-libraries.ts';

const hourMs = 3_600_000;

/** What a test put where; a list the library looks through page by page. */
class Shelf implements Inventory {
  readonly #manifests = new Map<string, Set<Digest>>();
  readonly #blobs = new Map<string, Set<Digest>>();
  readonly #kept: KeptInFolder;

  constructor(kept: KeptInFolder) {
    this.#kept = kept;
  }

  async blob(repository: string, bytes: Uint8Array): Promise<Digest> {
    const { digest } = await putBlob(this.#kept.library, repository, bytes);
    this.#blobs.set(repository, (this.#blobs.get(repository) ?? new Set()).add(digest));
    return digest;
  }

  async image(repository: string, seed: string): Promise<readonly Digest[]> {
    const { raw, blobs } = image({ seed });
    const digests: Digest[] = [];
    for (const part of blobs) digests.push(await this.blob(repository, part.bytes()));
    const { digest } = await putManifest(this.#kept.library, repository, raw, seed);
    this.#manifests.set(repository, (this.#manifests.get(repository) ?? new Set()).add(digest));
    return digests;
  }

  async forget(repository: string, tag: string): Promise<void> {
    const found = await this.#kept.library.manifest(repository, tag, unending);
    if (found === undefined) throw new Error(`there is no ${tag}`);
    await this.#kept.library.deleteManifest(repository, found.digest, unending);
    this.#manifests.get(repository)?.delete(found.digest);
  }

  holding(page: Page): Promise<readonly string[]> {
    return Promise.resolve(pageOf(this.#blobs.keys(), page));
  }

  manifestsOf(repository: string, page: Page): Promise<readonly Digest[]> {
    return Promise.resolve(pageOf(this.#manifests.get(repository) ?? [], page));
  }

  blobsOf(repository: string, page: Page): Promise<readonly Digest[]> {
    return Promise.resolve(pageOf(this.#blobs.get(repository) ?? [], page));
  }
}

function pageOf<Name extends string>(names: Iterable<Name>, { after = '', most }: Page): readonly Name[] {
  return [...names]
    .filter((name) => name > after)
    .sort()
    .slice(0, most);
}

test('takes away what no manifest names, and nothing else', async () => {
  const kept = await keptInFolder();
  const shelf = new Shelf(kept);
  const named = await shelf.image('a', 'one');
  const loose = await shelf.blob('a', sample(5000));
  const elsewhere = await shelf.blob('b', sample(6000));
  await kept.clock.advance(2 * hourMs);
  expect(await collectUnnamed(kept.library, shelf, hourMs, unending)).toBe(2);
  for (const digest of named) expect(await kept.library.blob('a', digest, unending)).toBeDefined();
  expect(await kept.library.blob('a', loose, unending)).toBeUndefined();
  expect(await kept.library.blob('b', elsewhere, unending)).toBeUndefined();
});

test('what only a deleted manifest named goes, what another one names stays', async () => {
  const kept = await keptInFolder();
  const shelf = new Shelf(kept);
  const [one, two] = [await shelf.image('a', 'one'), await shelf.image('a', 'two')];
  await shelf.forget('a', 'one');
  await kept.clock.advance(2 * hourMs);
  await collectUnnamed(kept.library, shelf, hourMs, unending);
  for (const digest of two) expect(await kept.library.blob('a', digest, unending)).toBeDefined();
  const left = one.filter((digest) => !two.includes(digest));
  for (const digest of left) expect(kept.pins.has(digest)).toBe(false);
});

test('leaves alone what somebody brought or asked for of late: its manifest may be on its way', async () => {
  const kept = await keptInFolder();
  const shelf = new Shelf(kept);
  const [brought, asked, old] = [
    await shelf.blob('a', sample(1)),
    await shelf.blob('a', sample(2)),
    await shelf.blob('a', sample(3)),
  ];
  await kept.clock.advance(2 * hourMs);
  await shelf.blob('a', sample(1));
  await kept.library.blob('a', asked, unending);
  expect(await collectUnnamed(kept.library, shelf, hourMs, unending)).toBe(1);
  expect(await kept.library.blob('a', brought, unending)).toBeDefined();
  expect(await kept.library.blob('a', asked, unending)).toBeDefined();
  expect(await kept.library.blob('a', old, unending)).toBeUndefined();
});

test('never takes a blob from a push that goes on meanwhile', async () => {
  const kept = await keptInFolder();
  const shelf = new Shelf(kept);
  for (let round = 0; round < 10; round++) {
    const [digests] = await Promise.all([
      shelf.image('a', `seed${round}`),
      collectUnnamed(kept.library, shelf, hourMs, unending),
    ]);
    await collectUnnamed(kept.library, shelf, hourMs, unending);
    for (const digest of digests) expect(await kept.library.blob('a', digest, unending)).toBeDefined();
    await kept.clock.advance(2 * hourMs);
  }
});
