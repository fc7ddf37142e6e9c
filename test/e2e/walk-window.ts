import { readFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Words } from '../../renderer/locales/en.ts';

/** The pages of the window, in the order of their buttons. */
const pages = ['images', 'transfers', 'history', 'bundles', 'dock', 'settings', 'about'] as const;

/** A registry as it is typed into its form. */
export interface GivenRegistry {
  readonly host: string;
  readonly name: string;
  readonly user?: string;
  readonly password?: string;
}

/** A text of the window with its variables filled in. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name] ?? ''));
}

/** A tab of the window as an operator uses it: by what is written there. */
export class WindowTab {
  readonly page: Page;
  readonly words: Words;

  constructor(page: Page, words: Words) {
    this.page = page;
    this.words = words;
  }

  /** A button by its label. */
  button(name: string, within: Page | Locator = this.page): Locator {
    return within.getByRole('button', { name, exact: true });
  }

  /** The sheet over the window. */
  get sheet(): Locator {
    return this.page.getByRole('dialog');
  }

  /** Goes to a page. */
  async go(name: (typeof pages)[number]): Promise<void> {
    await this.page.getByRole('navigation').getByRole('button').nth(pages.indexOf(name)).click();
  }

  /** Waits until the sheet is gone. */
  async closed(): Promise<void> {
    await this.sheet.waitFor({ state: 'detached' });
  }

  /** Fills in the form of a registry and tries it; gives what that showed. Saves it then, or leaves it open. */
  async addRegistry(given: GivenRegistry, isSaved = true): Promise<string> {
    const { registries, common } = this.words;
    await this.button(registries.add).first().click();
    await this.sheet.getByLabel(registries.host).fill(given.host);
    await this.sheet.getByLabel(registries.name).fill(given.name);
    if (given.user !== undefined && given.password !== undefined) {
      await this.sheet.getByLabel(registries.user).fill(given.user);
      await this.sheet.getByLabel(registries.password, { exact: true }).fill(given.password);
      await this.sheet.getByLabel(registries.remember).selectOption('stored');
    }
    await this.sheet.getByText(registries.connection).click();
    await this.sheet.getByLabel(registries.plainHttp).check();
    const shown = await this.tried();
    if (isSaved) {
      await this.button(common.save, this.sheet).click();
      await this.closed();
    }
    return shown;
  }

  /** Tries the registry of the open form; gives what that showed, in one line. */
  async tried(): Promise<string> {
    await this.button(this.words.common.test, this.sheet).click();
    const steps = this.sheet.locator('.steps');
    await steps.waitFor();
    return (await steps.innerText()).replaceAll(/\s+/g, ' ');
  }

  /** The tree's node of a registry. */
  registry(name: string): Locator {
    return this.page.locator('.tree-registry').filter({ hasText: name });
  }

  /** A row of the grid of images. */
  row(index: number): Locator {
    return this.page.locator(`.page-grid > .grid .grid-line[data-index="${index}"]`);
  }

  /** Waits until the foot of the grid of images says this. */
  async foot(text: string): Promise<void> {
    await this.page.locator('.page-foot').getByText(text, { exact: true }).waitFor();
  }

  /** Draws a marquee over rows, past the edge of the grid where they reach farther than it. */
  async marquee(first: number, last: number): Promise<void> {
    const { mouse } = this.page;
    const area = this.page.locator('.page-grid > .grid');
    const grid = await boxOf(area);
    const from = await boxOf(this.row(first));
    await mouse.move(from.x + from.width / 2, from.y + 4);
    await mouse.down();
    await mouse.move(from.x + from.width / 2 + 60, grid.y + grid.height + 60, { steps: 4 });
    await expect.poll(() => area.evaluate(({ scrollTop }) => scrollTop)).toBeGreaterThan(0);
    // it scrolls by itself while the pointer is outside; back inside the last row is looked for
    await mouse.move(from.x + from.width / 2 + 60, grid.y + grid.height - 60, { steps: 2 });
    await area.evaluate((element, top) => element.scrollTo(0, top), (last - 5) * from.height);
    await this.row(last).waitFor();
    const to = await boxOf(this.row(last));
    await mouse.move(from.x + from.width / 2 + 60, to.y + 14, { steps: 4 });
    await mouse.up();
  }

  /** Takes the selection up at a row and lets it go over a registry of the tree. */
  async dragTo(row: number, registry: string): Promise<void> {
    const { mouse } = this.page;
    const from = await boxOf(this.row(row));
    await mouse.move(from.x + 200, from.y + 14);
    await mouse.down();
    await mouse.move(from.x + 160, from.y + 60, { steps: 4 });
    await this.page.locator('.carried').waitFor();
    const to = await boxOf(this.registry(registry));
    await mouse.move(to.x + 60, to.y + to.height / 2, { steps: 6 });
    await this.page.locator('.tree-registry.is-over').waitFor();
    await mouse.up();
  }

  /** Chooses a registry to copy to. */
  async chooseDestination(name: string): Promise<void> {
    await this.page.locator('.picker').click();
    await this.page.getByRole('menuitemcheckbox', { name }).click();
    await this.page.keyboard.press('Escape');
    await this.page.getByRole('menu').waitFor({ state: 'detached' });
  }

  /** Waits until the plan is ready to be started. */
  async planned(): Promise<void> {
    await this.sheet.locator('.sheet-actions button:enabled').first().and(this.#start).waitFor({ timeout: 60_000 });
  }

  /** Starts what is planned. */
  async start(): Promise<void> {
    await this.#start.click();
    await this.closed();
  }

  get #start(): Locator {
    return this.button(this.words.plan.start, this.sheet);
  }

  /** Opens the layers of an image of the chosen job that is on its way, one of which is given. */
  async watch(image: string, digest: string): Promise<void> {
    await this.page.getByRole('tab', { name: this.words.transfers.showRunning, exact: true }).click();
    const row = this.page.locator('.job-images-grid .grid-line').filter({ hasText: new RegExp(`${image}(?!\\d)`) });
    // rows that end leave the list, and the next ones move under the pointer
    await expect
      .poll(
        async () => {
          await row.first().click();
          return this.#layer(digest).isVisible();
        },
        { timeout: 60_000, interval: 1000 },
      )
      .toBe(true);
  }

  #layer(digest: string): Locator {
    return this.page.locator('.layer').filter({ has: this.page.locator(`[title="${digest}"]`) });
  }

  /** Sees more and more of a layer. */
  async moves(digest: string): Promise<void> {
    const layer = this.#layer(digest);
    const seen = new Set<string>();
    await expect
      .poll(
        async () => {
          seen.add((await layer.locator('.bar-under').getAttribute('style')) ?? '');
          return seen.size;
        },
        { timeout: 60_000 },
      )
      .toBeGreaterThan(3);
  }

  /** Opens the images of the chosen job that failed and the first of them; gives their names. */
  async failures(): Promise<readonly string[]> {
    await this.page
      .getByRole('tab')
      .filter({ hasText: fill(this.words.transfers.showFailed, { n: 1 }) })
      .click();
    const rows = this.page.locator('.job-images-grid .grid-line');
    await expect.poll(() => rows.count()).toBe(1);
    await rows.first().click();
    await this.page.locator('.job-failure').waitFor();
    const cells = (await rows.first().locator('.grid-cell').first().textContent()) ?? '';
    return [cells.replace(/^[^/]*\//, '')];
  }

  /** Takes the chosen job of the history away as a file; gives its text. */
  async exported(format: 'CSV' | 'JSON'): Promise<string> {
    const saving = this.page.waitForEvent('download');
    await this.button(this.words.history.export).click();
    await this.page.getByRole('menuitem', { name: format }).click();
    return readFile(await (await saving).path(), 'utf8');
  }

  /** The first card of the queue. */
  get job(): Locator {
    return this.page.locator('.job-row').first();
  }

  /** Waits until the first card of the queue says this. */
  async jobSays(text: string, timeoutMs = 60_000): Promise<void> {
    await this.job.getByText(text, { exact: true }).first().waitFor({ timeout: timeoutMs });
  }
}

/** Where an element is; throws when it is not shown. */
export async function boxOf(element: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await element.boundingBox();
  if (box === null) throw new Error(`it is not shown: ${element.toString()}`);
  return box;
}
