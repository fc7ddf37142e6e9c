import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { rolldown } from 'rolldown';
import { build } from 'vite';
import type { FakeOptions } from './renderer-fake-data.ts';

/** Debian's browser; where it is missing these tests are left out. */
export const browserPath: string = '/usr/bin/chromium';

/** True where there is a browser to test in. */
export const hasBrowser: boolean = existsSync(browserPath);

/** A window on a page, with what it complained of. */
export interface Window {
  readonly page: Page;
  /** Violations of the content security policy, errors of the console and of the page. */
  readonly complaints: readonly string[];
  readonly close: () => Promise<void>;
}

/** How a window is opened. */
export interface WindowOptions extends FakeOptions {
  readonly width?: number;
  readonly height?: number;
  readonly scale?: number;
  readonly forcedColors?: 'active';
}

/** The built page, served as the shells serve it, and a browser to look at it. */
export interface Stage {
  readonly open: (options?: WindowOptions) => Promise<Window>;
  readonly close: () => Promise<void>;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

// SECURITY, S-SHELL-5
const policy = (nonce: string): string =>
  `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data:; font-src 'self'; ` +
  "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; object-src 'none'; require-trusted-types-for 'script'";

/** Builds the page and starts server and browser. */
export async function openStage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'renderer-'));
  const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
  // the window as it is shipped: what runs these tests has set another mode
  const { NODE_ENV } = process.env;
  process.env['NODE_ENV'] = 'production';
  await build({
    configFile: root('build/vite.renderer.config.ts'),
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: true },
  });
  process.env['NODE_ENV'] = NODE_ENV;
  const fake = await fakeScript(root('test/e2e/renderer-fake-bridge.ts'));
  const server = await serve(folder);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] });
  return {
    open: async (options = {}) => await openWindow(browser, `http://127.0.0.1:${address.port}/`, fake, options),
    close: async () => {
      await browser.close();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function fakeScript(input: string): Promise<string> {
  const bundle = await rolldown({ input, logLevel: 'silent' });
  const { output } = await bundle.generate({ format: 'iife' });
  await bundle.close();
  return output[0].code;
}

async function serve(folder: string): Promise<Server> {
  const server = createServer((request, response) => {
    void (async () => {
      const path = request.url === '/' ? '/index.html' : (request.url ?? '');
      try {
        const body = await readFile(join(folder, path));
        const nonce = randomBytes(16).toString('base64');
        response.writeHead(200, {
          'Content-Type': types[extname(path)] ?? 'application/octet-stream',
          'Content-Security-Policy': policy(nonce),
          'X-Content-Type-Options': 'nosniff',
        });
        response.end(path === '/index.html' ? body.toString().replaceAll('__CSP_NONCE__', nonce) : body);
      } catch {
        response.writeHead(404).end();
      }
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function openWindow(browser: Browser, address: string, fake: string, options: WindowOptions): Promise<Window> {
  const { width = 1280, height = 720, scale = 1, forcedColors, ...world } = options;
  const context: BrowserContext = await browser.newContext({
    viewport: { width, height },
    deviceScaleFactor: scale,
    permissions: ['clipboard-read', 'clipboard-write'],
    ...(forcedColors === undefined ? {} : { forcedColors }),
  });
  const complaints: string[] = [];
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(`page: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`console: ${message.text()}`);
  });
  await page.exposeFunction('complain', (text: string) => complaints.push(text));
  await page.addInitScript({
    content: `document.addEventListener('securitypolicyviolation', (event) => complain('policy: ' + event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample));
globalThis.ferryFake = ${JSON.stringify(world)};\n${fake}`,
  });
  await page.goto(address);
  // not by its role: a sheet that is open at once hides everything else from assistive technology
  await page.locator('nav').waitFor();
  return { page, complaints, close: async () => await context.close() };
}
