import { readFile } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import './renderer-fake-globals.ts';
import { hasBrowser, openStage, type Stage } from './renderer-stage.ts';

describe.skipIf(!hasBrowser)('what a person does in the window', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(async () => stage?.close());

  const names = (page: Page): Promise<readonly (readonly [string, unknown])[]> => page.evaluate(() => fakeCalls);
  const called = async (page: Page, name: string): Promise<readonly unknown[]> =>
    (await names(page)).flatMap(([one, input]) => (one === name ? [input] : []));
  const button = (within: Page | Locator, name: string): Locator => within.getByRole('button', { name, exact: true });

  test('S-IPC-9: what changes the world is asked in the page first, and closing the question means no', async () => {
    const { page, complaints, close } = await stage.open({ isStill: true });
    const site = page.getByRole('treeitem', { name: /Site B/ });
    const remove = async (): Promise<void> => {
      await site.hover();
      await site.locator('.tree-menu button').click();
      await page.getByRole('menuitem', { name: 'Remove registry' }).click();
      await page.getByRole('dialog').getByText('Remove harbor.site-b.example:8443?').waitFor();
    };
    await remove();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await site.waitFor();
    await remove();
    await button(page.getByRole('dialog'), 'Remove').click();
    await site.waitFor({ state: 'detached' });
    expect(await called(page, 'questions.answer')).toMatchObject([{ isYes: false }, { isYes: true }]);
    expect(complaints).toEqual([]);
    await close();
  });

  test('S-IPC-9: a question comes over a sheet that is open, which stays as it is when the answer is no', async () => {
    const { page, complaints, close } = await stage.open({ isStill: true, isEmpty: true });
    await button(page, 'Add registry').first().click();
    const sheet = page.getByRole('dialog').first();
    await sheet.getByLabel('Host').fill('harbor.example');
    await sheet.locator('summary').click();
    await sheet.getByLabel('Do not check the certificate').check();
    const question = page.getByRole('dialog', { name: 'Trust harbor.example without checking its certificate?' });
    await button(sheet, 'Save').click();
    await button(question, 'Cancel').click();
    await question.waitFor({ state: 'detached' });
    expect(await sheet.getByLabel('Host').inputValue()).toBe('harbor.example');
    expect(await sheet.locator('.failure').count()).toBe(0);
    await button(sheet, 'Save').click();
    await button(question, 'Do not check').click();
    await page.getByRole('treeitem', { name: /harbor.example/ }).waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test('unfinished jobs are discarded together, each after a question', async () => {
    const { page, close } = await stage.open({ isStill: true });
    await page.getByText('Resume 2 unfinished jobs?').waitFor();
    await button(page, 'Discard all').click();
    for (const job of [98, 97]) {
      await page.getByRole('dialog').getByText(`Discard the unfinished job ${job}?`).waitFor();
      await button(page.getByRole('dialog'), 'Discard').click();
    }
    await button(page, 'Discard all').waitFor({ state: 'detached' });
    expect(await called(page, 'jobs.discard')).toEqual([{ job: 98 }, { job: 97 }]);
    await close();
  });

  test('an images file of image-syncer and its auth file are pasted one after the other and planned together', async () => {
    const { page, close } = await stage.open({ isStill: true });
    await page.locator('.places-head button').nth(0).click();
    const sheet = page.getByRole('dialog');
    const paste = async (text: string): Promise<void> => {
      await sheet.locator('textarea').fill(text);
      await button(sheet, 'Look at it').click();
    };
    await paste('quay.io/coreos/etcd: harbor.prod.local/coreos/etcd');
    await sheet.getByText('image-syncer file', { exact: false }).first().waitFor();
    await paste('quay.io:\n  username: robot\n  password: planted-auth');
    await sheet.getByText('Its passwords stay in memory and end with the job.').waitFor();
    await button(sheet, 'Plan the copy…').click();
    await page.getByRole('dialog', { name: 'What will be copied' }).waitFor();
    expect(await called(page, 'plans.make')).toMatchObject([
      { order: { kind: 'image-syncer', auth: { text: expect.stringContaining('planted-auth') } } },
    ]);
    const kept = await page.evaluate<string>('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])');
    expect(kept + (await page.content())).not.toContain('planted-auth');
    await close();
  });

  test('a plan is saved as a file for image-syncer', async () => {
    const { page, close } = await stage.open({ isStill: true });
    await page.locator('.places-head button').nth(0).click();
    await page.getByRole('dialog').locator('textarea').fill('quay.io/coreos/etcd: harbor.prod.local/coreos/etcd');
    await button(page.getByRole('dialog'), 'Look at it').click();
    await button(page.getByRole('dialog'), 'Plan the copy…').click();
    const saving = page.waitForEvent('download');
    await button(page.getByRole('dialog'), 'Save for image-syncer').click();
    await page.getByRole('menuitem', { name: 'YAML' }).click();
    const file = await saving;
    expect(file.suggestedFilename()).toBe('images.yaml');
    expect(await readFile(await file.path(), 'utf8')).toBe('quay.io/a/b:1: harbor.prod.local/a/b:1\n');
    await close();
  });

  test('the width of the places is changed with the keys and found again', async () => {
    const { page, close } = await stage.open({ isStill: true });
    const side = page.locator('.split-pane[data-sized="true"]').first();
    const width = async (): Promise<number> => (await side.boundingBox())?.width ?? 0;
    const before = await width();
    await page.getByRole('separator', { name: 'Width of the places' }).focus();
    await page.keyboard.press('ArrowRight');
    expect(await width()).toBe(before + 16);
    await page.reload();
    await page.getByRole('navigation').waitFor();
    expect(await width()).toBe(before + 16);
    await close();
  });

  test('a browser is not offered what only the desktop can do', async () => {
    const closing = 'Keep running in the notification area when the window is closed';
    const shown = async (isBrowser: boolean): Promise<number> => {
      const { page, close } = await stage.open({ isStill: true, isBrowser });
      await page.getByRole('navigation').getByRole('button', { name: 'Settings' }).click();
      await page.locator('.section').last().waitFor();
      await page.waitForTimeout(200);
      const count = await page.getByLabel(closing).count();
      await close();
      return count;
    };
    expect([await shown(true), await shown(false)]).toEqual([0, 1]);
  });

  test('where no vault is, the form of a registry says what to do', async () => {
    const { page, close } = await stage.open({ isStill: true, hasNoVault: true });
    await page.locator('.places-head button').nth(1).click();
    await page.getByText('There is no vault yet: choose a passphrase under Settings, Vault.').waitFor();
    await close();
  });
});
