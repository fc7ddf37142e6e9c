import { realpathSync } from 'node:fs';
import { extname, isAbsolute, relative } from 'node:path';
import { shell } from 'electron';
import { isLocalPath } from './local-path.ts';

/** The sites that remedies point to. */
const knownHosts: ReadonlySet<string> = new Set(['distribution.github.io', 'docs.docker.com', 'goharbor.io']);
const longestLink = 2048;
const programs: ReadonlySet<string> = new Set(
  '.exe .com .bat .cmd .ps1 .vbs .vbe .js .jse .wsf .wsh .msi .msp .scr .pif .cpl .lnk .url .hta .reg .jar .app .sh .desktop'.split(
    ' ',
  ),
);

/** The only ways out of the window: a link into the browser, and a file shown in its folder (S-SHELL-8). */
export class Outside {
  /** Folders that we made; nothing outside of them is shown. */
  readonly #roots = new Set<string>();

  /** Lets `folder` and what is below it be shown from now on. */
  allow(folder: string): void {
    this.#roots.add(folder);
  }

  /** Opens a link in the browser if it may be; says whether it did. */
  openLink(link: string): boolean {
    if (!isKnownLink(link)) return false;
    // a machine without a browser is no reason to do anything else
    shell.openExternal(link).catch(() => {});
    return true;
  }

  /** Shows a file or folder of ours in its folder if it may be; says whether it did. */
  showFile(path: string): boolean {
    const real = isLocalPath(path) ? realPath(path) : undefined;
    if (real === undefined || programs.has(extname(real).toLowerCase())) return false;
    if (![...this.#roots].some((root) => isBelow(realPath(root) ?? root, real))) return false;
    shell.showItemInFolder(real);
    return true;
  }
}

/** True for a link that may be handed to the browser: https, a site of the list, nothing hidden in it. */
export function isKnownLink(link: string): boolean {
  if (link.length > longestLink || !/^https:\/\/[a-z]/.test(link) || /[\s\\\p{Cc}]/u.test(link)) return false;
  const url = URL.canParse(link) ? new URL(link) : undefined;
  const isPlain = url?.username === '' && url.password === '' && url.port === '';
  return isPlain && knownHosts.has(url.hostname) && !link.slice('https://'.length).split('/')[0]?.includes('@');
}

/** Where the path leads to; undefined when nothing is there. */
function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function isBelow(root: string, path: string): boolean {
  const rest = relative(root, path);
  return rest === '' || (!isAbsolute(rest) && !/^\.\.(?:[\\/]|$)/.test(rest));
}
