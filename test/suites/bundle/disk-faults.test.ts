import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { type ExportFormat, planExport, writeExport } from '../../../electron/engine/bundle/bundle.ts';
import { sharedDisk } from '../../../electron/engine/bundle/shared-disk.ts';
import { systemClock } from '../../../electron/engine/kernel/clock.ts';
import { temporaryFolder } from '../../fakes/bundle-files.ts';
import { type DiskFault, FaultyDisk } from '../../fakes/faulty-disk.ts';
import { image } from '../../fakes/images.ts';
import { exported, opened, reader, signal, written } from '../../unit/engine/bundle/exported.ts';

const content = image({ layers: [30_000, 3000], seed: 'faults' });
const images = { 'a.test/a:1': content };

/** Writes with a fault at one call of the disk; gives how it ended and how many calls there were. */
async function writeWith(format: ExportFormat, folder: string, at: number, fault: DiskFault) {
  const disk = new FaultyDisk(sharedDisk(folder, systemClock), ({ number }) => (number === at ? fault : undefined));
  const plan = planExport([written('a.test/a:1', content)], {
    format,
    ...(format === 'bundle' ? { volumeBytes: 16_384 } : {}),
  });
  const outcome = await writeExport(plan, join(folder, 'out'), reader(content), { disk }, signal).then(
    () => 'written',
    (error: { kind: string; side: string }) => `${error.kind} of ${error.side}`,
  );
  return { outcome, calls: disk.calls.length };
}

test.each([
  ['bundle', 'EIO'],
  ['bundle', 'ENOSPC'],
  ['bundle', 'short write'],
  ['oci', 'EIO'],
  ['oci', 'short write'],
  ['docker-archive', 'EIO'],
] as const)(
  'a %s in whose way %s comes at any call has no file that looks whole and is not; the next try ends it',
  async (format, fault) => {
    const reference = await temporaryFolder();
    const { paths } = await exported(reference, images, {
      format,
      file: 'out',
      ...(format === 'bundle' ? { volumeBytes: 16_384 } : {}),
    });
    const wanted = new Map<string, Buffer>();
    if (format !== 'oci') for (const path of paths) wanted.set(basename(path), await readFile(path));
    const { calls } = await writeWith(format, await temporaryFolder(), 0, fault);
    expect(calls).toBeGreaterThan(10);
    let failed = 0;
    for (let at = 1; at <= calls; at++) {
      const folder = await temporaryFolder();
      const { outcome } = await writeWith(format, folder, at, fault);
      if (outcome !== 'written') failed++;
      expect(outcome, `call ${at}`).toMatch(/^(?:written|disk of local)$/);
      for (const name of await readdir(folder)) {
        if (name.endsWith('.unfinished')) continue;
        if (format === 'oci')
          expect((await (await opened(join(folder, name), folder)).verify(() => {}, signal)).problems).toEqual([]);
        else expect(await readFile(join(folder, name)), `${name} after call ${at}`).toEqual(wanted.get(name));
      }
      if (outcome === 'written' || format === 'docker-archive') continue;
      // what a fault behind the last rename leaves of a folder is whole already
      const again = (await writeWith(format, folder, 0, fault)).outcome;
      expect(again).toMatch(format === 'oci' ? /^(?:written|conflict of local)$/ : /^written$/);
    }
    expect(failed).toBeGreaterThan(calls / 2);
  },
);

test.each(['bundle', 'oci'] as const)(
  'whatever gets its name in a %s was made durable before, and its name after',
  async (format) => {
    const folder = await temporaryFolder();
    const disk = new FaultyDisk(sharedDisk(folder, systemClock));
    const plan = planExport([written('a.test/a:1', content)], { format });
    await writeExport(plan, join(folder, 'out'), reader(content), { disk }, signal);
    const renames = disk.calls.flatMap((call, at) => (call.name === 'rename' ? [{ ...call, at }] : []));
    expect(renames).toHaveLength(format === 'bundle' ? 1 : plan.items.length + 1);
    for (const { path, at } of renames) {
      const before = disk.calls.slice(0, at).filter((call) => call.path === path);
      expect(
        before.map(({ name }) => name),
        path,
      ).toContain(path === 'out.unfinished' && format === 'oci' ? 'syncFolder' : 'file.sync');
      expect(disk.calls[at + 1]?.name).toBe('syncFolder');
    }
  },
);

test('a disk without room is told before anything is written', async () => {
  const folder = await temporaryFolder();
  const disk = sharedDisk(folder, systemClock);
  const full = { ...disk, room: async () => ({ freeBytes: 1000, totalBytes: 1_000_000 }) };
  const plan = planExport([written('a.test/a:1', content)], { format: 'bundle' });
  const writing = writeExport(plan, join(folder, 'out.tar'), reader(content), { disk: full }, signal);
  await expect(writing).rejects.toMatchObject({
    kind: 'disk',
    side: 'local',
    message: expect.stringContaining('1000 bytes free'),
  });
  expect(await readdir(folder)).toEqual([]);
});
