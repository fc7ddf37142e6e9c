import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { checkIds } from '../../../electron/contract/self-test.ts';
import { readSelfTest } from '../../../electron/shells/desktop/arguments.ts';
import { readEntry, testFolder } from './program.ts';

/** Runs the program with these arguments to its end; gives what it printed and with which status it ended. */
async function run(given: readonly string[], before?: Parameters<typeof readEntry>[0]) {
  const data = testFolder();
  const printed: string[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  try {
    const program = await readEntry({ ...before, given });
    vi.stubEnv('IMAGE_FERRY_DATA', data);
    await program.electron.app.start();
    await expect.poll(() => program.asked('exit'), { timeout: 30_000 }).toHaveLength(1);
    return { ...program, data, printed: printed.join(''), status: program.asked('exit')[0]?.[0] };
  } finally {
    write.mockRestore();
  }
}

describe('--self-test of the desktop', () => {
  test('looks at everything without a window, a back end or the lock, and ends with 0', async () => {
    const { electron, shells, asked, printed, status, data } = await run(['--self-test', '--json']);
    expect([status, electron.BrowserWindow.getAllWindows(), shells]).toEqual([0, [], []]);
    expect(asked('requestSingleInstanceLock')).toEqual([]);
    const result: Record<string, unknown> = JSON.parse(printed);
    expect(result).toMatchObject({ event: 'summary', ok: true, checks: checkIds.map((id) => ({ id })) });
    expect(JSON.parse(readFileSync(join(data, 'logs', 'self-test.json'), 'utf8'))).toEqual(result);
  });

  test('prints a table where no JSON is asked for', async () => {
    const { printed } = await run(['--self-test']);
    expect(printed).toMatch(/^ok {2}zstd: /m);
  });

  test('tries the key store, and warns where there is none that protects', async () => {
    const good = await run(['--self-test', '--json'], { before: ({ control }) => (control.keys.backend = 'kwallet6') });
    const bad = await run(['--self-test', '--json'], { before: ({ control }) => (control.keys.isAvailable = false) });
    const vaultOf = (text: string): unknown =>
      JSON.parse(text).checks.find(({ id }: { readonly id: string }) => id === 'vault');
    expect(vaultOf(good.printed)).toMatchObject({ code: 'vault-works', values: { keeper: 'kwallet6' } });
    expect(vaultOf(bad.printed)).toMatchObject({ code: 'vault-none', state: 'warning' });
    expect(bad.status).toBe(0);
  });

  test('reads the fuses of the packaged program, and fails where there are none', async () => {
    const { printed, status } = await run(['--self-test', '--json'], {
      before: ({ control }) => (control.isPackaged = true),
    });
    expect([status, JSON.parse(printed).ok]).toEqual([1, false]);
    expect(printed).toContain('fuses-unreadable');
  });

  test('refuses anything beside it with status 2', async () => {
    const { asked, shells } = await readEntry({ given: ['--self-test', '/etc/passwd'] });
    expect([asked('exit'), shells]).toEqual([[[2]], []]);
  });
});

test('what asks for a self-test', () => {
  expect(readSelfTest([])).toBeUndefined();
  expect(readSelfTest(['/a.yaml'])).toBeUndefined();
  expect(readSelfTest(['--self-test'])).toEqual({ json: false });
  expect(readSelfTest(['--json', '--self-test'])).toEqual({ json: true });
  expect(readSelfTest(['--self-test', '--output=x'])).toBe('wrong');
});
