import type { Page } from 'playwright-core';
import type { Stage, WindowOptions } from '../e2e/renderer-stage.ts';
import { median } from './results.ts';
import { between, longestOf, sumOf, type Trace, traced } from './ui-trace.ts';

/** One figure of one run, in milliseconds. */
export interface Figure {
  readonly name: string;
  readonly wallMs: number;
  readonly cpuMs: number;
}

const grid = '.page-grid > .grid';
const jumps = 24;
const queueMs = 8000;

/** 10,000 rows, a jump of 700 pixels: until it is drawn, and with what is learned of the rows after it. */
export async function scrollJumps(stage: Stage): Promise<readonly Figure[]> {
  const trace = await overRows(stage, {}, async (page) => {
    await page.evaluate(
      async ({ selector, count }) => {
        const area = document.querySelector(selector);
        if (area === null) throw new Error('there is no grid');
        const frame = (): Promise<unknown> => new Promise((resolve) => requestAnimationFrame(resolve));
        const rest = (ms: number): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, ms));
        for (let at = 0; at < count; at++) {
          performance.mark(`bench jump ${at}`);
          area.scrollTop += 700;
          await frame();
          await frame();
          performance.mark(`bench drawn ${at}`);
          await rest(400);
          performance.mark(`bench rest ${at}`);
        }
      },
      { selector: grid, count: jumps },
    );
  });
  // the first one is not counted: nothing is warm then
  const numbers = Array.from({ length: jumps - 1 }, (_, at) => at + 1);
  const drawn = numbers.map((at) => between(trace, `jump ${at}`, `drawn ${at}`));
  const whole = numbers.map((at) => between(trace, `jump ${at}`, `rest ${at}`));
  return [
    figure('10,000 rows, a jump of 700 px, until it is drawn', drawn, (tasks, member) => sumOf(tasks, member)),
    figure('the same with sizes and states of the new rows', whole, (tasks, member) => sumOf(tasks, member)),
    worst('longest task of all jumps', whole),
  ];
}

/** A marquee from the first of 5,000 rows to the last, scrolling past the edge. */
export async function marquee(stage: Stage): Promise<readonly Figure[]> {
  const trace = await overRows(stage, { repository: 'library/busybox' }, async (page) => {
    const box = await page.locator(grid).boundingBox();
    if (box === null) throw new Error('there is no grid');
    await page.evaluate(() => performance.mark('bench begin'));
    await page.mouse.move(box.x + 300, box.y + 36);
    await page.mouse.down();
    await page.mouse.move(box.x + 400, box.y + box.height + 200, { steps: 5 });
    await page.locator(grid).evaluate(
      (area) =>
        new Promise<void>((resolve) => {
          const look = (): void => {
            if (area.scrollTop + area.clientHeight >= area.scrollHeight - 1) resolve();
            else setTimeout(look, 50);
          };
          look();
        }),
    );
    await page.mouse.up();
    await page.evaluate(() => performance.mark('bench end'));
    await page.locator('.page-foot').getByText('5,000 selected').waitFor();
  });
  const tasks = between(trace, 'begin', 'end');
  return [worst('marquee over 5,000 rows, longest task', [tasks])];
}

/** 2,000 images in a running queue, looked at while they advance. */
export async function runningQueue(stage: Stage): Promise<readonly Figure[]> {
  const { page, close } = await stage.open({ queue: 2000 });
  try {
    const browser = page.context().browser();
    if (browser === null) throw new Error('there is no browser');
    await page.getByRole('navigation').getByRole('button').nth(1).click();
    await page.locator('.job-images-grid .grid-line').first().waitFor();
    const trace = await traced(browser, page, async () => {
      await page.evaluate(() => performance.mark('bench begin'));
      await page.waitForTimeout(queueMs / 2);
      await page.locator('.job-images-grid .grid').evaluate((area) => area.scrollTo(0, 20_000));
      await page.waitForTimeout(queueMs / 2);
      await page.evaluate(() => performance.mark('bench end'));
    });
    const tasks = between(trace, 'begin', 'end');
    return [
      worst('2,000 images in a running queue, longest task', [tasks]),
      {
        name: 'the same, busy each second',
        wallMs: (sumOf(tasks, 'wallMs') * 1000) / queueMs,
        cpuMs: (sumOf(tasks, 'cpuMs') * 1000) / queueMs,
      },
    ];
  } finally {
    await close();
  }
}

async function overRows(
  stage: Stage,
  where: { readonly repository?: string },
  work: (page: Page) => Promise<void>,
): Promise<Trace> {
  const options: WindowOptions = { isStill: true, width: 1280, height: 900 };
  const { page, close } = await stage.open(options);
  try {
    const browser = page.context().browser();
    if (browser === null) throw new Error('there is no browser');
    await page.getByRole('treeitem').first().click();
    if (where.repository !== undefined) await page.getByTitle(where.repository).first().click();
    await page
      .locator('.page-foot')
      .getByText(where.repository === undefined ? /10,\d{3} images/ : '5,000 images')
      .waitFor();
    await page.locator('.picker').click();
    await page.getByRole('menuitemcheckbox').nth(1).click();
    await page.keyboard.press('Escape');
    await page.waitForTimeout(1000);
    return await traced(browser, page, () => work(page));
  } finally {
    await close();
  }
}

type Runs = readonly (readonly { readonly atMs: number; readonly wallMs: number; readonly cpuMs: number }[])[];

function figure(name: string, runs: Runs, of: (tasks: Runs[number], member: 'wallMs' | 'cpuMs') => number): Figure {
  const middle = (member: 'wallMs' | 'cpuMs'): number => median(runs.map((tasks) => of(tasks, member)));
  return { name, wallMs: middle('wallMs'), cpuMs: middle('cpuMs') };
}

function worst(name: string, runs: Runs): Figure {
  const all = runs.flat();
  return { name, wallMs: longestOf(all, 'wallMs'), cpuMs: longestOf(all, 'cpuMs') };
}
