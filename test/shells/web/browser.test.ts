import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { closeServer, listen } from '../../fakes/listening.ts';
import { openWeb } from './stage.ts';

const executablePath = '/usr/bin/chromium';
const hasBrowser = existsSync(executablePath);
let browser: Browser | undefined;
let stranger = '';

beforeAll(async () => {
  stranger = await readFile(new URL('stranger.js', import.meta.url), 'utf8');
  if (hasBrowser) browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
});

afterAll(() => browser?.close());

/** A tab that closes after the test. */
async function openTab(): Promise<Page> {
  if (browser === undefined) throw new Error('there is no browser');
  const page = await browser.newPage();
  onTestFinished(() => page.close());
  return page;
}

/** A tab with a page of somebody else on this machine. */
async function strangersTab(): Promise<Page> {
  const server = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end(`<!doctype html><title>stranger</title><body><script>${stranger}</script>`);
  });
  const port = await listen(server);
  onTestFinished(() => closeServer(server));
  const page = await openTab();
  await page.goto(`http://127.0.0.1:${port}/`);
  return page;
}

describe.runIf(hasBrowser)('S-WEB-7: a page on another port of this machine', () => {
  test('changes nothing and reads nothing, even with the token', async () => {
    const stage = await openWeb();
    const token = await stage.signIn();
    const page = await strangersTab();
    expect(await page.evaluate(`attack("${stage.origin}", "${token}")`)).toEqual({
      read: 'failed',
      simple: 'failed',
      signed: 'failed',
      image: 'failed',
      script: 'failed',
      socket: 'failed',
      events: 'failed',
      frame: 'unreadable',
      opened: 'unreadable',
    });
    expect(stage.parts.entries.size).toBe(0);
  });

  test('cannot post a form that does anything', async () => {
    const stage = await openWeb();
    const page = await strangersTab();
    const [answer] = await Promise.all([
      page.waitForResponse((response) => response.url().startsWith(stage.origin)),
      page.evaluate(`postForm("${stage.origin}/api/call/vault.lock")`),
    ]);
    expect(answer.status()).toBe(403);
  });
});

describe.runIf(hasBrowser)('S-SHELL-5: the page itself', () => {
  test('loads without a violation of its policy, and runs no script that is put into it', async () => {
    const stage = await openWeb();
    const page = await openTab();
    const said: string[] = [];
    page.on('console', (message) => said.push(message.text()));
    await page.goto(stage.origin);
    await page.waitForLoadState('networkidle');
    expect(said.filter((text) => text.includes('Content Security Policy'))).toEqual([]);
    expect(await page.evaluate(`(async () => { ${stranger}; return inject(); })()`)).not.toBe('injected');
  });

  test('is shown by a link from elsewhere, such as the file that leads a browser there', async () => {
    const stage = await openWeb();
    const page = await strangersTab();
    const [answer] = await Promise.all([
      page.waitForResponse((response) => response.url() === `${stage.origin}/`),
      page.evaluate(`location.href = "${stage.origin}/"`),
    ]);
    expect(answer.status()).toBe(200);
  });
});
