import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
// @ts-expect-error -- plain JavaScript, because loading the type stripper is just what a bundle avoids
import { ensureBundle } from '../../build/bundle.mjs';
import { browserPath } from './renderer-stage.ts';

const top: string = fileURLToPath(new URL('../..', import.meta.url));

/** The program as it is shipped, in a folder of its own, so that whoever builds meanwhile changes nothing. */
export interface BuiltProgram {
  readonly entry: string;
  readonly remove: () => Promise<void>;
}

/** Bundles the command line and builds the page. */
export async function buildProgram(): Promise<BuiltProgram> {
  await ensureBundle();
  // beside the sources, because the bundle takes its native parts from there
  await mkdir(join(top, 'dist'), { recursive: true });
  const folder = await mkdtemp(join(top, 'dist', '.walk-'));
  for (const name of await readdir(join(top, 'dist'))) {
    if (/^cli.*\.js$/.test(name)) await cp(join(top, 'dist', name), join(folder, name));
  }
  const { NODE_ENV } = process.env;
  // the window as it is shipped: what runs these tests has set another mode
  process.env['NODE_ENV'] = 'production';
  await build({
    configFile: join(top, 'build', 'vite.renderer.config.ts'),
    logLevel: 'error',
    build: { outDir: join(folder, 'renderer'), emptyOutDir: true },
  });
  process.env['NODE_ENV'] = NODE_ENV;
  return { entry: join(folder, 'cli.js'), remove: () => rm(folder, { recursive: true, force: true }) };
}

/** A folder that is empty at first. */
export function emptyFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'ferry-walk-'));
}

/** `ui` as it runs. */
export interface RunningUi {
  /** The address it printed at its start; good once. */
  readonly address: string;
  readonly pid: number;
  /** Asks for another address, as Enter does in its terminal. */
  newAddress(): Promise<string>;
  /** As when the power fails. */
  kill(): Promise<void>;
  /** As with Ctrl-C; gives the exit status. */
  interrupt(): Promise<number | null>;
  /** Everything it printed. */
  printed(): string;
}

/** What of a start is another than usual. */
export interface UiStart {
  readonly execArgv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts `ui` over a data folder and resolves when it has given an address. */
export async function startUi(entry: string, dataDir: string, port = 0, start: UiStart = {}): Promise<RunningUi> {
  const args = [
    ...(start.execArgv ?? []),
    entry,
    'ui',
    '--no-open',
    '--data-dir',
    dataDir,
    '--port',
    String(port),
    '--json',
  ];
  const env = { PATH: process.env['PATH'], HOME: dataDir, LANG: 'C.UTF-8', IMAGE_FERRY_LOG: 'debug', ...start.env };
  const child = spawn(process.execPath, args, { env, stdio: 'pipe' });
  let printed = '';
  child.stderr.on('data', (piece: Buffer) => (printed += piece.toString()));
  const addresses: string[] = [];
  const waiting: ((address: string) => void)[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    printed += `${line}\n`;
    const { address } = eventOf(line);
    if (address === undefined) return;
    const next = waiting.shift();
    if (next === undefined) addresses.push(address);
    else next(address);
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const next = (): Promise<string> => {
    const address = addresses.shift();
    if (address !== undefined) return Promise.resolve(address);
    const over = ended.then(() => Promise.reject(new Error(`ui ended:\n${printed}`)));
    return Promise.race([new Promise<string>((resolve) => waiting.push(resolve)), over]);
  };
  return {
    address: await next(),
    pid: child.pid ?? 0,
    newAddress: () => {
      child.stdin.write('\n');
      return next();
    },
    kill: async () => {
      endWith(child, 'SIGKILL');
      await ended;
    },
    interrupt: async () => {
      endWith(child, 'SIGINT');
      return ended;
    },
    printed: () => printed,
  };
}

function eventOf(line: string): { readonly address?: string } {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- lines of our own program
  return JSON.parse(line) as { readonly address?: string };
}

function endWith(child: ChildProcess, signal: 'SIGKILL' | 'SIGINT'): void {
  if (child.exitCode === null && child.signalCode === null) child.kill(signal);
}

/** A browser of an operator, and all that its tabs heard and complained of. */
export interface RealBrowser {
  /** Opens a tab on an address of `ui`. */
  readonly open: (address: string) => Promise<Page>;
  /** Violations of the policy, errors of pages, and warnings and errors of the console. */
  readonly complaints: readonly string[];
  /** Every body that the program answered with, streams included, in the order of their first bytes. */
  readonly heard: () => readonly string[];
  readonly close: () => Promise<void>;
}

/** How a browser is. */
export interface BrowserOptions {
  readonly locale: string;
  readonly colorScheme: 'light' | 'dark';
}

/** Starts a browser without a window. */
export async function openBrowser(options: BrowserOptions): Promise<RealBrowser> {
  const browser: Browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] });
  const context: BrowserContext = await browser.newContext({ viewport: { width: 1280, height: 720 }, ...options });
  const complaints: string[] = [];
  const bodies = new Map<string, Buffer[]>();
  await context.exposeFunction('complain', (text: string) => complaints.push(text));
  await context.addInitScript(
    "document.addEventListener('securitypolicyviolation', (event) => complain('policy: ' + event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample));",
  );
  let tabs = 0;
  return {
    open: async (address) => {
      const page = await context.newPage();
      page.on('pageerror', (error) => complaints.push(`page: ${error.message}`));
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') complaints.push(`console: ${message.text()}`);
      });
      await listen(page, context, `${tabs++}`, bodies);
      await page.goto(address);
      return page;
    },
    complaints,
    heard: () => [...bodies.values()].map((pieces) => Buffer.concat(pieces).toString()),
    close: () => browser.close(),
  };
}

/** Keeps the bodies of a tab's answers as they arrive; a feed's has no end that could be waited for. */
async function listen(page: Page, context: BrowserContext, tab: string, bodies: Map<string, Buffer[]>): Promise<void> {
  const line = await context.newCDPSession(page);
  const keep = (requestId: string, data: string | undefined, encoding: BufferEncoding): void => {
    if (data === undefined || data === '') return;
    const key = `${tab} ${requestId}`;
    const kept = bodies.get(key) ?? [];
    bodies.set(key, [...kept, Buffer.from(data, encoding)]);
  };
  line.on('Network.responseReceived', ({ requestId }) => {
    // an answer that is whole already is asked for in one piece
    line
      .send('Network.streamResourceContent', { requestId })
      .then(({ bufferedData }) => keep(requestId, bufferedData, 'base64'))
      .catch(() =>
        line
          .send('Network.getResponseBody', { requestId })
          .then(({ body, base64Encoded }) => keep(requestId, body, base64Encoded ? 'base64' : 'utf8'))
          .catch(() => undefined),
      );
  });
  line.on('Network.dataReceived', ({ requestId, data }) => keep(requestId, data, 'base64'));
  await line.send('Network.enable');
}

/** The files below a folder that hold one of the texts, with the text. */
export async function filesHolding(folder: string, texts: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const content = await readFile(file).catch(() => Buffer.alloc(0));
    for (const text of texts) if (content.includes(text)) found.push(`${file}: ${text}`);
  }
  return found;
}

/** The command lines of this machine that hold one of the texts; empty where there is no /proc. */
export async function commandLinesHolding(texts: readonly string[]): Promise<readonly string[]> {
  if ((await stat('/proc/self/cmdline').catch(() => undefined)) === undefined) return [];
  const found: string[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const line = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    for (const text of texts) if (line.includes(text)) found.push(`${name}: ${text}`);
  }
  return found;
}
