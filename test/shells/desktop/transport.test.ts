import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FerryBridge } from '../../../renderer/transport/bridge-client.ts';
import { type Program, type StartOptions, startProgram, testFolder } from './program.ts';

/** What the preload gives, and a file that was opened from outside. */
type Bridge = FerryBridge & { readonly opened: (heard: (file: object) => void) => void };

function isBridge(value: unknown): value is Bridge {
  return typeof value === 'object' && value !== null && 'call' in value && 'feed' in value && 'opened' in value;
}

/** The program with its own preload, joined as a window joins them. */
async function withPreload(options?: StartOptions): Promise<{ readonly program: Program; readonly bridge: Bridge }> {
  const program = await startProgram(options);
  const { electron, window } = program;
  window.webContents.on('sent', (channel: string, line: unknown) => electron.ipcRenderer.emit(channel, {}, line));
  await import('../../../electron/preload.ts');
  const bridge = electron.exposed['ferry'];
  if (!isBridge(bridge)) throw new Error('the preload gave something else');
  return { program, bridge };
}

test('S-IPC-1: the page gets four named functions and nothing else', async () => {
  const { program, bridge } = await withPreload();
  expect(program.asked('exposeInMainWorld')).toEqual([['ferry']]);
  expect(Object.entries(bridge).map(([name, value]) => [name, typeof value])).toEqual([
    ['call', 'function'],
    ['feed', 'function'],
    ['handleOf', 'function'],
    ['opened', 'function'],
  ]);
});

test('the page makes a client of it that walks the whole contract', async () => {
  const { systemClock } = await import('../../../electron/engine/kernel/clock.ts');
  const { program, bridge } = await withPreload({ clock: systemClock });
  const { BridgeClient } = await import('../../../renderer/transport/bridge-client.ts');
  const { walkContract } = await import('../web/contract-walk.ts');
  await walkContract({ client: new BridgeClient(bridge), parts: program.parts });
  expect(program.logged.filter(([level]) => level !== 'info')).toEqual([]);
});

test('the page cannot ask for a handle by a path, only the preload for a file that was dropped', async () => {
  const { program, bridge } = await withPreload();
  const file = join(testFolder(), 'list.txt');
  await writeFile(file, 'nginx:1');
  program.electron.droppedPaths.set('list.txt', file);
  expect(await bridge.handleOf?.({ name: 'list.txt' })).toEqual({ handle: expect.any(String), name: 'list.txt' });
  expect(await bridge.handleOf?.({ name: 'made by the page' })).toBeUndefined();
  await expect(Promise.resolve(bridge.handleOf?.(file))).rejects.toThrow('not a file');
  for (const name of ['dropped', file, '__proto__'])
    expect(await bridge.call(name, { dropped: file })).toMatchObject({ ok: false });
});

describe('a feed of the page', () => {
  test('hears no more once it was closed, and nothing of the load before', async () => {
    const { program, bridge } = await withPreload();
    const heard: unknown[] = [];
    const close = bridge.feed('jobs', {}, (event) => heard.push(event));
    await expect.poll(() => heard.length).toBe(1);
    program.electron.ipcRenderer.emit('feed', {}, { stream: 'another load', feed: 'f1', message: {} });
    close();
    close();
    program.electron.ipcRenderer.emit('feed', {}, { feed: 'f1', message: {} });
    program.parts.jobs.change();
    expect(heard).toHaveLength(1);
  });

  test('that cannot be heard of ends with a failure', async () => {
    const { bridge } = await withPreload();
    const heard: unknown[] = [];
    bridge.feed('no-such-feed', {}, (event) => heard.push(event));
    await expect.poll(() => heard).toMatchObject([{ failure: { kind: 'invalid' } }]);
  });
});

test('a file that was opened before the page was there is not lost', async () => {
  const { program, bridge } = await withPreload();
  const file = { handle: 'x', name: 'list.txt' };
  program.electron.ipcRenderer.emit('feed', {}, { opened: file });
  const heard: object[] = [];
  bridge.opened((opened) => heard.push(opened));
  program.electron.ipcRenderer.emit('feed', {}, { opened: { ...file, handle: 'y' } });
  expect(heard).toEqual([file, { ...file, handle: 'y' }]);
});
