import { createHash } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { en } from '../../renderer/locales/en.ts';
import { zhCN } from '../../renderer/locales/zh-CN.ts';
import { amd64, arm64, image, index, type SampleManifest } from '../fakes/images.ts';
import { assertWorldIsWhole } from '../fakes/oracle.ts';
import { type DockerRegistry, skopeo, skopeoRaw, startDockerRegistry } from '../fakes/peers.ts';
import { push } from '../fakes/push.ts';
import { missing } from '../interop/registries.ts';
import { hasBrowser } from './renderer-stage.ts';
import { type BuiltProgram, buildProgram, emptyFolder, openBrowser, startUi } from './stage-real.ts';
import { barriersOf } from './walk-checks.ts';
import { fill, WindowTab } from './walk-window.ts';

const absent = missing('docker-registry', 'skopeo');
const reason = hasBrowser ? absent : ' (skipped: chromium not installed)';
/** A folder for pictures of every stop; none are taken without it. */
const { SHOTS: shots } = process.env;

const settledColours =
  'Promise.all(document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime < Infinity).map(({ finished }) => finished.catch(() => {})))';

const common = image({ seed: 'base', layers: [160_000] }).blobs[1];
const layers = (size: number): readonly (number | SampleManifest['blobs'][number])[] =>
  common === undefined ? [size] : [size, common];
const content: Readonly<Record<string, SampleManifest>> = {
  'platform/api:1.4.0': image({ seed: 'api', layers: layers(120_000) }),
  'platform/api:1.4.1': image({ seed: 'api 1', layers: layers(90_000) }),
  'platform/gateway:3.12': index([
    image({ seed: 'gateway amd64', layers: layers(70_000), platform: amd64 }),
    image({ seed: 'gateway arm64', layers: layers(60_000), platform: arm64 }),
  ]),
  'team/search:0.9': image({ seed: 'search', layers: layers(110_000) }),
};

const tongues = [
  ['English', en, 'en-GB', 'light', { width: 1280, height: 720 }],
  ['Chinese', zhCN, 'zh-CN', 'light', { width: 1920, height: 1080 }],
] as const;

describe.skipIf(reason !== '')(`images across a gap in the window${reason}`, () => {
  let program: BuiltProgram;
  beforeAll(async () => {
    program = await buildProgram();
  }, 180_000);
  afterAll(async () => program?.remove());

  test.each(tongues)(
    'are exported, carried, imported and served in %s',
    { timeout: 300_000 },
    async (tongue, words, locale, colorScheme, size) => {
      const source = await registry();
      const site = await registry();
      for (const [name, sample] of Object.entries(content)) await push(source.url, ...splitName(name), sample);
      const data = await emptyFolder();
      const drive = await emptyFolder();
      onTestFinished(async () => {
        await rm(data, { recursive: true, force: true });
        await rm(drive, { recursive: true, force: true });
      });
      const browser = await openBrowser({ locale, colorScheme });
      onTestFinished(() => browser.close());
      // what the window may look into is its user's own folder
      const ui = await startUi(program.entry, data, 0, { env: { HOME: drive } });
      onTestFinished(() => ui.kill());
      const tab = new WindowTab(await browser.open(ui.address), words);
      const { page } = tab;
      await page.setViewportSize(size);
      const barriers: string[] = [];
      const stop = async (name: string): Promise<void> => {
        // the page below a sheet is hidden a moment longer than the sheet is there
        if ((await tab.sheet.count()) === 0) await page.locator('#root:not([aria-hidden])').waitFor();
        // colours on their way are neither the one nor the other
        await page.evaluate(settledColours);
        await picture(page, `${tongue}-${name}`);
        for (const barrier of await barriersOf(page)) barriers.push(`${name}: ${barrier}`);
      };
      onTestFinished(async ({ task }) => {
        if (task.result?.state !== 'fail') return;
        console.error(browser.complaints.join('\n'));
        await picture(page, `${tongue}-failed`);
      });
      await tab.button(words.firstRun.start, tab.sheet).click();
      await tab.closed();
      await tab.addRegistry({ host: source.host, name: 'Build' });
      await tab.addRegistry({ host: site.host, name: 'Site B' });

      // all images into a bundle of small volumes
      await tab.registry('Build').click();
      await tab.foot(fill(words.images.total, { n: 4 }));
      await tab.row(0).click();
      await page.keyboard.press('Control+a');
      await tab.button(words.exports.button).click();
      await tab.sheet.getByLabel(words.exports.volume).selectOption('own');
      await tab.sheet.getByLabel(words.exports.ownVolume).fill('0.2');
      await tab.sheet.getByLabel(words.files.name).fill('october.tar');
      const tiles = tab.sheet.locator('.tile dd');
      await expect.poll(async () => Number(await tiles.nth(2).innerText())).toBeGreaterThan(2);
      await stop('export');
      await tab.button(words.exports.start, tab.sheet).click();
      await tab.closed();
      const table = page.locator('.details .plain-table tbody tr');
      await expect.poll(async () => table.count()).toBeGreaterThan(2);
      await expect.poll(async () => page.locator('.details').innerText()).not.toContain(words.exports.hashing);
      await stop('written');
      for (const row of await table.all()) {
        const [name = '', , sum] = await row.locator('td').allInnerTexts();
        expect(
          createHash('sha256')
            .update(await readFile(join(drive, name)))
            .digest('hex'),
        ).toBe(sum);
      }

      // what was carried is found by the list of files, and looked at
      await tab.button(words.bundles.open).click();
      await tab.sheet.getByRole('button', { name: /october\.001/ }).click();
      await stop('choose');
      await tab.button(words.files.open, tab.sheet).click();
      await tab.closed();
      await page.locator('.details .grid-line').nth(3).waitFor();
      await tab.button(words.bundles.check).click();
      await page.getByText(words.bundles.checkedWell).waitFor();
      await stop('checked');

      // into another registry, below a prefix
      await tab.button(words.bundles.import).click();
      await tab.sheet.getByLabel(words.imports.to).selectOption({ label: 'Site B' });
      await tab.sheet.getByLabel(words.imports.prefix).fill('mirror');
      await stop('import');
      await tab.button(words.imports.plan, tab.sheet).click();
      await tab.planned();
      await stop('plan');
      await tab.start();
      await tab.jobSays(words.transfers.state.finished);
      await stop('imported');
      const { tags } = await assertWorldIsWhole({ url: site.url });
      expect(tags).toEqual(
        Object.fromEntries(Object.entries(content).map(([name, { digest }]) => [`mirror/${name}`, digest])),
      );

      // served as it lies
      await tab.go('bundles');
      await tab.button(words.bundles.serve).click();
      await page.getByLabel(words.dock.port, { exact: true }).fill('0');
      await page.getByLabel(words.dock.catalog).check();
      await tab.button(words.dock.startIt).click();
      const url = await page.locator('.dock-card h2').innerText();
      const host = url.slice('http://'.length);
      expect(await skopeoRaw(host, 'platform/api:1.4.1')).toEqual(content['platform/api:1.4.1']?.raw);
      const pulled = join(await emptyFolder(), 'layout');
      onTestFinished(() => rm(join(pulled, '..'), { recursive: true, force: true }));
      const copied = await skopeo([
        'copy',
        '--all',
        '--src-tls-verify=false',
        `docker://${host}/platform/gateway:3.12`,
        `oci:${pulled}`,
      ]);
      expect([copied.status, copied.stderr]).toEqual([0, '']);
      await page.locator('.pulls').getByText('platform/gateway').waitFor();
      await stop('dock');
      await page.getByRole('tab', { name: words.dock.snippets }).click();
      await page.getByRole('tab', { name: words.dock.programs.containerd }).click();
      await stop('snippets');

      // it is seen on every page, and stopped from there
      await tab.go('history');
      await page.locator('.dock-sign').getByText(host).waitFor();
      await page.locator('.page-grid .grid-line').nth(1).waitFor();
      await stop('history');
      await tab.button(fill(words.dock.stopIt, { host })).click();
      await page.locator('.dock-sign').waitFor({ state: 'detached' });
      await expect(fetch(url)).rejects.toThrow();

      // the site says what it holds, and the next bundle is empty of it
      await tab.go('bundles');
      await tab.button(words.bundles.receipt).click();
      await tab.sheet.getByLabel(words.receipts.registry).selectOption({ label: 'Site B' });
      await tab.sheet.getByLabel(words.files.name).fill('site-b.json');
      await tab.button(words.receipts.start, tab.sheet).click();
      await tab.closed();
      await page.getByText(words.receipts.useIt).waitFor();
      await stop('receipt');
      await tab.go('images');
      await tab.row(0).click();
      await page.keyboard.press('Control+a');
      await tab.button(words.exports.button).click();
      await tab.button(fill(words.exports.baseReceipt, { name: 'site-b.json' }), tab.sheet).click();
      await expect.poll(async () => tiles.nth(3).innerText()).toBe('0');
      await stop('smaller');
      await page.keyboard.press('Escape');
      await tab.closed();
      expect(browser.complaints).toEqual([]);
      expect(barriers).toEqual([]);
      // paths stay with the program, but for where the files are that a person looks into
      const heard = browser.heard().filter((body) => !body.includes('"parent"') && !body.includes('"isCut"'));
      expect(heard.filter((body) => body.includes(`${drive}/`)).map((body) => body.slice(0, 400))).toEqual([]);
      expect(await ui.interrupt()).toBe(130);
    },
  );
});

async function registry(): Promise<DockerRegistry> {
  const started = await startDockerRegistry({ relativeUrls: true });
  onTestFinished(() => started.stop());
  return started;
}

function splitName(name: string): [repository: string, tag: string] {
  const colon = name.lastIndexOf(':');
  return [name.slice(0, colon), name.slice(colon + 1)];
}

async function picture(page: Page, name: string): Promise<void> {
  if (shots === undefined) return;
  await mkdir(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `walk-${name}.png`), animations: 'disabled' });
}
