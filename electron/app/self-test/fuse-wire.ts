import { open } from 'node:fs/promises';

/** What stands before the fuses in Electron's program; in two parts, or a program that holds this text would hold it too. */
const sentinel = Buffer.from(['dL7pKGdnNz796Pbb', 'jQWNKmHXBZaB9tsX'].join(''));
const pieceBytes = 1024 * 1024;
/** Version and length of the wire, and more fuses than there are. */
const wireBytes = 64;

/** The fuses of version 1 in their order, and how a package of ours has them (S-SHELL-12); the rest is left as Electron has it. */
const wanted: readonly (readonly [name: string, isOn: boolean | undefined])[] = [
  ['RunAsNode', false],
  ['EnableCookieEncryption', true],
  ['EnableNodeOptionsEnvironmentVariable', false],
  ['EnableNodeCliInspectArguments', false],
  ['EnableEmbeddedAsarIntegrityValidation', true],
  ['OnlyLoadAppFromAsar', true],
  ['LoadBrowserProcessSpecificV8Snapshot', undefined],
  ['GrantFileProtocolExtraPrivileges', false],
];

/** The names of fuses in a program of Electron that are not as a package of ours has them. Rejects when it holds no wire of version 1. */
export async function wrongFuses(program: string, signal: AbortSignal): Promise<readonly string[]> {
  const wire = await readWire(program, signal);
  return wanted.flatMap(([name, isOn], index) => {
    if (isOn === undefined) return [];
    // '1' is on, '0' is off, 'r' means that this Electron has no such fuse any more
    return wire[index] === (isOn ? '1' : '0') ? [] : [name];
  });
}

async function readWire(program: string, signal: AbortSignal): Promise<string> {
  const file = await open(program, 'r');
  try {
    let kept = Buffer.alloc(0);
    for (;;) {
      signal.throwIfAborted();
      const { bytesRead, buffer } = await file.read(Buffer.alloc(pieceBytes), 0, pieceBytes, null);
      const window = Buffer.concat([kept, buffer.subarray(0, bytesRead)]);
      const at = window.indexOf(sentinel);
      const from = at + sentinel.length;
      if (at >= 0 && (window.length >= from + wireBytes || bytesRead === 0)) return wireIn(window.subarray(from));
      if (bytesRead === 0) throw new Error('the program holds no fuses');
      // a part of the sentinel may have come, or of what follows it
      kept = window.subarray(at >= 0 ? at : Math.max(0, window.length - sentinel.length));
    }
  } finally {
    await file.close();
  }
}

function wireIn(bytes: Buffer): string {
  const [version, length = 0] = bytes;
  if (version !== 1) throw new Error(`the fuses have the unknown version ${version}`);
  return bytes.toString('latin1', 2, 2 + length);
}
