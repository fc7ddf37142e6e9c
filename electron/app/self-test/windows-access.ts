import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Who else may use a folder. */
export type Access = 'private' | 'readable' | 'writable' | 'foreign' | 'untold';

/** Everyone, authenticated and interactive users, users and guests of the machine; as SDDL spells them or by number. */
const others: ReadonlySet<string> = new Set([
  'WD',
  'AU',
  'IU',
  'BU',
  'BG',
  'S-1-1-0',
  'S-1-5-4',
  'S-1-5-11',
  'S-1-5-32-545',
  'S-1-5-32-546',
]);
/** Rights that change something, by SDDL's words: all, write, and of files: append, delete; and those over the list itself. */
const changing = /GA|GW|FA|FW|SD|WD|WO|DC|LC|DT/;
const changingBits = 0x500d0046;

/**
 * Who else may use a folder of Windows, by its access list as `icacls` saves it, which is the same in every language.
 * `untold` where there is no such program. `scratch` is a folder for the saved list.
 */
export async function windowsAccess(folder: string, scratch: string, signal: AbortSignal): Promise<Access> {
  const saved = join(scratch, 'access.txt');
  const program = join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'icacls.exe');
  try {
    await promisify(execFile)(program, [folder, '/save', saved], { signal, windowsHide: true });
    return accessIn(await readFile(saved, 'utf16le'));
  } catch {
    return 'untold';
  }
}

/** Who else may use what has this access list, in SDDL; `untold` for a text that is none. */
export function accessIn(sddl: string): Access {
  const list = /D:[A-Z]*((?:\([^)]*\))+)/.exec(sddl)?.[1];
  if (list === undefined) return 'untold';
  const rights = [...list.matchAll(/\(([^)]*)\)/g)].flatMap(([, entry = '']) => {
    // MS-DTYP 2.5.1.1: type;flags;rights;object;inherited object;who. Entries that only their children inherit count as well.
    const [type, , granted = '', , , who = ''] = entry.split(';');
    return type === 'A' && others.has(who) ? [granted] : [];
  });
  if (rights.length === 0) return 'private';
  return rights.some(canChange) ? 'writable' : 'readable';
}

function canChange(rights: string): boolean {
  if (!rights.startsWith('0x')) return changing.test(rights.match(/../g)?.join(' ') ?? '');
  return (Number(rights) & changingBits) !== 0;
}
