import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { WindowHost } from '../../../electron/app/window/window.ts';
import { loadPage } from '../../../electron/shells/web/page.ts';
import { type WebOptions, WebServer } from '../../../electron/shells/web/server.ts';
import { systemClock } from '../../../electron/engine/kernel/clock.ts';
import { type MemoryParts, memoryParts } from '../../unit/app/window/memory-parts.ts';

/** A web host with everything behind it in memory; it ends with the test. */
export interface WebStage {
  readonly server: WebServer;
  readonly parts: MemoryParts;
  readonly port: number;
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** How many wrong codes or tokens were told of. */
  readonly refused: number[];
  readonly failed: unknown[];
  /** Sends bytes as they are and gives all that comes back until the line is closed. */
  readonly raw: (request: string) => Promise<RawAnswer>;
  /** A POST as the page makes it. */
  readonly post: (
    path: string,
    body: unknown,
    token?: string,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Response>;
  /** The token of a session that was opened by a fresh address. */
  readonly signIn: () => Promise<string>;
}

/** What came back on a socket. */
export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

const index = `<!doctype html><meta property="csp-nonce" nonce="__CSP_NONCE__"><script type="module" src="/assets/main.js"></script>`;

/** Starts a web host. */
export async function openWeb(options: Partial<WebOptions> = {}): Promise<WebStage> {
  const parts = await memoryParts({ clock: options.clock ?? systemClock });
  const window = new WindowHost(parts, { checksOutputs: true });
  const refused: number[] = [];
  const failed: unknown[] = [];
  const server = await WebServer.start({
    window,
    clock: parts.clock,
    page: await loadPage(await samplePage()),
    port: 0,
    refused: (count) => refused.push(count),
    failed: (thrown) => failed.push(thrown),
    ...options,
  });
  onTestFinished(async () => {
    await server.close();
    window.close();
  });
  const { port } = server;
  const origin = `http://127.0.0.1:${port}`;
  const post: WebStage['post'] = (path, body, token, headers = {}) =>
    fetch(`${origin}${path}`, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: {
        'Content-Type': 'application/json',
        Origin: origin,
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...headers,
      },
    });
  const signIn = async (): Promise<string> =>
    tokenOf(await post('/api/session', { code: codeOf(server.newAddress()) }));
  return { server, parts, port, origin, refused, failed, raw: (request) => rawRequest(port, request), post, signIn };
}

/** The code in the fragment of an address. */
export function codeOf(address: string): string {
  return new URL(address).hash.replace(/^#code=/, '');
}

/** A folder that is gone after the test. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ferry-web-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Sends bytes to a port of this machine and gives all that comes back until the line is closed; fails after ten seconds. */
export function rawRequest(port: number, request: string): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    socket.setTimeout(10_000, () => socket.destroy(new Error('the line stayed open')));
    const pieces: Buffer[] = [];
    socket.on('data', (piece) => pieces.push(piece));
    socket.on('error', reject);
    socket.on('close', () => {
      const [head = '', ...rest] = Buffer.concat(pieces).toString('latin1').split('\r\n\r\n');
      resolve({ status: Number(head.split(' ')[1] ?? 0), head, body: rest.join('\r\n\r\n') });
    });
  });
}

async function tokenOf(response: Response): Promise<string> {
  const [token] = /[A-Za-z0-9_-]{43}/.exec(await response.text()) ?? [];
  if (token === undefined) throw new Error(`no token, but ${response.status}`);
  return token;
}

async function samplePage(): Promise<string> {
  const folder = testFolder();
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), index);
  await writeFile(join(folder, 'assets', 'main.js'), 'export {};');
  await writeFile(join(folder, 'assets', 'main.js.map'), '{}');
  await writeFile(join(folder, '.env'), 'SECRET=planted');
  return folder;
}
