import { FuseV1Options } from '@electron/fuses';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { wrongFuses } from '../../../../electron/app/self-test/fuse-wire.ts';
import { checkFuses } from '../../../../electron/app/self-test/program-files.ts';

const signal = new AbortController().signal;
const folder = mkdtempSync(join(tmpdir(), 'ferry-fuses-'));
afterAll(() => rmSync(folder, { recursive: true }));

const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

/** S-SHELL-12 by the numbers of Electron's own tool. */
const packed: ReadonlyMap<FuseV1Options, boolean> = new Map([
  [FuseV1Options.RunAsNode, false],
  [FuseV1Options.EnableCookieEncryption, true],
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable, false],
  [FuseV1Options.EnableNodeCliInspectArguments, false],
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation, true],
  [FuseV1Options.OnlyLoadAppFromAsar, true],
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot, false],
  [FuseV1Options.GrantFileProtocolExtraPrivileges, false],
]);

/** A program that is mostly zeros, with a wire of these states. */
function program(states: ReadonlyMap<FuseV1Options, boolean>, before = 1000, version = 1): string {
  const wire = [...states].toSorted(([a], [b]) => a - b).map(([, isOn]) => (isOn ? '1' : '0'));
  const path = join(folder, `program-${before}-${version}-${wire.join('')}`);
  const head = Buffer.from([version, wire.length]);
  writeFileSync(
    path,
    Buffer.concat([Buffer.alloc(before), Buffer.from(sentinel), head, Buffer.from(wire.join('')), Buffer.alloc(500)]),
  );
  return path;
}

describe('S-SHELL-12: the fuses of the program that runs', () => {
  test('are right when they are as they were packed', async () => {
    expect(await wrongFuses(program(packed), signal)).toEqual([]);
  });

  test.each([...packed.keys()].filter((fuse) => fuse !== FuseV1Options.LoadBrowserProcessSpecificV8Snapshot))(
    'are wrong when fuse %i alone is another way',
    async (fuse) => {
      const states = new Map(packed).set(fuse, packed.get(fuse) !== true);
      expect(await wrongFuses(program(states), signal)).toEqual([FuseV1Options[fuse]]);
    },
  );

  const piece = 1024 * 1024;
  test.each([piece - 33, piece - 32, piece - 31, piece - 10, piece - 1, piece, 2 * piece - 40, 3 * piece - 33])(
    'are found %i bytes into the program',
    async (before) => {
      expect(await wrongFuses(program(packed, before), signal)).toEqual([]);
    },
  );

  test('cannot be read in a program without any, or of another version', async () => {
    const path = join(folder, 'none');
    writeFileSync(path, Buffer.alloc(3 * piece));
    expect(await checkFuses(path, signal)).toMatchObject({ code: 'fuses-unreadable' });
    expect(await checkFuses(program(packed, 10, 2), signal)).toMatchObject({ code: 'fuses-unreadable' });
  });
});
