import { expect, test } from 'vitest';
import type { Client } from '../../../../electron/contract/client.ts';
import type { Failure } from '../../../../electron/contract/errors.ts';
import { Listing } from '../../../../renderer/state/listing.ts';

const failure: Failure = { kind: 'forbidden', side: 'source', op: '', subject: '', message: '', remedy: '', codes: [] };

/** A registry of so many repositories with three tags each, two a page; one repository may refuse. */
function registryOf(repositories: number, refuses?: string) {
  const asked: string[] = [];
  const call = (
    name: string,
    input: { readonly after?: string; readonly most: number; readonly repository?: string },
  ): unknown => {
    asked.push(name);
    const from = input.after === undefined ? 0 : Number(input.after);
    if (name === 'images.repositories') {
      const paths = Array.from({ length: Math.min(input.most, repositories - from) }, (_, at) => ({
        path: `r${from + at}`,
      }));
      const next = from + paths.length;
      return { repositories: paths, listing: 'catalog', ...(next < repositories ? { next: String(next) } : {}) };
    }
    const repository = input.repository ?? '';
    if (repository === refuses) throw new Error('refused');
    const rows = ['a', 'b', 'c'].slice(from, from + 2).map((tag) => ({ repository, tag }));
    return { rows, ...(from === 0 ? { next: '2' } : {}) };
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a client of two commands
  const client = {
    call: async (name: string, input: never) => call(name, input),
    feed: () => ({ close: () => {} }),
  } as unknown as Client;
  return {
    asked,
    listing: new Listing(
      client,
      'id',
      () => {},
      () => failure,
    ),
  };
}

test('lists the tags of every repository, page after page', async () => {
  const { listing } = registryOf(7);
  await listing.start(undefined);
  const { rows, isLoading, repositories } = listing.read();
  expect(rows).toHaveLength(21);
  expect([isLoading, repositories]).toEqual([false, { done: 7, known: 7, hasMore: false }]);
});

test('stops after fifty repositories until more are asked for', async () => {
  const { listing } = registryOf(60);
  await listing.start(undefined);
  expect([listing.read().rows.length, listing.read().repositories.hasMore]).toEqual([150, true]);
  await listing.more();
  expect([listing.read().rows.length, listing.read().repositories.hasMore]).toEqual([180, false]);
});

test('one repository is listed without asking for others', async () => {
  const { listing, asked } = registryOf(60);
  await listing.start('r3');
  expect(listing.read().rows.map(({ key }) => key)).toEqual(['r3:a', 'r3:b', 'r3:c']);
  expect(asked).not.toContain('images.repositories');
});

test('a repository that refuses takes nothing from the others', async () => {
  const { listing } = registryOf(3, 'r1');
  await listing.start(undefined);
  expect(listing.read().rows).toHaveLength(6);
  expect(listing.read().failure).toBe(failure);
});
