import { expect, test } from 'vitest';
import { ContractError } from '../../../../electron/contract/client.ts';
import type { Failure } from '../../../../electron/contract/errors.ts';
import { BridgeClient, type BridgeEvent } from '../../../../renderer/transport/bridge-client.ts';

const failure: Failure = { kind: 'disk', side: 'local', op: 'x', subject: 's', message: 'm', remedy: '', codes: [] };
const first = { number: 1, isFirst: true, isLast: true, set: {}, unset: [], lists: { tasks: { length: 0, rows: [] } } };

function stage() {
  const opened: { heard: (event: BridgeEvent) => void; isOpen: boolean }[] = [];
  const client = new BridgeClient({
    call: async (name) => (name === 'vault.lock' ? { ok: false, failure } : { ok: true, value: { name } }),
    feed: (_, __, heard) => {
      const one = { heard, isOpen: true };
      opened.push(one);
      return () => {
        one.isOpen = false;
      };
    },
  });
  return { client, opened };
}

test('a refused call rejects with its failure', async () => {
  const { client } = stage();
  await expect(client.call('vault.lock', {})).rejects.toThrow(ContractError);
  await expect(client.call('vault.lock', {})).rejects.toMatchObject({ failure });
});

test('after a hole the feed is opened again and the old one closed', () => {
  const { client, opened } = stage();
  let shown = 0;
  client.feed('tasks', {}, { changed: () => shown++ });
  opened[0]?.heard({ message: first });
  opened[0]?.heard({ message: { ...first, number: 7, isFirst: false } });
  expect(opened.map(({ isOpen }) => isOpen)).toEqual([false, true]);
  opened[1]?.heard({ message: first });
  expect(shown).toBe(2);
});

test('a closed feed is heard no more', () => {
  const { client, opened } = stage();
  let shown = 0;
  client.feed('tasks', {}, { changed: () => shown++ }).close();
  opened[0]?.heard({ message: first });
  expect([shown, opened[0]?.isOpen]).toEqual([0, false]);
});

test('a feed that failed says so', () => {
  const { client, opened } = stage();
  const heard: Failure[] = [];
  client.feed('tasks', {}, { changed: () => {}, failed: (one) => heard.push(one) });
  opened[0]?.heard({ failure });
  expect(heard).toEqual([failure]);
});
