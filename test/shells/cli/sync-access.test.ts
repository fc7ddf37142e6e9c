import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { allPrinted, ferry, folder } from './ferry.ts';
import { fileWith, openDock } from './stage.ts';
import { findingsOf, openShelf, syncImages, tagsAt } from './sync-stage.ts';

const password = 'S3cret-of-the-clerk/+%';
const env = { CLERK: 'clerk', CLERK_PASSWORD: password };

async function openLocked() {
  return openDock({ access: { basic: { clerk: password } } });
}

afterEach(() => {
  const basic = Buffer.from(`clerk:${password}`).toString('base64');
  for (const secret of [password, basic, encodeURIComponent(password)]) expect(allPrinted()).not.toContain(secret);
});

describe('the auth file of sync', () => {
  test('may hold variables as whole values, in YAML and in JSON', async () => {
    const source = await openShelf({ 'a/b': ['1'] });
    for (const form of ['.yaml', '.json']) {
      const locked = await openLocked();
      const auths = { [`${locked.host}/x`]: { username: '$CLERK', password: `\${CLERK_PASSWORD}` } };
      const auth = await fileWith(JSON.stringify(auths), form);
      const end = await syncImages(`${source.host}/a/b: ${locked.host}/x/b`, ['--auth', auth], { env });
      expect(end).toMatchObject({ status: 0, stderr: '', summary: { images: { copied: 1 } } });
    }
  });

  test('is warned of when a key matches no rule, with what may be meant', async () => {
    const [source, locked] = [await openShelf({ 'a/b': ['1'] }), await openLocked()];
    const auth = await fileWith(
      `${locked.host}: { username: clerk, password: "$CLERK_PASSWORD" }\nqauy.io: { username: u, password: p }\n`,
      '.yaml',
    );
    const end = await syncImages(`${source.host}/a/b: ${locked.host}/x/b`, ['--auth', auth], { env });
    expect(end.status).toBe(0);
    expect(findingsOf(end)).toEqual(['unused-credential']);
    const file = await fileWith(`${source.host}/a/b: ${locked.host}/x/b`, '.yaml');
    const told = await ferry(['sync', '--images', file, '--auth', auth], { env });
    expect(told.stderr).toMatch(/^warning: the credential for qauy\.io matches no rule\. Check its spelling/m);
  });

  test('may mark a host insecure, which is told in one line', async () => {
    const [source, mirror] = [await openShelf({ 'a/b': ['1'] }), await openDock()];
    const auth = await fileWith(`${mirror.host}: { username: u, password: p, insecure: true }`, '.yaml');
    const file = await fileWith(`${source.host}/a/b: ${mirror.host}/x/b`, '.yaml');
    const end = await ferry(['sync', '--images', file, '--auth', auth]);
    expect(end.status).toBe(0);
    expect(end.stderr.split('\n').filter((line) => line.includes('insecure'))).toEqual([
      `warning: the auth file marks ${mirror.host} insecure: its certificate is not checked, and plain http is used if it speaks no TLS`,
    ]);
  });

  test('that is wrong fails what needs it, and only that', async () => {
    const [source, locked, mirror] = [await openShelf({ 'a/b': ['1'] }), await openLocked(), await openDock()];
    const auth = await fileWith(`${locked.host}: { username: clerk, password: another }`, '.yaml');
    const end = await syncImages(`${source.host}/a/b: ["${locked.host}/x/b", "${mirror.host}/x/b"]`, ['--auth', auth]);
    expect(end).toMatchObject({ status: 1, summary: { images: { copied: 1, failed: 1 } } });
    expect(end.summary.failures).toMatchObject([{ kind: 'unauthorized', destination: `${locked.host}/x/b:1` }]);
    expect(Object.keys(await tagsAt(mirror))).toEqual(['x/b:1']);
  });
});

describe('sync --log', () => {
  test.each([[[]], [['--json']], [['--quiet']]])(
    'with %j adds every line to what is there, for its owner alone, without a secret',
    async (how: readonly string[]) => {
      const [source, locked] = [await openShelf({ 'a/b': ['1'] }), await openLocked()];
      const log = join(folder, `sync${how.join('')}.log`);
      const rules = `${source.host}/a/b:1,2: ${locked.host}/x/b\n${source.host}/a/b:1: ""`;
      const auth = await fileWith(`${locked.host}: { username: clerk, password: "$CLERK_PASSWORD" }`, '.yaml');
      const args = ['sync', '--images', await fileWith(rules, '.yaml'), '--auth', auth, '--log', log, ...how];
      const end = await ferry(args, { env });
      expect(end.status).toBe(1);
      const first = await readFile(log, 'utf8');
      expect(first).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z copied \S+\/a\/b:1 → \S+\/x\/b:1/m);
      expect(first).toMatch(/Z \S+\/a\/b:2 → \S+\/x\/b:2: source .*\n.+Z {3}remedy: /);
      expect(first).toMatch(/line 2: the rule has an empty destination/);
      expect(first.match(/images: 1 copied, 2 failed/g)).toHaveLength(1);
      expect(first).not.toContain(password);
      expect((await stat(log)).mode & 0o777).toBe(0o600);
      await ferry(args, { env });
      const both = await readFile(log, 'utf8');
      expect(both.startsWith(first)).toBe(true);
      expect(both.length).toBeGreaterThan(first.length);
    },
  );

  test('holds why nothing was tried, and is itself refused where it cannot be written', async () => {
    const log = join(folder, 'refused.log');
    expect((await syncImages('- none', ['--log', log])).status).toBe(2);
    expect(await readFile(log, 'utf8')).toMatch(/Z the images file .* cannot be used: file is not a map/);
    const end = await syncImages('127.0.0.1:9/a/b: 127.0.0.1:9/x/b', ['--log', join(folder, 'none', 'a.log')]);
    expect(end).toMatchObject({ status: 2, summary: { failures: [{ kind: 'invalid' }] } });
  });
});
