import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, openStage, type Stage, type WindowOptions } from './renderer-stage.ts';

interface AxeResult {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** In the order of their buttons. */
const pages = ['images', 'transfers', 'history', 'bundles', 'dock', 'settings', 'about'] as const;

describe.skipIf(!hasBrowser)('the pages of the window', () => {
  let stage: Stage;
  let axe: string;
  beforeAll(async () => {
    stage = await openStage();
    axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  });
  afterAll(async () => stage?.close());

  const nav = async (page: Page, name: (typeof pages)[number]): Promise<void> =>
    page.getByRole('navigation').getByRole('button').nth(pages.indexOf(name)).click();
  const escape = async (page: Page): Promise<void> => {
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  };

  /** Walks over every page and every sheet, and stops at each. */
  async function walk(page: Page, stop: (name: string) => Promise<void>): Promise<void> {
    await stop('start');
    await page.getByRole('treeitem').first().click();
    await page.locator('.page-grid > .grid .grid-line').nth(1).waitFor();
    await page.locator('.picker').click();
    await page.getByRole('menuitemcheckbox').nth(1).click();
    await stop('destinations');
    await page.keyboard.press('Escape');
    await page.locator('.page-grid > .grid .grid-line').nth(1).click();
    await page
      .locator('.page-grid > .grid .grid-line')
      .nth(4)
      .click({ modifiers: ['Shift'] });
    await page.locator('.target-line').getByText('→').waitFor();
    await stop('images');
    await page.keyboard.press('Control+Enter');
    await page.locator('.plan-grid .grid-line').nth(3).click();
    await page.locator('.plan-options summary').click();
    await stop('plan');
    await escape(page);
    await page.locator('.page-grid > .grid .grid-line').nth(1).dblclick();
    await page.locator('.sheet details').first().waitFor();
    await stop('image');
    await escape(page);
    await page.getByRole('button', { name: /^(Paste list|粘贴列表)/ }).click();
    await page.locator('.sheet textarea').fill('nginx:1.27\nredis:${TAG}');
    await page.locator('.sheet .pasted').waitFor();
    await stop('paste');
    await escape(page);
    await page.locator('.places-head button').nth(1).click();
    await page.locator('.sheet summary').click();
    await stop('add');
    await escape(page);
    await page.getByRole('treeitem').first().hover();
    await page.locator('.tree-menu button').first().click();
    await page.getByRole('menuitem').first().click();
    await page.locator('.sheet .failure summary').click();
    await stop('test');
    await escape(page);
    await page.locator('.places-head button').nth(0).click();
    await page.locator('.sheet textarea').fill('quay.io/coreos/etcd: harbor');
    await page.locator('.sheet .line button').last().click();
    await page.locator('.imported').waitFor();
    await stop('import');
    await escape(page);
    await nav(page, 'transfers');
    await page.locator('.job').nth(1).click();
    await page.locator('.job-images-head [role=tab]').nth(2).click();
    await page.locator('.job-images-grid .grid-line.is-failed').first().click();
    await page.locator('.layer').first().waitFor();
    await stop('transfers');
    await nav(page, 'history');
    await page.locator('.page-grid .grid-line').nth(3).click();
    await page.locator('.past-grid .grid-line.is-failed').first().click();
    await stop('history');
    for (const at of [2, 3]) {
      await page.locator('.past [role=tab]').nth(at).click();
      await page.locator(at === 2 ? '.log-line >> nth=0' : '.past-facts').waitFor();
      await stop(`history ${at}`);
    }
    for (const name of ['bundles', 'dock'] as const) {
      await nav(page, name);
      await page.locator('.card .page').first().waitFor();
      await stop(name);
    }
    await nav(page, 'settings');
    await page.locator('.section').last().waitFor();
    await stop('settings');
    await nav(page, 'about');
    await page.locator('.section').nth(-2).getByRole('button').click();
    await page.locator('.self-test li').last().waitFor();
    await stop('self-test');
    await page.locator('.section').last().getByRole('button').click();
    await page.locator('.review').waitFor();
    await stop('about');
    await escape(page);
  }

  async function seriousOf(page: Page): Promise<readonly string[]> {
    // tabster's dummies are where the kit catches the focus at the edges of a menu; nobody stays on them
    // what is pointed at has colours of its own, and a list that grows may move something under the pointer
    await page.mouse.move(0, 0);
    // the page's policy lets no script of ours in, so it goes in through the inspector
    await page.evaluate(axe);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- axe's own words
    const violations = (await page.evaluate(
      "axe.run({ include: [document], exclude: ['[data-tabster-dummy]'] }, { resultTypes: ['violations'] }).then(({ violations }) => violations)",
    )) as readonly AxeResult[];
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) =>
        nodes
          .slice(0, 3)
          .map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary.slice(0, 300)}`),
      );
  }

  const worlds: readonly (readonly [string, WindowOptions])[] = [
    ['light, English', { theme: 'light', language: 'en' }],
    ['dark, Chinese', { theme: 'dark', language: 'zh', width: 1920, height: 1080 }],
    ['high contrast', { theme: 'system', language: 'en', forcedColors: 'active' }],
  ];

  test.each(worlds)('nobody is kept out of any page (%s)', { timeout: 240_000 }, async (_, options) => {
    const { page, complaints, close } = await stage.open({ ...options, isStill: true });
    const found: string[] = [];
    await walk(page, async (name) => {
      for (const violation of await seriousOf(page)) found.push(`${name}: ${violation}`);
    });
    expect(found).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  test('strange texts stay texts on every page, within their boxes', { timeout: 120_000 }, async () => {
    const { page, complaints, close } = await stage.open({ isHostile: true, isStill: true });
    const stops: string[] = [];
    await walk(page, async (name) => {
      stops.push(name);
      expect([name, await page.locator('img[src="x"], body script').count()]).toEqual([name, 0]);
      const shown = await page.evaluate<string>('document.body.innerText');
      // oxlint-disable-next-line no-control-regex -- these are the characters that must not be there
      expect(/[\u202a-\u202e\u2066-\u2069\u001b\u0007]/.test(shown)).toBe(false);
      const wide = await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth');
      expect([name, wide]).toEqual([name, false]);
    });
    expect(stops.length).toBeGreaterThan(16);
    expect(complaints).toEqual([]);
    await close();
  });

  test('language and colours are switched live and kept', async () => {
    const { page, complaints, close } = await stage.open({ language: 'en', theme: 'light', isStill: true });
    await page.getByRole('button', { name: '中文' }).click();
    await page.getByRole('heading', { name: '源与目标' }).waitFor();
    expect(await page.evaluate<string>('document.documentElement.lang')).toBe('zh-CN');
    await nav(page, 'settings');
    await page.locator('.section select').nth(1).selectOption('dark');
    await page.locator('#root > [data-theme="dark"]').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test('the first run asks little and can be skipped', async () => {
    const { page, complaints, close } = await stage.open({ isFirstRun: true, isEmpty: true });
    await page.getByRole('dialog').getByText('D:\\ImageFerry\\data').waitFor();
    expect(await seriousOf(page)).toEqual([]);
    await page.getByRole('button', { name: 'Skip' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Add registry' }).last().click();
    await page.getByRole('dialog').getByLabel('Host').fill('harbor.example');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('treeitem', { name: /harbor.example/ }).waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test('a dropped docker config brings its credentials', async () => {
    const { page, close } = await stage.open({ isStill: true });
    const data = await page.evaluateHandle(`(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(['{"auths":{"harbor.prod.local":{}}}'], 'config.json'));
      return transfer;
    })()`);
    await page.dispatchEvent('.places', 'drop', { dataTransfer: data });
    await page.getByRole('button', { name: 'Import credentials' }).click();
    await page.getByText('not imported').waitFor();
    await close();
  });

  test.each([
    [1280, 720, 1],
    [1280, 720, 2],
    [1920, 1080, 1],
  ] as const)('nothing is wider than a window of %i × %i at scale %i', async (width, height, scale) => {
    const { page, close } = await stage.open({ width, height, scale, isStill: true });
    for (const at of pages) {
      await nav(page, at);
      await page.waitForTimeout(200);
      expect([at, await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')]).toEqual([at, 0]);
    }
    await close();
  });

  test('a script written into the page does not run', async () => {
    const { page, complaints, close } = await stage.open();
    // trusted types refuse the text before the policy refuses the script
    const ran = await page.evaluate<boolean>(`(() => {
      const script = document.createElement('script');
      try {
        script.textContent = 'globalThis.ran = true';
        document.body.append(script);
      } catch {}
      return 'ran' in globalThis;
    })()`);
    expect(ran).toBe(false);
    expect(complaints.length).toBeGreaterThan(0);
    await close();
  });
});
