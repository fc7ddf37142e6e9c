import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { registryConfig, type DockerRegistryOptions } from './docker-registry-config.ts';

export { skopeo, skopeoRaw, type SkopeoRun } from './skopeo.ts';
export type { DockerRegistryAuth, DockerRegistryOptions } from './docker-registry-config.ts';

/** Programs the interop tests talk to. */
export type PeerName = 'docker-registry' | 'skopeo' | 'htpasswd' | 'chromium';

/** True if the program is on the PATH. */
export function hasPeer(name: PeerName): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/local/bin'];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** A real docker-registry process on a free loopback port. */
export interface DockerRegistry {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Its storage root; blobs lie in `docker/registry/v2/blobs/sha256/xx/<hex>/data` below it. */
  readonly dataDir: string;
  /** What it wrote so far; the access log included. */
  log(): string;
  /** Kills it and removes its files, if it made them. */
  stop(): Promise<void>;
  /** Kills it and starts it again on the same port and data; `changes` replace options. */
  restart(changes?: Partial<DockerRegistryOptions>): Promise<void>;
}

// The watcher ends the registry when our end of its standard input closes, however we die; "keep" spares the files.
const WATCHED = `exec 3<&0; "$@" </dev/null 3<&- & p=$!
( word=; read -r word <&3; trap '' TERM; kill -9 $p 2>/dev/null; [ "$word" = keep ] || [ -z "$CLEAN" ] || rm -rf "$CLEAN" ) & w=$!
wait $p; s=$?; kill $w 2>/dev/null; wait $w 2>/dev/null; exit $s`;

interface Running {
  readonly port: number;
  readonly child: ChildProcess;
  log(): string;
}

/** Starts Debian's docker-registry and resolves when it listens. */
export async function startDockerRegistry(options: DockerRegistryOptions = {}): Promise<DockerRegistry> {
  const home = await mkdtemp(join(tmpdir(), 'ferry-registry-'));
  let settings = options;
  const dataDir = options.rootDir ?? join(home, 'data');
  await mkdir(dataDir, { recursive: true });
  let running = await run(home, dataDir, settings, 0);
  let earlierLog = '';
  const host = `127.0.0.1:${running.port}`;
  return {
    host,
    url: `http://${host}`,
    dataDir,
    log: () => earlierLog + running.log(),
    stop: async () => {
      await end(running.child, '');
      await rm(home, { recursive: true, force: true });
    },
    restart: async (changes = {}) => {
      earlierLog += running.log();
      await end(running.child, 'keep\n');
      settings = { ...settings, ...changes };
      running = await run(home, dataDir, settings, running.port);
    },
  };
}

async function run(home: string, dataDir: string, options: DockerRegistryOptions, port: number): Promise<Running> {
  const { auth } = options;
  if (typeof auth === 'object' && 'htpasswd' in auth) {
    const { user, password } = auth.htpasswd;
    const made = spawnSync('htpasswd', ['-Bbn', '-C', '4', user, password], { encoding: 'utf8', timeout: 10_000 });
    if (made.status !== 0) throw new Error(`htpasswd: ${made.error?.message ?? made.stderr}`);
    await writeFile(join(home, 'htpasswd'), made.stdout);
  }
  const file = join(home, 'config.yml');
  await writeFile(file, registryConfig(options, { dataDir, htpasswdPath: join(home, 'htpasswd'), port }));
  const child = spawn('sh', ['-c', WATCHED, 'sh', 'docker-registry', 'serve', file], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], CLEAN: home, OTEL_TRACES_EXPORTER: 'none' },
  });
  child.stdin?.on('error', () => undefined); // it may be gone before we say "keep"
  let output = '';
  const listening = await new Promise<number>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`docker-registry does not listen:\n${output}`)), 15_000);
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const found = /listening on 127\.0\.0\.1:(\d+)/.exec(output);
      if (found === null) return;
      clearTimeout(timer);
      resolve(Number(found[1]));
    };
    child.stderr?.on('data', read);
    child.stdout?.on('data', read);
    child.once('error', reject);
    child.once('exit', () => {
      clearTimeout(timer);
      reject(new Error(`docker-registry ended:\n${output}`));
    });
  });
  return { port: listening, child, log: () => output };
}

async function end(child: ChildProcess, word: string): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.stdin?.end(word);
  await ended;
}
