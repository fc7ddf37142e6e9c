import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { hasBrowser, openStage, type Stage } from './renderer-stage.ts';

/** A folder for the pictures that the README shows; without it they are made, looked at and thrown away. */
const { PICTURES: kept } = process.env;

const size = { width: 1280, height: 720 } as const;
const faces = [
  ['en', 'light'],
  ['en', 'dark'],
  ['zh', 'light'],
  ['zh', 'dark'],
] as const;

describe.skipIf(!hasBrowser)('the pictures of the README', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(async () => stage?.close());

  test.each(faces)('are taken in %s, %s', { timeout: 60_000 }, async (language, theme) => {
    const folder = kept ?? (await mkdtemp(join(tmpdir(), 'ferry-pictures-')));
    if (kept === undefined) onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await mkdir(folder, { recursive: true });
    const { page, complaints, close } = await stage.open({ ...size, language, theme, isStill: true, isCalm: true });
    await page.getByRole('treeitem').first().click();
    await page.locator('.page-grid > .grid .grid-line').nth(1).waitFor();
    await page.locator('.picker').click();
    await page.getByRole('menuitemcheckbox').nth(1).click();
    await page.keyboard.press('Escape');
    await page.locator('.page-grid > .grid .grid-line').nth(1).click();
    await page
      .locator('.page-grid > .grid .grid-line')
      .nth(6)
      .click({ modifiers: ['Shift'] });
    await page.locator('.grid-line .dot-new').first().waitFor();
    await page.mouse.move(640, 4);
    const name = join(folder, `images-${language}-${theme}.png`);
    await page.waitForTimeout(500);
    await page.screenshot({ path: name, animations: 'disabled' });
    await page.getByRole('navigation').getByRole('button').nth(1).click();
    await page.locator('.job').nth(1).click();
    await page.locator('.job-images-grid .grid-line').first().click();
    await page.locator('.layer').first().waitFor();
    await page.mouse.move(640, 4);
    await page.waitForTimeout(500);
    const second = join(folder, `transfers-${language}-${theme}.png`);
    await page.screenshot({ path: second, animations: 'disabled' });
    for (const file of [name, second]) {
      const picture = await readFile(file);
      // PNG, second edition, 11.2.2: width and height stand behind the signature and the name of the chunk
      expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([size.width, size.height]);
    }
    expect(complaints).toEqual([]);
    await close();
  });
});
