import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CommandName, InputOf } from '../../electron/contract/commands.ts';
import './renderer-fake-globals.ts';
import { hasBrowser, openStage, type Stage, type Window } from './renderer-stage.ts';

const grid = '.page-grid > .grid';
const rowHeight = 28;

describe.skipIf(!hasBrowser)('the grid of images', () => {
  let stage: Stage;
  let window: Window;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(async () => stage?.close());
  beforeEach(async () => {
    window = await stage.open({ width: 1280, height: 900, isStill: true });
    await window.page.getByRole('treeitem').first().click();
    await window.page.getByTitle('library/busybox').click();
    await expectText('5,000 images');
  });
  afterEach(async () => {
    expect(window.complaints).toEqual([]);
    await window.close();
  });

  const expectText = async (text: string): Promise<void> =>
    window.page.locator('.page-foot').getByText(text).first().waitFor();
  const row = (index: number) => window.page.locator(`${grid} .grid-line[data-index="${index}"]`);
  const box = async () => {
    const found = await window.page.locator(grid).boundingBox();
    if (found === null) throw new Error('there is no grid');
    return found;
  };
  const chooseDestinations = async (): Promise<void> => {
    await window.page.locator('.picker').click();
    await window.page.getByRole('menuitemcheckbox').nth(1).click();
    await window.page.getByRole('menuitemcheckbox').nth(2).click();
    await window.page.keyboard.press('Escape');
  };
  const calls = async <Name extends CommandName>(name: Name): Promise<readonly InputOf<Name>[]> =>
    await window.page.evaluate(
      (wanted) =>
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what was called by that name has its input
        fakeCalls.flatMap(([one, input]) => (one === wanted ? [input as InputOf<Name>] : [])),
      name,
    );

  test('mounts only the rows in view', async () => {
    expect(await window.page.locator(`${grid} .grid-line`).count()).toBeLessThan(60);
    expect(await window.page.locator(grid).getAttribute('aria-rowcount')).toBe('5001');
  });

  test('a marquee selects what it covers', async () => {
    const { x, y } = await box();
    await window.page.mouse.move(x + 300, y + 32 + 2 * rowHeight + 5);
    await window.page.mouse.down();
    await window.page.mouse.move(x + 500, y + 32 + 7 * rowHeight + 5, { steps: 5 });
    await window.page.locator('.marquee').waitFor();
    await window.page.mouse.up();
    await expectText('6 selected');
    expect(await window.page.locator('.marquee').count()).toBe(0);
  });

  test('a marquee pulled past the edge scrolls and takes all 5,000 rows', async () => {
    const { x, y, height } = await box();
    await window.page.mouse.move(x + 300, y + 32 + 4);
    await window.page.mouse.down();
    await window.page.mouse.move(x + 400, y + height + 120, { steps: 5 });
    await window.page.locator(grid).evaluate(
      (area) =>
        new Promise<void>((resolve) => {
          const look = (): void => {
            if (area.scrollTop + area.clientHeight >= area.scrollHeight - 1) resolve();
            else setTimeout(look, 50);
          };
          look();
        }),
    );
    await window.page.mouse.up();
    await expectText('5,000 selected');
  });

  test('Ctrl with a marquee switches rows over; Esc while drawing takes it back', async () => {
    await row(3).click();
    const { x, y } = await box();
    const draw = async (): Promise<void> => {
      await window.page.keyboard.down('Control');
      await window.page.mouse.move(x + 300, y + 32 + 2 * rowHeight + 5);
      await window.page.mouse.down();
      await window.page.mouse.move(x + 500, y + 32 + 5 * rowHeight + 5, { steps: 5 });
    };
    await draw();
    await window.page.keyboard.press('Escape');
    await window.page.mouse.up();
    await window.page.keyboard.up('Control');
    await expectText('1 selected');
    await draw();
    await window.page.mouse.up();
    await window.page.keyboard.up('Control');
    await expectText('3 selected');
  });

  test('the keyboard does what the mouse does', async () => {
    const press = async (...keys: readonly string[]): Promise<void> => {
      for (const key of keys) await window.page.keyboard.press(key);
    };
    await row(0).click();
    await press('Shift+End');
    await expectText('5,000 selected');
    await press('Home', 'Shift+ArrowDown', 'Shift+ArrowDown');
    await expectText('3 selected');
    await press('Control+ArrowDown', 'Control+ArrowDown', 'Space');
    await expectText('4 selected');
    await press('Control+a');
    await expectText('5,000 selected');
    await press('Escape', 'End', 'PageUp');
    await expectText('1 selected');
    const focus = await window.page.locator(grid).getAttribute('aria-activedescendant');
    expect(await window.page.locator(`[id="${focus ?? ''}"]`).getAttribute('aria-selected')).toBe('true');
  });

  test('Ctrl+F filters, the arrow leads into the rows, and what is hidden stays selected and is counted', async () => {
    await row(0).click();
    await window.page.keyboard.press('Control+f');
    await window.page.keyboard.type('v13. alpine');
    await expectText('1 of them hidden by the filter');
    await window.page.keyboard.press('ArrowDown');
    await window.page.keyboard.press('ArrowDown');
    await expectText('1 selected');
    const shown = await window.page.locator(`${grid} .grid-line`).first().innerText();
    expect(shown).toMatch(/v13\..*-alpine/);
  });

  test('a column is made wider with the pointer and with the keys, and stays so', async () => {
    const { page } = window;
    const handle = page.getByRole('separator', { name: 'Width of Tag' });
    const title = page.getByRole('columnheader', { name: /^Tag/ });
    const width = async (): Promise<number> => Math.round((await title.boundingBox())?.width ?? 0);
    const before = await width();
    const edge = await handle.boundingBox();
    if (edge === null) throw new Error('there is no handle');
    await page.mouse.move(edge.x + 4, edge.y + 8);
    await page.mouse.down();
    await page.mouse.move(edge.x + 64, edge.y + 8, { steps: 4 });
    await page.mouse.up();
    expect(await width()).toBe(before + 60);
    await handle.focus();
    await page.keyboard.press('ArrowLeft');
    expect(await width()).toBe(before + 44);
    const cell = row(0).locator('.grid-cell').nth(1);
    expect(Math.round((await cell.boundingBox())?.width ?? 0)).toBe(before + 44);
    await page.reload();
    await page.getByRole('columnheader', { name: /^Tag/ }).waitFor();
    expect(await width()).toBe(before + 44);
    await page.getByRole('separator', { name: 'Width of Tag' }).dblclick();
    expect(await width()).toBe(before);
  });

  test('details are asked for rows in view only', async () => {
    await window.page.waitForTimeout(600);
    const asked = await calls('images.details');
    const ofBusybox = asked
      .flatMap(({ images }) => images)
      .filter(({ repository }) => repository === 'library/busybox');
    expect(ofBusybox.length).toBeGreaterThan(5);
    expect(ofBusybox.length).toBeLessThan(80);
  });

  test('Ctrl+Enter plans the selection for all destinations', async () => {
    await chooseDestinations();
    await row(1).click();
    await row(4).click({ modifiers: ['Shift'] });
    await window.page.keyboard.press('Control+Enter');
    await window.page.getByRole('dialog').waitFor();
    const [made] = await calls('plans.make');
    // tags of one repository are named together
    expect(made?.order).toMatchObject({
      images: [{ repository: 'library/busybox', tags: { length: 4 } }],
      destinations: { length: 2 },
    });
    await window.page.getByRole('button', { name: /^Start/ }).click();
    await window.page.getByText('8 images → harbor.prod.local').first().waitFor();
  });

  test('the selection is dragged onto a registry of the tree, onto all destinations, or let go of', async () => {
    await chooseDestinations();
    await row(1).click();
    await row(4).click({ modifiers: ['Shift'] });
    const pick = async (): Promise<void> => {
      await row(2).hover();
      await window.page.mouse.down();
      await window.page.mouse.move(700, 330, { steps: 4 });
      await window.page.locator('.carried').waitFor();
    };
    const dropOn = async (selector: string): Promise<void> => {
      const target = await window.page.locator(selector).boundingBox();
      if (target === null) throw new Error(`nothing to drop on: ${selector}`);
      await window.page.mouse.move(target.x + 40, target.y + 10, { steps: 4 });
      await window.page.mouse.up();
    };
    await pick();
    await dropOn('.drop-target >> nth=0');
    await window.page.getByRole('dialog').waitFor();
    await window.page.keyboard.press('Escape');
    await pick();
    await window.page.keyboard.press('Escape');
    await window.page.mouse.up();
    expect(await window.page.locator('.carried').count()).toBe(0);
    await window.page.locator('.tree').evaluate((tree) => tree.scrollTo(0, 1e6));
    await pick();
    await dropOn('.tree-registry >> nth=1');
    await window.page.getByRole('dialog').waitFor();
    const made = await calls('plans.make');
    expect(made.map(({ order }) => order)).toMatchObject([
      { destinations: [{ registry: 'harbor' }, { registry: 'site-b' }] },
      { destinations: [{ registry: 'harbor' }] },
    ]);
  });
});
