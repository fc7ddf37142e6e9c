import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { en } from '../../renderer/locales/en.ts';
import { zhCN } from '../../renderer/locales/zh-CN.ts';
import { missing } from '../interop/registries.ts';
import { hasBrowser } from './renderer-stage.ts';
import { type BuiltProgram, buildProgram, emptyFolder, openBrowser, startUi } from './stage-real.ts';
import { barriersOf, expectArrived, expectKept, expectSmallMessages, keptBy, tokenOf } from './walk-checks.ts';
import { fill, WindowTab } from './walk-window.ts';
import { broken, large, lasting, openWorld, ownLayer, type World } from './walk-world.ts';

const absent = missing('docker-registry', 'skopeo', 'htpasswd');
const reason = hasBrowser ? absent : ' (skipped: chromium not installed)';
/** A folder for pictures of every stop; none are taken without it. */
const { SHOTS: shots } = process.env;

const password = 'registry-secret-Zx7qq';
const passphrase = 'vault-passphrase-Kd3ww';

const tongues = [
  ['English', en, 'en-GB', 'light'],
  ['Chinese', zhCN, 'zh-CN', 'dark'],
] as const;

describe.skipIf(reason !== '')(`the window over real registries${reason}`, () => {
  let program: BuiltProgram;
  beforeAll(async () => {
    program = await buildProgram();
  }, 120_000);
  afterAll(async () => program?.remove());

  test.each(tongues)(
    'brings 90 images across in %s',
    { timeout: 300_000 },
    async (tongue, words, locale, colorScheme) => {
      const world = await openWorld(password);
      onTestFinished(() => world.close());
      const data = await emptyFolder();
      onTestFinished(() => rm(data, { recursive: true, force: true }));
      const browser = await openBrowser({ locale, colorScheme });
      onTestFinished(() => browser.close());
      let ui = await startUi(program.entry, data);
      onTestFinished(() => ui.kill());
      const shown: string[] = [];
      const barriers: string[] = [];
      let tab = new WindowTab(await browser.open(ui.address), words);
      onTestFinished(async ({ task }) => {
        if (task.result?.state !== 'fail') return;
        console.error(browser.complaints.join('\n'));
        await picture(tab.page, tongue, 'failed');
      });

      /** Looks closely at what is shown now. */
      const stop = async (name: string): Promise<void> => {
        await picture(tab.page, tongue, name);
        for (const barrier of await barriersOf(tab.page)) barriers.push(`${name}: ${barrier}`);
        shown.push(await keptBy(tab.page));
      };

      await tab.button(words.firstRun.start, tab.sheet).waitFor();
      await stop('first-run');
      await tab.button(words.firstRun.start, tab.sheet).click();
      await tab.closed();
      await makeVault(tab);
      await addRegistries(tab, world, stop);

      // 30 of 200 images, one of them slow, one of them without a layer
      await tab.registry('Build').click();
      await tab.foot(fill(words.images.total, { n: 200 }));
      await stop('images');
      const putBack = await world.lose(ownLayer(world.images.get(broken)));
      const slow = ownLayer(world.images.get(large));
      world.slow(slow, 60_000);
      await tab.marquee(0, 29);
      await tab.foot(fill(words.images.selected, { n: 30 }));
      await tab.dragTo(25, 'Site B');
      await tab.planned();
      await stop('plan');
      await tab.start();
      await tab.watch(large, slow);
      await tab.moves(slow);
      await stop('transfers');

      await world.cut();
      await tab.job.locator('.job-wait').getByText(world.host).waitFor();
      await stop('waiting');
      world.hurry();
      await world.restore();
      await tab.jobSays(words.transfers.state['finished-with-failures']);
      expect(await tab.failures()).toEqual([broken]);
      await stop('failed-image');
      await putBack();
      await tab.button(words.transfers.retryFailed, tab.job).click();
      await tab.jobSays(fill(words.transfers.count, { done: 1, total: 1 }));
      await tab.jobSays(words.transfers.state.finished);
      await stop('done');

      // 60 images, one of which lasts; the tab is closed meanwhile, and then the program is killed
      world.slow(ownLayer(world.images.get(lasting)), 20_000);
      await tab.go('images');
      await tab.page.getByLabel(words.app.filter).fill('worker');
      await tab.foot(fill(words.images.filtered, { n: 60, total: 200 }));
      await tab.row(0).click();
      await tab.page.keyboard.press('Control+a');
      await tab.chooseDestination('Site B');
      await tab.foot(fill(words.images.selected, { n: 60 }));
      await stop('chosen');
      await tab.page.keyboard.press('Control+Enter');
      await tab.planned();
      await tab.start();
      await tab.jobSays(fill(words.transfers.count, { done: 59, total: 60 }));
      expect(browser.complaints).toEqual([]);
      const tokens = [await tokenOf(tab.page)];
      await tab.page.close();
      tab = new WindowTab(await browser.open(await ui.newAddress()), words);
      await tab.go('transfers');
      await tab.jobSays(fill(words.transfers.count, { done: 59, total: 60 }));
      await stop('came-back');
      tokens.push(await tokenOf(tab.page));
      const before = tab;
      await ui.kill();
      const printed = ui.printed();
      ui = await startUi(program.entry, data, Number(new URL(ui.address).port));
      // a tab of the run before is told so, on the port it knows
      await before.page.getByText(words.app.sessionOver).waitFor();
      await before.page.close();
      tab = new WindowTab(await browser.open(ui.address), words);
      await tab.button(words.unfinished.resume).waitFor();
      await stop('unfinished');
      await unlock(tab);
      // what the tab of the run before asked for
      await tab.button(words.notices.hide).click();
      await tab.button(words.unfinished.resume).click();
      // all of the job is shown, not only what was left of it
      await tab.jobSays(fill(words.transfers.count, { done: 59, total: 60 }));
      await stop('resumed');
      world.hurry();
      await tab.jobSays(words.transfers.state.finished);
      await tab.jobSays(fill(words.transfers.count, { done: 60, total: 60 }));

      await lookBack(tab, stop);
      for (const page of ['settings', 'about'] as const) {
        await tab.go(page);
        await tab.page.locator('.section').last().waitFor();
        await stop(page);
      }
      tokens.push(await tokenOf(tab.page));
      // the tab of the killed program may say that its line broke and its session is unknown, and nobody anything else
      expect(browser.complaints.filter((text) => !/net::ERR_|status of 401/.test(text))).toEqual([]);
      expect(await ui.interrupt()).toBe(130);

      const names = [...world.images.keys()];
      const of = (repository: string): readonly string[] => names.filter((name) => name.startsWith(`${repository}:`));
      await expectArrived(world, [...of('platform/api').slice(0, 30), ...of('platform/worker')]);
      const pair = world.authorization.slice('Basic '.length);
      const said = [printed, ui.printed()];
      await expectKept([password, passphrase, pair], [...shown, ...browser.heard(), ...said], data, world);
      await expectKept(tokens, said, data, world);
      expectSmallMessages(browser.heard());
      expect(barriers).toEqual([]);
    },
  );
});

async function makeVault(tab: WindowTab): Promise<void> {
  const { settings } = tab.words;
  await tab.go('settings');
  await tab.page.getByLabel(settings.passphrase).fill(passphrase);
  await tab.button(settings.create).click();
  await tab.page.getByText(settings.vaultOpen, { exact: true }).waitFor();
  await tab.go('images');
}

async function addRegistries(tab: WindowTab, world: World, stop: (name: string) => Promise<void>): Promise<void> {
  const { registries } = tab.words;
  const { user } = world;
  const { host } = world.destination;
  const wrong = await tab.addRegistry({ host, name: 'Site B', user, password: 'mistyped' }, false);
  expect(wrong).toContain(`${registries.step['sign-in']} ${registries.outcome.failed}`);
  await stop('wrong-password');
  await tab.sheet.getByLabel(registries.password, { exact: true }).fill(password);
  await expect.poll(() => tab.tried()).toContain(`${registries.step['sign-in']} ${registries.outcome.ok}`);
  await tab.button(tab.words.common.save, tab.sheet).click();
  await tab.closed();
  const source = await tab.addRegistry({ host: world.host, name: 'Build' });
  expect(source).toContain(`${registries.step.pull} ${registries.outcome.ok}`);
}

async function unlock(tab: WindowTab): Promise<void> {
  await tab.button(tab.words.notices.unlock).click();
  await tab.sheet.getByLabel(tab.words.settings.passphrase).fill(passphrase);
  await tab.button(tab.words.settings.unlock, tab.sheet).click();
  await tab.closed();
  await tab.page.getByText(tab.words.notices.vault).waitFor({ state: 'detached' });
}

/** Reads of both jobs in the history, and takes one away as files. */
async function lookBack(tab: WindowTab, stop: (name: string) => Promise<void>): Promise<void> {
  const { history } = tab.words;
  await tab.go('history');
  await tab.page.getByLabel(history.search).fill(large.slice(large.indexOf(':') + 1));
  await expect.poll(() => tab.page.locator('.page-grid .grid').first().locator('.grid-line').count()).toBe(1);
  await tab.page.locator('.page-grid .grid-line').first().click();
  await tab.page.locator('.past-grid .grid-line').nth(5).click();
  await stop('history');
  const rows = (await tab.exported('CSV')).trim().split('\n');
  expect(rows).toHaveLength(31);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the report's own words
  const report = JSON.parse(await tab.exported('JSON')) as { readonly results: readonly { readonly source: string }[] };
  expect(report.results.filter(({ source }) => source.endsWith(broken))).toHaveLength(1);
  await tab.page.getByRole('tab', { name: history.log, exact: true }).click();
  await tab.page.locator('.log-line').first().waitFor();
  await stop('log');
}

async function picture(page: Page, tongue: string, name: string): Promise<void> {
  if (shots === undefined) return;
  await mkdir(shots, { recursive: true });
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    // the kit fades from one colour to the other
    await page.waitForTimeout(300);
    await page.screenshot({ path: join(shots, `${tongue}-${colorScheme}-${name}.png`), animations: 'disabled' });
  }
}
