import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A file that leads a browser to an address. The address is in no argument of any process (S-WEB-3). */
export interface RedirectFile {
  readonly file: string;
  /** Takes it away; harmless when repeated. */
  readonly remove: () => Promise<void>;
}

/** Writes the file, for this account's eyes only. */
export async function writeRedirectFile(address: string): Promise<RedirectFile> {
  const folder = await mkdtemp(join(tmpdir(), 'image-ferry-'));
  const file = join(folder, 'open.html');
  const page = `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><meta http-equiv="refresh" content="0;url=${address}">`;
  await writeFile(file, page, { mode: 0o600, flag: 'wx' });
  return { file, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Has the machine's browser open a file; false when there is no way to. */
export function openInBrowser(file: string, platform: NodeJS.Platform): Promise<boolean> {
  const url = pathToFileURL(file).href;
  const [program, ...words] =
    platform === 'win32'
      ? ['rundll32.exe', 'url.dll,FileProtocolHandler', url]
      : platform === 'darwin'
        ? ['open', url]
        : ['xdg-open', url];
  return new Promise((resolve) => {
    const child = spawn(program, words, { stdio: 'ignore', detached: true });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}
