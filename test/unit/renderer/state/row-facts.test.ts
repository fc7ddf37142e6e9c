import { expect, test } from 'vitest';
import type { Client } from '../../../../electron/contract/client.ts';
import type { ImageName } from '../../../../electron/contract/images.ts';
import type { ListedImage } from '../../../../renderer/state/image-rows.ts';
import { RowFacts } from '../../../../renderer/state/row-facts.ts';

const rows: readonly ListedImage[] = Array.from({ length: 120 }, (_, index) => ({
  repository: 'a',
  tag: `t${index}`,
  key: `a:t${index}`,
}));
const first = rows[0] ?? { repository: '', tag: '', key: '' };

function stage() {
  const asked: { readonly name: string; readonly count: number; readonly to?: string }[] = [];
  const call = (
    name: string,
    input: { readonly images: readonly ImageName[]; readonly destination?: { readonly registry: string } },
  ): unknown => {
    asked.push({
      name,
      count: input.images.length,
      ...(input.destination === undefined ? {} : { to: input.destination.registry }),
    });
    if (name === 'images.details')
      return { rows: input.images.map(({ repository, tag }) => ({ repository, tag, sizeBytes: 7 })) };
    if (input.destination?.registry === 'dead') throw new Error('no answer');
    return { states: input.images.map(() => (input.destination?.registry === 'x' ? 'new' : 'same')), references: [] };
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a client of two commands
  const client = {
    call: async (name: string, input: never) => call(name, input),
    feed: () => ({ close: () => {} }),
  } as unknown as Client;
  return { asked, facts: new RowFacts(client, 'source', () => {}) };
}

test('asks for details in batches of fifty and for each row once', async () => {
  const { asked, facts } = stage();
  await facts.look(rows);
  await facts.look(rows);
  expect(asked).toEqual([50, 50, 20].map((count) => ({ name: 'images.details', count })));
  expect(facts.of(first).sizeBytes).toBe(7);
});

test('a row is the same object until more is learned of it', async () => {
  const { facts } = stage();
  expect(facts.of(first)).toBe(first);
  await facts.look(rows);
  expect(facts.of(first)).toBe(facts.of(first));
});

test('a state is shown once all destinations have answered, and goes with the destination', async () => {
  const { facts } = stage();
  facts.aim([
    { registry: 'x', template: 't' },
    { registry: 'y', template: 't' },
  ]);
  await facts.look([first]);
  expect(facts.of(first).state).toBe('some');
  facts.aim([{ registry: 'x', template: 't' }]);
  expect(facts.of(first).state).toBe('new');
  facts.aim([]);
  expect(facts.of(first).state).toBeUndefined();
});

test('another template is another question', async () => {
  const { asked, facts } = stage();
  facts.aim([{ registry: 'x', template: 't' }]);
  await facts.look([first]);
  facts.aim([{ registry: 'x', template: 'u' }]);
  await facts.look([first]);
  expect(asked.filter(({ name }) => name === 'images.compare')).toHaveLength(2);
});

test('a destination that does not answer leaves rows unknown', async () => {
  const { facts } = stage();
  facts.aim([{ registry: 'dead', template: 't' }]);
  await facts.look([first]);
  expect(facts.of(first).state).toBe('unknown');
});

test('after a copy the states are asked again, the details are not', async () => {
  const { asked, facts } = stage();
  facts.aim([{ registry: 'x', template: 't' }]);
  await facts.look([first]);
  facts.doubtStates();
  expect(facts.of(first).state).toBe('new');
  await facts.look([first]);
  expect(asked.map(({ name }) => name)).toEqual(['images.details', 'images.compare', 'images.compare']);
});
