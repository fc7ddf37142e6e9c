import { describe, expect, test } from 'vitest';
import { draft, registry, scene } from './scene.ts';

describe('registries', () => {
  test('S-IPC-5: a password goes in and never comes out', async () => {
    const { parts, call } = await scene();
    const given = {
      ...draft,
      host: 'Harbor.Example',
      user: 'robot',
      password: 'planted-password',
      remember: 'stored',
    } as const;
    const saved = await call('registries.save', given);
    expect(saved).toMatchObject({ host: 'harbor.example', user: 'robot', credential: 'stored' });
    expect(parts.secrets.get('harbor.example')?.credential).toMatchObject({ password: 'planted-password' });
    const all = [
      saved,
      await call('registries.list', {}),
      await call('settings.get', {}),
      await call('vault.state', {}),
    ];
    expect(JSON.stringify(all)).not.toContain('planted-password');
  });

  test('S-CRED-1: a credential does not go along when the host of a registry is changed', async () => {
    const { parts, call } = await scene();
    const given = { ...draft, host: 'one.example', user: 'robot', password: 'secret', remember: 'stored' } as const;
    const { id } = await call('registries.save', given);
    const { password: _, ...kept } = given;
    const moved = await call('registries.save', { ...kept, id, host: 'two.example' });
    expect(moved.credential).toBe('none');
    expect([...parts.secrets.keys()]).toEqual([]);
  });

  test('a credential stays when only the name is changed', async () => {
    const { call } = await scene();
    const given = { ...draft, host: 'one.example', user: 'robot', password: 'secret', remember: 'session' } as const;
    const { id } = await call('registries.save', given);
    const { password: _, ...kept } = given;
    expect(await call('registries.save', { ...kept, id, name: 'One' })).toMatchObject({
      name: 'One',
      credential: 'session',
    });
  });

  test('S-IPC-9: certificates are not unchecked without a yes', async () => {
    const { parts, failure } = await scene();
    parts.answer = false;
    const told = await failure('registries.save', { ...draft, host: 'one.example', insecure: true });
    expect(told.kind).toBe('cancelled');
    expect(parts.asked).toEqual(['skip-certificate-checks']);
    expect(parts.entries.size).toBe(0);
  });

  test('a registry that is removed leaves no credential behind', async () => {
    const { parts, call } = await scene();
    const given = { ...draft, host: 'one.example', user: 'robot', password: 'secret', remember: 'stored' } as const;
    const { id } = await call('registries.save', given);
    await call('registries.remove', { id });
    expect(await call('registries.list', {})).toEqual([]);
    expect(parts.secrets.size).toBe(0);
  });

  test('a docker config.json is imported without saying its passwords', async () => {
    const { parts, call } = await scene();
    const text = JSON.stringify({ auths: { 'one.example': {}, 'two.example': {} } });
    const result = await call('registries.importDocker', { text });
    expect(result.found).toEqual([
      { host: 'one.example', user: 'robot', imported: true },
      { host: 'two.example', user: 'robot', imported: true },
    ]);
    expect(parts.entries.size).toBe(2);
    expect(JSON.stringify(result)).not.toContain('planted-docker-secret');
  });

  test('a test of a registry names each step', async () => {
    const { call } = await scene();
    const { host } = await registry('1');
    const { id } = await call('registries.save', { ...draft, host });
    const { steps } = await call('registries.test', { id });
    expect(Object.fromEntries(steps.map(({ step, outcome }) => [step, outcome]))).toEqual({
      reach: 'ok',
      tls: 'skipped',
      'sign-in': 'skipped',
      catalog: 'ok',
      pull: 'ok',
      push: 'unknown',
    });
  });

  test('a test of a host that is not there fails at the first step and skips the others', async () => {
    const { parts, call } = await scene();
    const gone = await registry();
    await gone.close();
    const { steps } = await call('registries.test', { draft: { ...draft, host: gone.host } });
    expect(steps.map(({ outcome }) => outcome)).toEqual(['failed', ...Array.from({ length: 5 }, () => 'skipped')]);
    expect(parts.opened.map(({ kind }) => kind)).toEqual(['draft']);
    // what is tried is neither source nor destination
    expect(steps[0]?.failure).toMatchObject({ side: 'registry', message: expect.stringMatching(/^registry /) });
  });
});
