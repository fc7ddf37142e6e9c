import { readdirSync, readFileSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WindowHost } from '../../../electron/app/window/window.ts';
import { ui } from '../../../electron/shells/cli/commands/ui.ts';
import { Console } from '../../../electron/shells/cli/console.ts';
import { summaryFacts } from '../../../electron/shells/cli/summary.ts';
import { writeRedirectFile } from '../../../electron/shells/web/redirect-file.ts';
import { systemClock } from '../../../electron/engine/kernel/clock.ts';
import { type MemoryParts, memoryParts } from '../../unit/app/window/memory-parts.ts';
import { codeOf, testFolder } from './stage.ts';

interface RunningUi {
  readonly parts: MemoryParts;
  readonly input: PassThrough;
  readonly ended: Promise<unknown>;
  readonly closed: () => boolean;
  readonly stop: () => void;
  readonly err: () => string;
  /** The addresses printed so far, once there are so many. */
  readonly addresses: (count: number) => Promise<readonly string[]>;
}

async function startUi(): Promise<RunningUi> {
  const folder = testFolder();
  await writeFile(join(folder, 'index.html'), '<!doctype html>');
  const parts = await memoryParts({ clock: systemClock });
  const window = new WindowHost(parts);
  const written = { stdout: '', stderr: '' };
  const screen = (name: keyof typeof written) => ({ write: (text: string) => (written[name] += text) });
  const surroundings = { environment: { LANG: 'C' }, stdout: screen('stdout'), stderr: screen('stderr') };
  const console = new Console({ json: false, quiet: false }, surroundings);
  const controller = new AbortController();
  const input = new PassThrough();
  let isClosed = false;
  const around = {
    page: folder,
    input,
    openWindow: () =>
      Promise.resolve({
        window,
        parts,
        close: () => {
          isClosed = true;
          window.close();
          return Promise.resolve();
        },
      }),
  };
  const context = {
    console,
    facts: (ending: Parameters<typeof summaryFacts>[0]) => summaryFacts(ending, undefined, 0, 'ui'),
    signal: controller.signal,
  };
  const ended = ui({ port: 0, open: false, files: [folder] }, context, around);
  onTestFinished(async () => {
    controller.abort();
    await ended;
  });
  const printed = (): readonly string[] => written.stdout.split('\n').filter((line) => line.startsWith('http'));
  return {
    parts,
    input,
    ended,
    closed: () => isClosed,
    stop: () => controller.abort(),
    err: () => written.stderr,
    addresses: async (count) => {
      await expect.poll(() => printed().length).toBe(count);
      return printed();
    },
  };
}

async function exchange(address: string): Promise<number> {
  const { origin } = new URL(address);
  const response = await fetch(`${origin}/api/session`, {
    method: 'POST',
    body: JSON.stringify({ code: codeOf(address) }),
    headers: { 'Content-Type': 'application/json', Origin: origin },
  });
  return response.status;
}

describe('ui', () => {
  test('S-WEB-3: prints an address that works once, and a fresh one on Enter', async () => {
    const { addresses, input } = await startUi();
    const [first = ''] = await addresses(1);
    expect([await exchange(first), await exchange(first)]).toEqual([200, 401]);
    input.write('\n');
    const [, second = ''] = await addresses(2);
    expect(await exchange(second)).toBe(200);
  });

  test.runIf(process.platform === 'linux')('S-WEB-3: the code is in no argument of any process', async () => {
    const { addresses } = await startUi();
    const [address = ''] = await addresses(1);
    const lines = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => {
        try {
          return readFileSync(`/proc/${name}/cmdline`, 'utf8');
        } catch {
          return '';
        }
      });
    expect(lines.join('\n')).not.toContain(codeOf(address));
  });

  test('ends when it is interrupted, and closes all that was behind it', async () => {
    const { addresses, stop, ended, closed } = await startUi();
    const [address = ''] = await addresses(1);
    stop();
    expect(await ended).toMatchObject({ ok: true });
    expect(closed()).toBe(true);
    await expect(exchange(address)).rejects.toThrow();
  });

  test('S-WEB-11: wrong tokens are told of in the window and in the terminal', async () => {
    const { addresses, parts, err } = await startUi();
    const [address = ''] = await addresses(1);
    const wrong = address.replace(/code=.*/, `code=${'x'.repeat(43)}`);
    expect(await exchange(wrong)).toBe(401);
    expect(parts.notices.all).toMatchObject([{ code: 'other', level: 'warning', values: { count: '1' } }]);
    expect(err()).toContain('wrong code or token');
  });
});

test('S-WEB-3: the file that leads a browser there is for this account only, and goes away', async () => {
  const { file, remove } = await writeRedirectFile('http://127.0.0.1:1/#code=x');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await stat(join(file, '..'))).mode & 0o777).toBe(0o700);
  expect(await readFile(file, 'utf8')).toContain('http://127.0.0.1:1/#code=x');
  await remove();
  await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' });
});
