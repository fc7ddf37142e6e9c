import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { buildProgram, openBrowser, startUi } from '../e2e/stage-real.ts';
import { image } from '../fakes/images.ts';
import { jsonOf } from '../fakes/listening.ts';
import { startDockerRegistry } from '../fakes/peers.ts';
import { push } from '../fakes/push.ts';
import type { Figure } from './ui-page.ts';

const probe = fileURLToPath(new URL('ui-probe.ts', import.meta.url));
const images = 40;
const layerBytes = 6_000_000;

/** How late the loop of `ui` comes to a timer while it copies 40 images and a page hears of them. */
export async function loopDelays(runs: number): Promise<readonly Figure[]> {
  const program = await buildProgram();
  const source = await startDockerRegistry();
  const folder = await mkdtemp(join(tmpdir(), 'ferry-bench-ui-'));
  try {
    for (let at = 0; at < images; at++)
      await push(source.url, 'team/app', `v${at}`, image({ seed: `app ${at}`, layers: [layerBytes, layerBytes] }));
    const figures: Figure[] = [];
    for (let run = 0; run < runs; run++) {
      const file = join(folder, `delay-${run}`);
      await copyOnce(program.entry, source.host, file, await mkdtemp(join(folder, 'data-')));
      const late = jsonOf<Omit<Figure, 'name'>>(await readFile(file));
      figures.push({ name: 'event-loop delay of the engine while copying, p99', ...late });
    }
    return figures;
  } finally {
    await source.stop();
    await program.remove();
    await rm(folder, { recursive: true, force: true });
  }
}

async function copyOnce(entry: string, from: string, file: string, data: string): Promise<void> {
  const destination = await startDockerRegistry();
  const ui = await startUi(entry, data, 0, {
    execArgv: ['--import', probe],
    env: { FERRY_BENCH_DELAY_FILE: file, IMAGE_FERRY_LOG: 'info' },
  });
  const browser = await openBrowser({ locale: 'en-GB', colorScheme: 'light' });
  try {
    const page = await browser.open(ui.address);
    await page.locator('nav').waitFor();
    const call = (name: string, input: unknown): Promise<unknown> => callFrom(page, name, input);
    await call('settings.set', { firstRunDone: true });
    // the welcome is gone then
    await page.reload();
    const plain = { plainHttp: true, insecure: false, remember: 'no' };
    const [a, b] = [
      await call('registries.save', { ...plain, host: from }),
      await call('registries.save', { ...plain, host: destination.host }),
    ].map(idOf);
    const tags = Array.from({ length: images }, (_, at) => `v${at}`);
    const order = {
      images: [{ place: { kind: 'registry', id: a }, repository: 'team/app', tags }],
      destinations: [{ registry: b, template: '{path}' }],
      options: { platforms: [], attestations: 'keep', onConflict: 'overwrite', force: false, referrers: true },
    };
    await page.getByRole('navigation').getByRole('button').nth(1).click();
    process.kill(ui.pid, 'SIGUSR2');
    await call('jobs.start', { order });
    await page.locator('.job-row').first().getByText('finished', { exact: true }).waitFor({ timeout: 120_000 });
    await ui.interrupt();
  } finally {
    await browser.close();
    await ui.kill();
    await destination.stop();
  }
}

function callFrom(page: Page, name: string, input: unknown): Promise<unknown> {
  return page.evaluate(
    async ([command, body]) => {
      const token = sessionStorage.getItem('image-ferry-session') ?? '';
      const response = await fetch(`/api/call/${String(command)}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
      });
      const answer: unknown = await response.json();
      return answer;
    },
    [name, input],
  );
}

function idOf(answer: unknown): string {
  const text = JSON.stringify(answer);
  const id = /"id":"([^"]+)"/.exec(text)?.[1];
  if (id === undefined) throw new Error(`no registry was saved: ${text}`);
  return id;
}
