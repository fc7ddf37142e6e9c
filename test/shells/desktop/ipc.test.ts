import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fakeFrame, type FakeFrame, type FakeWebContents } from '../../fakes/electron/web-contents.ts';
import { type Program, startProgram } from './program.ts';

const refused = { ok: false, failure: { kind: 'invalid', side: 'local', message: 'this request was never declared' } };
const about = { name: 'about.get', input: {} };

/** Sends a message as our own page would. */
function send({ electron, window }: Program, channel: string, ...given: readonly unknown[]): Promise<unknown> {
  const sender = window.webContents;
  return electron.ipcMain.receive({ sender, senderFrame: sender.mainFrame }, channel, ...given);
}

/** The program, and how often its back end was asked for anything. */
async function watched(): Promise<{ readonly program: Program; readonly asked: () => number }> {
  const program = await startProgram();
  let count = 0;
  const { about } = program.parts;
  const before = about.about.bind(about);
  Object.assign(about, {
    about: (signal: AbortSignal) => {
      count++;
      return before(signal);
    },
  });
  return { program, asked: () => count };
}

test('S-IPC-2: there are two channels and no more', async () => {
  const { electron } = await startProgram();
  expect([...electron.ipcMain.handlers.keys()].sort()).toEqual(['call', 'feed']);
  expect(electron.ipcMain.eventNames()).toEqual([]);
});

describe('S-IPC-3: only our own page is heard', () => {
  test('at the top of its window', async () => {
    const { program, asked } = await watched();
    expect(await send(program, 'call', about)).toMatchObject({ ok: true });
    expect(asked()).toBe(1);
  });

  const frames: readonly [string, (window: FakeWebContents) => FakeFrame | null][] = [
    ['a frame that is gone', () => null],
    ['an empty address', () => fakeFrame('')],
    ['about:blank', () => fakeFrame('about:blank')],
    ['about:srcdoc', () => fakeFrame('about:srcdoc')],
    ['a frame below our page', ({ mainFrame }) => fakeFrame('app://ferry/', mainFrame)],
    ['another host of the scheme', () => fakeFrame('app://other/')],
    ['a host that begins like ours', () => fakeFrame('app://ferry.evil/')],
    ['a user before our host', () => fakeFrame('app://evil@ferry/')],
    ['our host with a port', () => fakeFrame('app://ferry:80/')],
    ['the web', () => fakeFrame('https://ferry/')],
    ['a file', () => fakeFrame('file:///app://ferry/')],
    ['a blob of ours', () => fakeFrame('blob:app://ferry/1')],
    ['our address without our origin', () => ({ ...fakeFrame('app://ferry/'), origin: 'null' })],
    ['our origin without our address', () => ({ ...fakeFrame('https://evil.example/'), origin: 'app://ferry' })],
    ['a frame that was detached', () => ({ ...fakeFrame('app://ferry/'), detached: true })],
    [
      'a frame that throws at being looked at',
      () =>
        new Proxy(fakeFrame('app://ferry/'), {
          get: () => {
            throw new Error('Render frame was disposed');
          },
        }),
    ],
  ];

  test.each(frames)('and not %s', async (_, frameOf) => {
    const { program, asked } = await watched();
    const sender = program.window.webContents;
    for (const channel of ['call', 'feed'])
      expect(
        await program.electron.ipcMain.receive({ sender, senderFrame: frameOf(sender) }, channel, about),
      ).toMatchObject(refused);
    expect(asked()).toBe(0);
  });

  test('and not a window that is none of ours', async () => {
    const { program, asked } = await watched();
    const { webContents: sender } = new program.electron.BrowserWindow({});
    await sender.loadURL('app://ferry/');
    expect(
      await program.electron.ipcMain.receive({ sender, senderFrame: sender.mainFrame }, 'call', about),
    ).toMatchObject(refused);
    expect(asked()).toBe(0);
  });

  test('and not a window that was closed', async () => {
    const { program, asked } = await watched();
    const { window } = program;
    const frame = fakeFrame('app://ferry/');
    await window.destroy();
    const from = { sender: window.webContents, senderFrame: frame };
    expect(await program.electron.ipcMain.receive(from, 'call', about)).toMatchObject(refused);
    expect(asked()).toBe(0);
  });
});

/** Everything that can be copied into a message, declared or not. */
const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withNullPrototype: true,
  withSparseArray: true,
  maxDepth: 4,
  key: fc.oneof(
    fc.constantFrom(
      'name',
      'input',
      'dropped',
      'stream',
      'add',
      'remove',
      'feed',
      'scope',
      '__proto__',
      'constructor',
      'length',
    ),
    fc.string(),
  ),
});
const word = fc.constantFrom('about.get', 'registries.save', 'jobs.start', 'toString', '__proto__', 'jobs', 'notices');
const nearly = fc.oneof(
  fc.record({ name: fc.oneof(word, anything), input: anything, more: anything }),
  fc.record({ name: fc.string() }),
  fc.record({ dropped: anything, name: word }),
  fc.record({
    dropped: fc.oneof(
      fc.constantFrom('//host/share', '\\\\host\\share', 'relative', '', '/\0'),
      fc.double(),
      fc.array(word),
    ),
  }),
  fc.record({ stream: anything, add: anything, remove: anything }),
  fc.record({ open: fc.constant(true) }),
  fc.record({
    stream: fc.constant('x'),
    add: fc.array(fc.record({ feed: anything, name: word, scope: anything })),
    remove: fc.constant([1]),
  }),
);

describe('S-IPC-2: what was not declared', () => {
  test('20,000 messages reach nothing and break nothing', async () => {
    const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000_007);
    console.log(`SEED=${seed}`);
    const { program, asked } = await watched();
    const isHarmless = async (channel: string, given: readonly unknown[]): Promise<boolean> => {
      const answer = await send(program, channel, ...given);
      return typeof answer === 'object' && answer !== null && 'ok' in answer;
    };
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('call', 'feed'),
        fc.oneof({ weight: 3, arbitrary: fc.tuple(nearly) }, fc.array(anything, { maxLength: 3 })),
        async (channel, given) => {
          expect(await isHarmless(channel, given)).toBe(true);
          return true;
        },
      ),
      { seed, numRuns: 20_000 },
    );
    expect([asked(), program.parts.entries.size, program.parts.jobs.started.length, program.parts.asked]).toEqual([
      0,
      0,
      0,
      [],
    ]);
    // and it still hears
    expect(await send(program, 'call', about)).toMatchObject({ ok: true });
  });

  test.each([
    ['nothing', []],
    ['more than one thing', [about, {}]],
    ['a further member', [{ ...about, more: 1 }]],
    ['no input', [{ name: 'about.get' }]],
    ['a list', [[about]]],
    ['a map', [new Map(Object.entries(about))]],
    ['a date inside', [{ name: 'about.get', input: { at: new Date(0) } }]],
    ['bytes inside', [{ name: 'about.get', input: new Uint8Array(4) }]],
    ['a number that is none', [{ name: 'about.get', input: { at: Number.NaN } }]],
    ['a list with a hole', [{ name: 'about.get', input: Array(3) }]],
    ['a very long name', [{ name: 'x'.repeat(101), input: {} }]],
    ['too much text', [{ name: 'files.read', input: { name: 'x', text: 'x'.repeat(9 * 1024 * 1024) } }]],
    ['too many values', [{ name: 'about.get', input: Array(600_000).fill(0) }]],
  ])('%s is refused', async (_, given) => {
    const { program, asked } = await watched();
    expect(await send(program, 'call', ...given)).toMatchObject(refused);
    expect(asked()).toBe(0);
  });

  test('S-IPC-7: a depth of 100,000 is refused and a ring too', async () => {
    const { program } = await watched();
    const { channels } = await import('../../../electron/shells/desktop/channels.ts');
    let deep: unknown = 0;
    for (let at = 0; at < 100_000; at++) deep = [deep];
    const ring: Record<string, unknown> = {};
    ring['self'] = ring;
    // no copy is made here: the copying itself already refuses such a depth
    expect(channels.call.read([{ name: 'about.get', input: deep }])).toBeUndefined();
    expect(await send(program, 'call', { name: 'about.get', input: ring })).toMatchObject(refused);
  });

  test('an unknown command and an input that is not its own are refused behind it', async () => {
    const { program } = await watched();
    expect(await send(program, 'call', { name: 'no.such', input: {} })).toMatchObject({
      ok: false,
      failure: { kind: 'invalid' },
    });
    expect(await send(program, 'call', { name: 'about.get', input: { more: 1 } })).toMatchObject({
      ok: false,
      failure: { kind: 'invalid' },
    });
  });
});

test('S-IPC-6: a refusal is logged and says no word of what was sent', async () => {
  const program = await startProgram();
  const answer = await send(program, 'call', { name: 'planted-secret', more: 'planted-secret' });
  expect(JSON.stringify([answer, program.logged])).not.toContain('planted-secret');
  expect(program.logged).toContainEqual(['warn', 'a message of the window was refused', { channel: 'call' }]);
});

test('S-IPC-5: a password that goes in comes out nowhere', async () => {
  const program = await startProgram();
  const password = 'planted-desktop-password';
  const draft = { host: 'one.example', plainHttp: true, insecure: false, user: 'robot', remember: 'session', password };
  const answers = [
    await send(program, 'call', { name: 'registries.save', input: draft }),
    await send(program, 'call', { name: 'registries.save', input: { ...draft, more: password } }),
    await send(program, 'call', { name: 'registries.list', input: {} }),
    await send(program, 'call', { name: 'vault.unlock', input: { passphrase: password } }),
  ];
  expect(answers[0]).toMatchObject({ ok: true, value: { user: 'robot', credential: 'session' } });
  expect(JSON.stringify([answers, program.logged])).not.toContain(password);
});

describe('feeds', () => {
  const change = { stream: 'load', add: [{ feed: 'a', name: 'jobs', scope: {} }], remove: [] };

  async function heard(): Promise<{ readonly program: Program; readonly lines: unknown[] }> {
    const program = await startProgram();
    const lines: unknown[] = [];
    program.window.webContents.on('sent', (_, line) => lines.push(line));
    await send(program, 'feed', change);
    return { program, lines };
  }

  test('come under the name of the load and the feed', async () => {
    const { lines } = await heard();
    expect(lines).toMatchObject([{ stream: 'load', feed: 'a', message: { number: 1, isFirst: true } }]);
  });

  test('end when they are removed', async () => {
    const { program } = await heard();
    const before = program.parts.jobs.listeners;
    await send(program, 'feed', { stream: 'load', add: [], remove: ['a'] });
    expect(program.parts.jobs.listeners).toBe(before - 1);
  });

  test('end with the page that opened them', async () => {
    const { program } = await heard();
    const before = program.parts.jobs.listeners;
    await program.window.loadURL('app://ferry/');
    expect(program.parts.jobs.listeners).toBe(before - 1);
    expect(await send(program, 'call', about)).toMatchObject({ ok: true });
  });

  test('end with the window', async () => {
    const { program } = await heard();
    await program.window.destroy();
    expect(program.parts.jobs.listeners).toBe(0);
  });

  test('S-IPC-8: a page that does not answer gets no more until it does', async () => {
    const { program, lines } = await heard();
    const { clock, jobs } = program.parts;
    if (!('advance' in clock) || typeof clock.advance !== 'function') throw new Error('the clock does not stand still');
    program.window.webContents.emit('unresponsive');
    for (let at = 0; at < 20; at++) {
      jobs.heads = [];
      jobs.samples = [{ at, received: at, sent: at }];
      jobs.change();
      await clock.advance(100);
    }
    expect(lines).toHaveLength(1);
    program.window.webContents.emit('responsive');
    await clock.advance(200);
    expect(lines).toHaveLength(2);
  });
});
