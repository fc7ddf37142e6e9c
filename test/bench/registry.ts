import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { listen, pause } from '../fakes/listening.ts';

/** What a registry was asked, by its access log. */
export interface Requests {
  readonly total: number;
  /** By method, such as `{ HEAD: 200, GET: 1 }`. */
  readonly methods: Readonly<Record<string, number>>;
  /** Bytes of blobs in its answers, those of broken answers included. */
  readonly blobBytes: number;
}

/** A docker-registry of the benchmark: silent while time is taken, with an access log while requests are counted. */
export class BenchRegistry {
  /** Its storage tree. */
  readonly root: string;
  readonly #home: string;
  readonly #port: number;
  #child: ChildProcess | undefined;

  private constructor(home: string, port: number) {
    this.#home = home;
    this.#port = port;
    this.root = join(home, 'data');
    mkdirSync(this.root, { recursive: true });
  }

  /** A registry with a folder and a port of its own that does not run yet. */
  static async create(home: string): Promise<BenchRegistry> {
    const probe = createServer();
    const port = await listen(probe);
    await new Promise((resolve) => probe.close(resolve));
    return new BenchRegistry(home, port);
  }

  /** `127.0.0.1:PORT` */
  get host(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** Starts it; resolves when it takes connections. */
  async start(isCounted = false): Promise<void> {
    const file = join(this.#home, 'config.yml');
    writeFileSync(file, this.#config(isCounted));
    const log = openSync(this.#logFile, 'w');
    // The shell ends the registry when our end of its standard input closes, however we die.
    const watched = 'exec 3<&0; docker-registry serve "$0" </dev/null 3<&- & p=$!; read -r _ <&3; kill -9 $p; wait $p';
    const child = spawn('sh', ['-c', watched, file], {
      stdio: ['pipe', log, log],
      env: { PATH: process.env['PATH'], OTEL_TRACES_EXPORTER: 'none' },
    });
    closeSync(log);
    child.stdin?.on('error', () => undefined);
    this.#child = child;
    const untilMs = performance.now() + 15_000;
    while (!(await this.#listens())) {
      if (child.exitCode !== null || performance.now() > untilMs) {
        throw new Error(`docker-registry does not listen:\n${readFileSync(this.#logFile, 'utf8')}`);
      }
      await pause(10);
    }
  }

  /** Ends it; what it stored stays. */
  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.stdin?.end();
    await ended;
  }

  /** Starts it again with nothing stored. */
  async restartEmpty(isCounted = false): Promise<void> {
    await this.stop();
    rmSync(this.root, { recursive: true, force: true });
    mkdirSync(this.root, { recursive: true });
    await this.start(isCounted);
  }

  /** What it was asked since it was started with counting. */
  requests(): Requests {
    const methods: Record<string, number> = {};
    let total = 0;
    let blobBytes = 0;
    const line = /"([A-Z]+) (\/v2\/\S*) HTTP\/[\d.]+" (\d+) (\d+)/g;
    for (const [, method = '', path = '', status = '', bytes = ''] of readFileSync(this.#logFile, 'utf8').matchAll(
      line,
    )) {
      total++;
      methods[method] = (methods[method] ?? 0) + 1;
      if (method === 'GET' && status.startsWith('2') && path.includes('/blobs/sha256:')) blobBytes += Number(bytes);
    }
    return { total, methods, blobBytes };
  }

  get #logFile(): string {
    return join(this.#home, 'log');
  }

  /** Debian's stock configuration without logins; the log is written only where it is read. */
  #config(isCounted: boolean): string {
    return stringify({
      version: 0.1,
      log: { level: 'error', accesslog: { disabled: !isCounted } },
      storage: {
        cache: { blobdescriptor: 'inmemory' },
        filesystem: { rootdirectory: this.root },
        delete: { enabled: true },
        maintenance: { uploadpurging: { enabled: false } },
      },
      http: { addr: this.host, secret: 'the benchmark', headers: { 'X-Content-Type-Options': ['nosniff'] } },
    });
  }

  #listens(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.#port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
  }
}
