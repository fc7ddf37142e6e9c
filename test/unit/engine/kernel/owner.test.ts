import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { own, type Ownership } from '../../../../electron/engine/kernel/owner.ts';
import { type ProcessIdentity, thisProcess } from '../../../../electron/engine/kernel/process-identity.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferry-owner-'));
});
afterEach(() => rm(folder, { recursive: true }));

const self = thisProcess();

async function release(ownership: Ownership): Promise<void> {
  if (ownership.isOurs) await ownership.release();
}

/** An owner that never let go. */
async function leftBy(identity: ProcessIdentity): Promise<void> {
  expect((await own(folder, identity)).isOurs).toBe(true);
}

describe('a data folder', () => {
  test('belongs to the first who asks, and the second hears to whom', async () => {
    const first = await own(folder);
    expect(first.isOurs).toBe(true);
    expect(await own(folder)).toEqual({
      isOurs: false,
      owner: { ...self, user: userInfo().username },
      file: join(folder, 'owner'),
    });
  });

  test('is free again once it was released, and nothing is left in it', async () => {
    await release(await own(folder));
    expect(await readdir(folder)).toEqual([]);
    expect((await own(folder)).isOurs).toBe(true);
  });

  test('is not released twice, when another has it meanwhile', async () => {
    const first = await own(folder);
    await release(first);
    await own(folder);
    await release(first);
    expect((await own(folder)).isOurs).toBe(false);
  });

  test('cannot be owned where nothing can be written', async () => {
    await expect(own(join(folder, 'missing'))).rejects.toMatchObject({ kind: 'disk', side: 'local' });
  });
});

describe('an owner that has ended', () => {
  test.each([
    ['of another start of the machine', { bootId: 'before' }],
    ['whose number another process has now', { startedAt: '1' }],
    ['whose number nobody has', { pid: 2 ** 22 + 1 }],
  ])('is succeeded: one %s', async (_, change) => {
    await leftBy({ ...self, ...change });
    const ours = await own(folder);
    expect(ours.isOurs).toBe(true);
    expect(await readdir(folder)).toEqual(['owner']);
    await release(ours);
    expect(await readdir(folder)).toEqual([]);
  });

  test('is succeeded after it was killed, and not before', async () => {
    const script = `import(process.argv[1]).then(({ own }) => own(process.argv[2])).then(() => console.log('owned'));
      setInterval(() => undefined, 1000)`;
    const module = new URL('../../../../electron/engine/kernel/owner.ts', import.meta.url).href;
    const child = spawn(process.execPath, ['-e', script, module, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    expect(await own(folder)).toMatchObject({ isOurs: false, owner: { pid: child.pid } });
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    expect((await own(folder)).isOurs).toBe(true);
  });

  test('is succeeded even when its own successor ended halfway', async () => {
    await leftBy({ ...self, bootId: 'before' });
    const text = await readFile(join(folder, 'owner'), 'utf8');
    const { id } = JSON.parse(text);
    await writeFile(join(folder, `owner.after-${id}`), text.replace(id, 'halfway'));
    expect((await own(folder)).isOurs).toBe(true);
    expect(await readdir(folder)).toEqual(['owner']);
  });

  test('is succeeded when its file holds nothing, as after a power loss', async () => {
    await writeFile(join(folder, 'owner'), '');
    expect((await own(folder)).isOurs).toBe(true);
  });

  test('of another machine is not, for nobody here can tell', async () => {
    await leftBy({ ...self, machine: 'jump-3', bootId: 'theirs' });
    expect(await own(folder)).toMatchObject({ isOurs: false, owner: { machine: 'jump-3' } });
  });
});

test('of many that try at once exactly one wins, 100 times over', async () => {
  for (let round = 0; round < 100; round++) {
    if (round % 2 === 0) await leftBy({ ...self, bootId: 'before' });
    const all = await Promise.all(Array.from({ length: 12 }, () => own(folder)));
    expect(all.filter(({ isOurs }) => isOurs)).toHaveLength(1);
    for (const one of all) await release(one);
    expect(await readdir(folder)).toEqual([]);
  }
});
