import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname, posix, win32 } from 'node:path';
import { asObject, optionalString } from '../../oci/fields.ts';
import { quoted } from '../../oci/oci-error.ts';
import { parseStrictJson } from '../../oci/strict-json.ts';
import type { Clock } from '../kernel/clock.ts';
import { type CopyError, copyError } from '../kernel/errors.ts';
import type { Credential } from '../ports/credentials.ts';
import { credentialOf } from './credential-keys.ts';

/** Environment variables by name; undefined means unset. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The credential helpers of this machine (docker-credential-helpers, "Development": `get` and its answers). */
export interface CredentialHelpers {
  /** What `docker-credential-NAME get` answers for the address; undefined when it keeps nothing for it. */
  get(name: string, serverAddress: string, signal: AbortSignal): Promise<Credential | undefined>;
  /** The absolute path of the helper; undefined when no directory of PATH has it. */
  find(name: string): Promise<string | undefined>;
}

/** What helpers are run with. */
export interface HelperSurroundings {
  readonly clock: Clock;
  readonly environment: Environment;
  readonly platform: NodeJS.Platform;
}

const patienceMs = 10_000;
const mostAnswerBytes = 64 * 1024;
const nameGrammar = /^[a-z0-9-]{1,64}$/;
const notFoundText = /credentials not found/i;

const forEveryHelper =
  /^(?:HOME|USER|LOGNAME|LANG|LC_.*|TZ|TMPDIR|DISPLAY|WAYLAND_DISPLAY|DBUS_SESSION_BUS_ADDRESS|XDG_.*|GNUPGHOME|GPG_TTY|PASSWORD_STORE_DIR|DOCKER_CONFIG|HTTPS?_PROXY|NO_PROXY|USERNAME|USERPROFILE|USERDOMAIN|APPDATA|LOCALAPPDATA|PROGRAMDATA|PROGRAMFILES.*|SYSTEMROOT|SYSTEMDRIVE|WINDIR|HOMEDRIVE|HOMEPATH|TEMP|TMP)$/i;
/** The helpers of clouds find their own account in the environment; no other helper sees it. */
const forOneHelper: readonly (readonly [helper: RegExp, variable: RegExp])[] = [
  [/^ecr-/, /^AWS_/],
  [/^(?:gcr|gcloud)$/, /^(?:GOOGLE|CLOUDSDK)_/],
  [/^acr/, /^(?:AZURE|ACR)_/],
];

/** The helpers found in the absolute directories of PATH; never in the working directory, never through a shell. */
export function systemHelpers(surroundings: HelperSurroundings): CredentialHelpers {
  const { environment, platform } = surroundings;
  const find = async (name: string): Promise<string | undefined> => {
    if (!nameGrammar.test(name)) {
      throw helperError(name, `the name of the credential helper ${quoted(name)} is not allowed`);
    }
    for (const file of helperFiles(name, environment, platform)) if (await isProgram(file, platform)) return file;
    return undefined;
  };
  return {
    find,
    get: async (name, serverAddress, signal) => {
      const file = await find(name);
      if (file === undefined) throw helperError(name, `credential helper docker-credential-${name} is not in PATH`);
      const answer = await run(file, name, serverAddress, surroundings, signal);
      if (answer.exitCode === 0) return readAnswer(name, answer.stdout);
      // The protocol has no code for this: helpers say it in words, on either stream.
      if (notFoundText.test(answer.stdout) || notFoundText.test(answer.stderr)) return undefined;
      throw helperError(
        name,
        `credential helper ${file} ended with status ${answer.exitCode ?? 'killed'} for ${quoted(serverAddress)}`,
      );
    },
  };
}

/** Where a helper may be, in the order of PATH. */
export function helperFiles(name: string, environment: Environment, platform: NodeJS.Platform): readonly string[] {
  const isWindows = platform === 'win32';
  // On Windows only .exe: node would have to run .bat and .cmd through a shell (CVE-2024-27980).
  const fileName = `docker-credential-${name}${isWindows ? '.exe' : ''}`;
  const path = isWindows ? win32 : posix;
  return searchPath(environment, platform).map((directory) => path.join(directory, fileName));
}

/** What a helper is given to see of the environment. */
export function helperEnvironment(
  name: string,
  environment: Environment,
  platform: NodeJS.Platform,
): Record<string, string> {
  const own = forOneHelper.filter(([helper]) => helper.test(name)).map(([, variable]) => variable);
  const seen: Record<string, string> = {};
  for (const [key, value] of Object.entries(environment)) {
    if (value === undefined) continue;
    if (forEveryHelper.test(key) || own.some((variable) => variable.test(key))) seen[key] = value;
  }
  seen['PATH'] = searchPath(environment, platform).join(platform === 'win32' ? ';' : ':');
  return seen;
}

/** The absolute directories of PATH; a relative one would be found from wherever the program was started. */
function searchPath(environment: Environment, platform: NodeJS.Platform): readonly string[] {
  const isWindows = platform === 'win32';
  const list = Object.entries(environment).find(([key]) => (isWindows ? key.toUpperCase() : key) === 'PATH')?.[1] ?? '';
  return isWindows
    ? list
        .split(';')
        .map((directory) => directory.replaceAll('"', ''))
        .filter((directory) => /^[A-Za-z]:[\\/]/.test(directory))
    : list.split(':').filter((directory) => directory.startsWith('/'));
}

async function isProgram(file: string, platform: NodeJS.Platform): Promise<boolean> {
  try {
    if (!(await stat(file)).isFile()) return false;
    if (platform !== 'win32') await access(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

interface Answer {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(
  file: string,
  name: string,
  serverAddress: string,
  { clock, environment, platform }: HelperSurroundings,
  signal: AbortSignal,
): Promise<Answer> {
  // loaded only where there is a helper: the command line is to start fast
  const { spawn } = await import('node:child_process');
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const child = spawn(file, ['get'], {
    cwd: dirname(file),
    env: helperEnvironment(name, environment, platform),
    shell: false,
    windowsHide: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const end = (settle: () => void): void => {
    timer.cancel();
    signal.removeEventListener('abort', onAbort);
    // A grandchild may keep the pipes open, so they are closed here and not waited for.
    child.kill('SIGKILL');
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
    settle();
  };
  const onAbort = (): void => end(() => reject(signal.reason));
  const timer = clock.schedule(patienceMs, () =>
    end(() =>
      reject(helperError(name, `credential helper ${file} did not answer in ${patienceMs / 1000} s`, 'timeout')),
    ),
  );
  signal.addEventListener('abort', onAbort, { once: true });
  child.on('error', (cause) =>
    end(() => reject(helperError(name, `credential helper ${file} could not be started`, 'invalid', cause))),
  );
  const collect = (stream: NodeJS.ReadableStream): (() => string) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.byteLength;
      if (bytes <= mostAnswerBytes) chunks.push(chunk);
      else
        end(() => reject(helperError(name, `credential helper ${file} answered more than ${mostAnswerBytes} bytes`)));
    });
    stream.on('error', () => {});
    return () => Buffer.concat(chunks).toString('utf8');
  };
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  child.on('close', (exitCode) => end(() => resolve({ exitCode, stdout: stdout(), stderr: stderr() })));
  // A helper that ends without reading breaks this pipe; its answer counts all the same.
  child.stdin.on('error', () => {});
  child.stdin.end(serverAddress);
  return promise;
}

function readAnswer(name: string, stdout: string): Credential | undefined {
  try {
    const answer = asObject(parseStrictJson(stdout), 'answer');
    return credentialOf(optionalString(answer, 'Username') ?? '', optionalString(answer, 'Secret') ?? '');
  } catch {
    throw helperError(name, `credential helper docker-credential-${name} answered something else than its protocol`);
  }
}

function helperError(
  name: string,
  message: string,
  kind: 'invalid' | 'timeout' = 'invalid',
  cause?: unknown,
): CopyError {
  const subject = `docker-credential-${name}`;
  return copyError(kind, { side: 'local', op: 'credential.helper', subject, message, cause });
}
