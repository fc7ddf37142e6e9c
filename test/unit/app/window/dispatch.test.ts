import { describe, expect, test } from 'vitest';
import { draft, never, scene } from './scene.ts';

/** Commands that take nothing; that the others refuse unknown fields too is shown of their schemas. */
const withoutInput = [
  'registries.list',
  'jobs.unfinished',
  'settings.get',
  'vault.state',
  'cache.status',
  'about.get',
] as const;

describe('dispatch', () => {
  test.each(withoutInput)('S-IPC-2: %s refuses a field that it does not know', async (name) => {
    const { call, failure } = await scene();
    await call(name, {});
    expect(await failure(name, { unheardOf: 1 })).toMatchObject({ kind: 'invalid', side: 'local' });
  });

  test('S-IPC-2: a name from the prototype is no command', async () => {
    const { failure } = await scene();
    for (const name of ['constructor', '__proto__', 'toString', 'registries.destroy', ''])
      expect((await failure(name, {})).kind).toBe('invalid');
  });

  test('S-IPC-4: an input nested very deep is refused', async () => {
    const { failure } = await scene();
    const deep: unknown = JSON.parse(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`);
    expect((await failure('registries.save', deep)).kind).toBe('invalid');
  });

  test('S-IPC-6: a failure repeats nothing of a refused input', async () => {
    const { failure } = await scene();
    const told = await failure('registries.save', { ...draft, host: 'h', password: { planted: 'planted-password' } });
    expect(JSON.stringify(told)).not.toContain('planted-password');
  });

  test('S-IPC-6: a failure names no path of this machine, no stack and no secret', async () => {
    const { parts, failure } = await scene();
    const thrown = new Error(
      "ENOENT: no such file, open '/home/operator/.docker/config.json' with Bearer abcdefghijklmnop",
    );
    Object.assign(parts, { about: { about: () => Promise.reject(thrown), diagnostics: () => Promise.reject(thrown) } });
    const told = JSON.stringify(await failure('about.get', {}));
    expect(told).not.toMatch(/\/home|operator|abcdefghijklmnop|at .*\.ts/);
  });

  test('a call of a session that has ended is cancelled', async () => {
    const { parts, session } = await scene();
    let reason: unknown;
    Object.assign(parts.about, {
      about: (signal: AbortSignal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            reason = signal.reason;
            reject(signal.reason);
          });
        }),
    });
    const asked = session.call('about.get', {}, never);
    session.close();
    expect(await asked).toMatchObject({ ok: false, failure: { kind: 'cancelled' } });
    expect(reason).toBeDefined();
  });
});
