import { isLocalPath } from './local-path.ts';

/** What was asked for by starting the program. */
export type Launch =
  | { readonly kind: 'focus' }
  /** Only after a person has confirmed it. */
  | { readonly kind: 'open-file'; readonly path: string };

const mostCharacters = 4096;

/**
 * What a start asks for. Anybody on this machine can start us with anything (S-SHELL-10): exactly one absolute path of this
 * machine means that file, and everything else only brings the window to the front.
 */
export function readLaunch(given: unknown): Launch {
  if (!Array.isArray(given) || given.length !== 1) return { kind: 'focus' };
  const [path]: readonly unknown[] = given;
  const isFile = typeof path === 'string' && path.length <= mostCharacters && isLocalPath(path);
  return isFile ? { kind: 'open-file', path } : { kind: 'focus' };
}

/** Switches that open a debugger, load foreign code or take protections away; as beginnings of their names. */
const dangerous: readonly string[] = [
  'inspect',
  'debug',
  'remote-debugging',
  'remote-allow-origins',
  'load-extension',
  'disable-web-security',
  'disable-site-isolation',
  'disable-features',
  'enable-features',
  'enable-blink-features',
  'enable-logging',
  'no-sandbox',
  'disable-setuid-sandbox',
  'disable-seccomp',
  'disable-gpu-sandbox',
  'allow-file-access',
  'allow-running-insecure-content',
  'ignore-certificate-errors',
  'host-rules',
  'host-resolver-rules',
  'js-flags',
  'renderer-cmd-prefix',
  'renderer-startup-dialog',
  'utility-cmd-prefix',
  'gpu-launcher',
  'log-net-log',
  'unsafely-treat-insecure-origin-as-secure',
  'user-data-dir',
  'password-store=basic',
  'require',
  'import',
  'eval',
];

/** The first argument that a packaged program must not be started with (S-SHELL-11); undefined when all are harmless. */
export function refusedSwitch(given: readonly string[], platform: NodeJS.Platform): string | undefined {
  return given.find((argument) => {
    // Windows knows switches by a slash too, and Chromium by one dash as by two
    const name = (platform === 'win32' ? /^(?:--?|\/)(.+)$/s : /^--?(.+)$/s).exec(argument)?.[1]?.toLowerCase();
    return name !== undefined && (['r', 'e', 'p'].includes(name) || dangerous.some((word) => name.startsWith(word)));
  });
}

/** How a self-test was asked for. */
export interface SelfTestWish {
  readonly json: boolean;
}

/** What the arguments of a start say of a self-test: undefined when they ask for none, `wrong` when they ask for more. */
export function readSelfTest(given: readonly string[]): SelfTestWish | 'wrong' | undefined {
  if (!given.includes('--self-test')) return undefined;
  const others = given.filter((argument) => argument !== '--self-test' && argument !== '--json');
  return others.length > 0 ? 'wrong' : { json: given.includes('--json') };
}
