import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, openStage, type Stage, type WindowOptions } from './renderer-stage.ts';
import { barriersOf } from './walk-checks.ts';

/** A folder for pictures of every stop; none are taken without it. */
const { SHOTS: shots } = process.env;

describe.skipIf(!hasBrowser)('the pages of files and docks', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(async () => stage?.close());

  const nav = async (page: Page, at: number): Promise<void> =>
    page.getByRole('navigation').getByRole('button').nth(at).click();
  const escape = async (page: Page): Promise<void> => {
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  };

  /** Walks over both pages and every sheet of them, and stops at each. */
  async function walk(page: Page, stop: (name: string) => Promise<void>): Promise<void> {
    await nav(page, 3);
    await page.locator('.details .grid-line').nth(3).waitFor();
    await stop('open');
    await page.locator('.details .grid-line').nth(1).click();
    await page.locator('.details-head button').first().click();
    await page.locator('.sheet select').waitFor();
    await stop('import');
    await escape(page);
    for (const [at, name] of ['open', 'lacking', 'written', 'receipt'].entries()) {
      if (at === 0) continue;
      await page.locator('.file-item').nth(at).click();
      await page.locator('.details h2').waitFor();
      await stop(name);
    }
    await page.locator('.bar-line button').nth(1).click();
    await page.locator('.sheet select').waitFor();
    await stop('make receipt');
    await escape(page);
    await nav(page, 0);
    await page.getByRole('treeitem').first().click();
    await page.locator('.page-grid > .grid .grid-line').nth(1).click();
    await page.locator('.images-export').click();
    await page.locator('.sheet .tile').first().waitFor();
    await page.locator('.sheet summary').click();
    await stop('export');
    await escape(page);
    await nav(page, 4);
    await page.locator('.plain-table').waitFor();
    await page.locator('.dock-form summary').click();
    await stop('dock');
    await page.locator('.dock-card [role=tab]').nth(1).click();
    await page.locator('.snippet').first().waitFor();
    await page.locator('.dock-card [role=tab]').nth(3).click();
    await stop('snippets');
  }

  async function pictures(page: Page, name: string, world: string): Promise<void> {
    if (shots === undefined) return;
    await mkdir(shots, { recursive: true });
    await page.screenshot({
      path: join(shots, `${world}-${name}.png`.replaceAll(/[^\w.-]+/g, '-')),
      animations: 'disabled',
    });
  }

  const worlds: readonly (readonly [string, WindowOptions])[] = [
    ['light-en', { theme: 'light', language: 'en' }],
    ['light-zh-large', { theme: 'light', language: 'zh', width: 1920, height: 1080 }],
    ['dark-zh', { theme: 'dark', language: 'zh' }],
    ['high-contrast', { theme: 'system', language: 'en', forcedColors: 'active' }],
  ];

  test.each(worlds)('nobody is kept out of them (%s)', { timeout: 240_000 }, async (world, options) => {
    const { page, complaints, close } = await stage.open({ ...options, isStill: true });
    const found: string[] = [];
    await walk(page, async (name) => {
      await pictures(page, name, world);
      for (const barrier of await barriersOf(page)) found.push(`${name}: ${barrier}`);
      const wide = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
      if (wide > 0) found.push(`${name} is ${wide} pixels too wide`);
    });
    expect(found).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  test('strange texts stay texts on them, within their boxes', { timeout: 120_000 }, async () => {
    const { page, complaints, close } = await stage.open({ isHostile: true, isStill: true });
    await walk(page, async (name) => {
      expect([name, await page.locator('img[src="x"], body script').count()]).toEqual([name, 0]);
      const shown = await page.evaluate<string>('document.body.innerText');
      // oxlint-disable-next-line no-control-regex -- these are the characters that must not be there
      expect(/[\u202a-\u202e\u2066-\u2069\u001b\u0007]/.test(shown)).toBe(false);
      const wide = await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth');
      expect([name, wide]).toEqual([name, false]);
    });
    expect(complaints).toEqual([]);
    await close();
  });

  test('a dock that serves is seen on every page, and stopped from there', async () => {
    const { page, close } = await stage.open({ isStill: true });
    const count = await page.getByRole('navigation').getByRole('button').count();
    for (let at = 0; at < count; at++) {
      await nav(page, at);
      await page.locator('.title-bar .dock-sign').getByText('192.168.10.21:5000').waitFor();
    }
    await page.locator('.dock-sign').getByRole('button', { name: /Stop/ }).click();
    await page.locator('.dock-sign').waitFor({ state: 'detached' });
    await close();
  });

  test('a bundle dropped in a browser is asked for on the disk of the program', async () => {
    const { page, close } = await stage.open({ isStill: true });
    const data = await page.evaluateHandle(`(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(['x'], 'october.001-of-002.tar'));
      return transfer;
    })()`);
    await page.dispatchEvent('.places', 'drop', { dataTransfer: data });
    await page
      .getByRole('dialog')
      .getByText(/october\.001-of-002\.tar/)
      .waitFor();
    await page.locator('.sheet .files').waitFor();
    await pictures(page, 'choose', 'light-en');
    expect(await barriersOf(page)).toEqual([]);
    await close();
  });
});
