import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { assertWorldIsWhole } from '../fakes/oracle.ts';
import { skopeoRaw } from '../fakes/peers.ts';
import { commandLinesHolding, filesHolding } from './stage-real.ts';
import type { World } from './walk-world.ts';

const mostMessageBytes = 64 * 1024;

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** What keeps people out of a page as it is now, as far as axe-core sees it. */
export async function barriersOf(page: Page): Promise<readonly string[]> {
  // the page's policy lets no script of ours in, so it goes in through the inspector
  await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  // tabster's dummies are where the kit catches the focus at the edges of a menu; nobody stays on them
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- axe's own words
  const violations = (await page.evaluate(
    "axe.run({ include: [document], exclude: ['[data-tabster-dummy]'] }, { resultTypes: ['violations'] }).then(({ violations }) => violations)",
  )) as readonly Violation[];
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
}

/** Everything a page shows and keeps, as text. */
export async function keptBy(page: Page): Promise<string> {
  const kept = await page.evaluate<string>(
    "JSON.stringify([{ ...localStorage }, { ...sessionStorage }, [...document.querySelectorAll('input, textarea')].map(({ value }) => value)])",
  );
  return `${await page.content()}\n${kept}`;
}

/** The token of a tab's session. */
export async function tokenOf(page: Page): Promise<string> {
  const token = await page.evaluate<string | null>("sessionStorage.getItem('image-ferry-session')");
  if (token === null) throw new Error('this tab has no session');
  return token;
}

/** Secrets are nowhere but where they belong; `texts` is what was shown, answered and printed. */
export async function expectKept(
  secrets: readonly string[],
  texts: readonly string[],
  folder: string,
  world: World,
): Promise<void> {
  expect(
    texts.flatMap((text, at) => secrets.filter((secret) => text.includes(secret)).map((secret) => [at, secret])),
  ).toEqual([]);
  expect(await filesHolding(folder, secrets)).toEqual([]);
  expect(await commandLinesHolding(secrets)).toEqual([]);
  // S-CRED-1: what one registry asks for is nothing to another
  expect(
    world.line.records.filter(({ headers }) => headers.some(([name]) => name.toLowerCase() === 'authorization')),
  ).toEqual([]);
}

/** No message of a feed is larger than a line may be; there was at least one. */
export function expectSmallMessages(bodies: readonly string[]): void {
  const streams = bodies.filter((body) => body.startsWith('{"stream"'));
  const messages = streams.flatMap((body) => body.split('\n')).filter((line) => line.includes('"message"'));
  expect(messages.length).toBeGreaterThan(0);
  expect(messages.filter((line) => Buffer.byteLength(line) > mostMessageBytes + 256)).toEqual([]);
}

/** The destination holds exactly these images, whole and byte for byte, as two others than the product see it. */
export async function expectArrived(world: World, names: readonly string[]): Promise<void> {
  const { url, host } = world.destination;
  const { authorization, images, user, password } = world;
  const { tags } = await assertWorldIsWhole({ url, authorization });
  expect(tags).toEqual(Object.fromEntries(names.map((name) => [name, images.get(name)?.digest])));
  for (const name of names.filter((_, at) => at % 20 === 0)) {
    expect(await skopeoRaw(host, name, `${user}:${password}`)).toEqual(images.get(name)?.raw);
  }
}
