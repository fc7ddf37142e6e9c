import { afterEach, describe, expect, test } from 'vitest';
import type { RegistryEntry } from '../../../../electron/engine/ports/registry-book.ts';
import type { Setting } from '../../../../electron/engine/ports/settings-book.ts';
import { Stores } from './stores.ts';

const stores = new Stores();
afterEach(() => stores.clean());

const entryOf = (id: string, more: Partial<RegistryEntry> = {}): RegistryEntry => ({
  id,
  host: `${id}.example`,
  displayName: id.toUpperCase(),
  plainHttp: false,
  insecure: false,
  namespaces: [],
  ...more,
});

describe('settings', () => {
  const theme: Setting<string> = {
    name: 'theme',
    fallback: 'system',
    read: (kept) => (kept === 'dark' || kept === 'light' ? kept : undefined),
  };

  test('hold their fallback until they are set, and again after a reset', async () => {
    const folder = await stores.folder();
    const store = await stores.open({ folder });
    expect(await store.settings.get(theme)).toBe('system');
    await store.settings.set(theme, 'dark');
    await store.close();
    const again = await stores.open({ folder });
    expect(await again.settings.get(theme)).toBe('dark');
    await again.settings.reset(theme);
    expect(await again.settings.get(theme)).toBe('system');
  });

  test('hold their fallback when what was kept is not understood', async () => {
    const store = await stores.open();
    await store.settings.set(theme, 'of another version');
    expect(await store.settings.get(theme)).toBe('system');
  });
});

describe('registries', () => {
  test('come back as they were put, in the order they were put', async () => {
    const store = await stores.open();
    const ca = '-----BEGIN CERTIFICATE-----\nMIIB+/=\n-----END CERTIFICATE-----\n';
    const full = entryOf('b', {
      plainHttp: true,
      insecure: true,
      ca,
      user: 'robot$ferry',
      namespaces: ['team', 'library'],
    });
    await store.registries.put(full);
    await store.registries.put(entryOf('a'));
    expect(await store.registries.list()).toEqual([full, entryOf('a')]);
  });

  test('keep their place when they are changed, and lose what was taken away', async () => {
    const store = await stores.open();
    for (const id of ['a', 'b']) await store.registries.put(entryOf(id, { user: 'me' }));
    await store.registries.put(entryOf('a', { displayName: 'other' }));
    expect(await store.registries.list()).toEqual([
      entryOf('a', { displayName: 'other' }),
      entryOf('b', { user: 'me' }),
    ]);
  });

  test('can be arranged and removed', async () => {
    const store = await stores.open();
    for (const id of ['a', 'b', 'c', 'd']) await store.registries.put(entryOf(id));
    await store.registries.arrange(['c', 'a']);
    expect((await store.registries.list()).map(({ id }) => id)).toEqual(['c', 'a', 'b', 'd']);
    expect(await store.registries.remove('a')).toBe(true);
    expect(await store.registries.remove('a')).toBe(false);
    expect((await store.registries.list()).map(({ id }) => id)).toEqual(['c', 'b', 'd']);
  });
});

describe('token servers', () => {
  test('the first one stays pinned until a person approves another', async () => {
    const store = await stores.open();
    expect(await store.realms.pinned('a.example')).toBeUndefined();
    expect(await store.realms.pin('a.example', 'https://auth.example')).toBe('https://auth.example');
    expect(await store.realms.pin('a.example', 'https://evil.example')).toBe('https://auth.example');
    await store.realms.approve('a.example', 'https://new.example');
    expect(await store.realms.pinned('a.example')).toBe('https://new.example');
    await store.realms.forget('a.example');
    expect(await store.realms.pinned('a.example')).toBeUndefined();
  });
});
