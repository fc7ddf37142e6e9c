import { mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe as suite, expect, test } from 'vitest';
import { type Disk, errnoOf } from '../../../../electron/engine/kernel/disk.ts';
import { FolderDisk, realDisk, writeWhole } from '../../../../electron/engine/kernel/durable-disk.ts';
import { patientDisk } from '../../../../electron/engine/kernel/durable-patience.ts';
import { FakeClock } from '../../../fakes/clock.ts';
import { type DiskFault, FaultyDisk } from '../../../fakes/faulty-disk.ts';
import { errorOf } from '../../error-of.ts';
import { inTime, sample, temporaryFolder, unending } from '../cache/caches.ts';

suite('the disk of this machine', () => {
  test('writes many pieces at an offset and reads them back', async () => {
    const disk = realDisk(await temporaryFolder(), new FakeClock());
    const file = await disk.open('a', 'create', unending);
    const pieces = Array.from({ length: 3000 }, (_, number) => sample(number % 7, number));
    await file.write(pieces, 5);
    await file.sync();
    const into = Buffer.alloc(20_000);
    const length = await file.read(into, 5);
    expect(into.subarray(0, length)).toEqual(Buffer.concat(pieces));
    expect(await file.read(into, 1_000_000)).toBe(0);
    await file.close();
  });

  test('offers again what the system did not take of a write', async () => {
    const written = Buffer.alloc(1000);
    const taking = async (pieces: readonly Uint8Array[], at: number) => ({
      bytesWritten: Buffer.concat(pieces).copy(written, at, 0, 37),
    });
    const pieces = Array.from({ length: 60 }, (_, number) => sample(number % 30, number));
    await writeWhole(taking, pieces, 11);
    const whole = Buffer.concat(pieces);
    expect(written.subarray(11, 11 + whole.length)).toEqual(whole);
  });

  test('opens for change what it made, keeps its bytes, and empties it when made again', async () => {
    const root = await temporaryFolder();
    const disk = realDisk(root, new FakeClock());
    for (const [how, expected] of [
      ['create', 'ab'],
      ['change', 'abcd'],
      ['create', 'xy'],
    ] as const) {
      const file = await disk.open('a', how, unending);
      await file.write([Buffer.from(expected.slice(-2))], how === 'change' ? 2 : 0);
      await file.close();
      expect(await readFile(join(root, 'a'), 'utf8')).toBe(expected);
    }
  });

  test.skipIf(process.platform === 'win32')('makes folders and files for their owner only (S-CRED-7)', async () => {
    const root = await temporaryFolder();
    const disk = realDisk(root, new FakeClock());
    expect(await disk.makeFolder('a/b')).toBe(true);
    expect(await disk.makeFolder('a/b')).toBe(false);
    await (await disk.open('a/b/c', 'create', unending)).close();
    const modes = await Promise.all(['a', 'a/b', 'a/b/c'].map(async (path) => (await stat(join(root, path))).mode));
    expect(modes.map((mode) => mode & 0o777)).toEqual([0o700, 0o700, 0o600]);
    await disk.setReadOnly('a/b/c');
    expect((await stat(join(root, 'a/b/c'))).mode & 0o777).toBe(0o400);
  });

  test.skipIf(process.platform === 'win32')('follows no link', async () => {
    const root = await temporaryFolder();
    await writeFile(join(root, 'secret'), 'secret');
    await symlink('secret', join(root, 'link'));
    const disk = realDisk(root, new FakeClock());
    expect((await disk.stat('link'))?.kind).toBe('other');
    expect(errnoOf(await errorOf(disk.open('link', 'read', unending)))).toBe('ELOOP');
  });

  test('knows nothing of what is not there', async () => {
    const disk = realDisk(await temporaryFolder(), new FakeClock());
    expect(await disk.stat('a/b')).toBeUndefined();
    expect(await disk.list('a/b')).toEqual([]);
    await disk.unlink('a/b', unending);
    const error = await errorOf(disk.open('a/b', 'read', unending));
    expect(error).toMatchObject({ kind: 'disk', side: 'local', subject: 'a/b' });
    expect(error.message).toBe('local file.open of a/b: it is not there (ENOENT)');
  });

  test('tells its names in errors, never where it is', async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, 'folder'));
    const error = await errorOf(realDisk(root, new FakeClock()).open('folder', 'create', unending));
    expect(error.message).not.toContain(root);
  });
});

/** A disk with a file `a` whose calls of one name fail so often. */
async function failing(name: string, fault: DiskFault, times: number) {
  const clock = new FakeClock();
  const root = await temporaryFolder();
  await writeFile(join(root, 'a'), 'a');
  let left = times;
  const faulty = new FaultyDisk(new FolderDisk(root), (call) => (call.name === name && left-- > 0 ? fault : undefined));
  return { clock, root, disk: patientDisk(faulty, clock) };
}

const held: readonly (readonly [string, DiskFault, (disk: Disk, signal: AbortSignal) => Promise<unknown>])[] = [
  ['rename', 'EPERM', (disk, signal) => disk.rename('a', 'b', signal)],
  ['rename', 'EACCES', (disk, signal) => disk.rename('a', 'b', signal)],
  ['unlink', 'EBUSY', (disk, signal) => disk.unlink('a', signal)],
  ['open', 'EMFILE', async (disk, signal) => (await disk.open('a', 'read', signal)).close()],
  ['syncFolder', 'EMFILE', (disk, signal) => disk.syncFolder('.', signal)],
];

suite.each(held)('a %s that meets %s', (name, fault, act) => {
  test('is tried again in growing steps until it works', async () => {
    const { clock, disk } = await failing(name, fault, 12);
    await inTime(clock, act(disk, unending));
    expect(clock.sleptMs).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 100, 100]);
  });

  test('is given up after 60 s', async () => {
    const { clock, disk } = await failing(name, fault, Number.POSITIVE_INFINITY);
    const error = await inTime(clock, errorOf(act(disk, unending)));
    expect(errnoOf(error)).toBe(fault);
    const sleptMs = clock.sleptMs.reduce((all, ms) => all + ms, 0);
    expect(sleptMs).toBeGreaterThanOrEqual(60_000);
    expect(sleptMs).toBeLessThanOrEqual(60_100);
  });

  test('is not waited for when called off', async () => {
    const { clock, disk } = await failing(name, fault, Number.POSITIVE_INFINITY);
    const controller = new AbortController();
    const told = errorOf(act(disk, controller.signal));
    await clock.whenSleeping();
    controller.abort();
    expect((await told).kind).toBe('cancelled');
  });
});

suite('a rename', () => {
  test('that meets EPERM because its target exists is not tried again', async () => {
    const { clock, root, disk } = await failing('rename', 'EPERM', Number.POSITIVE_INFINITY);
    await writeFile(join(root, 'b'), 'b');
    expect((await errorOf(disk.rename('a', 'b', unending))).kind).toBe('conflict');
    expect(clock.sleptMs).toEqual([]);
    expect(await readFile(join(root, 'a'), 'utf8')).toBe('a');
  });

  test('that meets ENOSPC is not tried again, and a person is asked', async () => {
    const { clock, disk } = await failing('rename', 'ENOSPC', 1);
    expect(await errorOf(disk.rename('a', 'b', unending))).toMatchObject({ kind: 'disk', advice: { do: 'ask' } });
    expect(clock.sleptMs).toEqual([]);
  });
});
