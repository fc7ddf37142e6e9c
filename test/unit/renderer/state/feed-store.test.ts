import { expect, test } from 'vitest';
import type { Client, FeedListener } from '../../../../electron/contract/client.ts';
import type { FeedName } from '../../../../electron/contract/feeds.ts';
import { FeedStore, silence } from '../../../../renderer/state/feed-store.ts';

function stage() {
  const opened: { readonly name: string; readonly listener: FeedListener<FeedName>; isOpen: boolean }[] = [];
  const client: Client = {
    call: () => Promise.reject(new Error('no calls here')),
    feed: (name, _, listener) => {
      const one = { name, listener: listener as FeedListener<FeedName>, isOpen: true };
      opened.push(one);
      return {
        close: () => {
          one.isOpen = false;
        },
      };
    },
  };
  return { opened, store: new FeedStore(client) };
}

test('a feed is opened once however many look, and closed by the last to leave', () => {
  const { opened, store } = stage();
  const leave = [store.watch('tasks', {}, () => {}), store.watch('tasks', {}, () => {})];
  expect(opened).toHaveLength(1);
  leave[0]?.();
  expect(opened[0]?.isOpen).toBe(true);
  leave[1]?.();
  expect(opened[0]?.isOpen).toBe(false);
});

test('every onlooker is told of a change and reads the same object until the next', () => {
  const { opened, store } = stage();
  let told = 0;
  store.watch('tasks', {}, () => told++);
  store.watch('tasks', {}, () => told++);
  expect(store.read('tasks', {})).toBe(silence);
  opened[0]?.listener.changed({ tasks: [] });
  expect(told).toBe(2);
  expect(store.read('tasks', {}).snapshot).toEqual({ tasks: [] });
  expect(store.read('tasks', {})).toBe(store.read('tasks', {}));
});

test('feeds of different scopes know nothing of each other', () => {
  const { opened, store } = stage();
  store.watch('image', { job: 1, index: 0 }, () => {});
  store.watch('image', { job: 1, index: 1 }, () => {});
  opened[0]?.listener.changed({ layers: [] });
  expect(store.read('image', { job: 1, index: 1 })).toBe(silence);
});

test('a failure leaves what was heard before standing', () => {
  const { opened, store } = stage();
  store.watch('tasks', {}, () => {});
  opened[0]?.listener.changed({ tasks: [] });
  opened[0]?.listener.failed?.({
    kind: 'internal',
    side: 'local',
    op: '',
    subject: '',
    message: '',
    remedy: '',
    codes: [],
  });
  expect(Object.keys(store.read('tasks', {})).sort()).toEqual(['failure', 'snapshot']);
});
