import { describe, expect, test } from 'vitest';
import { prepare } from '../../electron/app/prepare.ts';
import type { ImageResult } from '../../electron/contract/models.ts';
import { readImagesFile } from '../../electron/engine/rules/image-syncer.ts';
import { manifestOf, type SampleManifest, types } from '../fakes/images.ts';
import type { QuirkRegistry } from '../fakes/quirk-registry/server.ts';
import { startTokenServer } from '../fakes/token-server.ts';
import { pullAccess } from '../fakes/token-access.ts';
import {
  afterwards,
  copy,
  destination,
  engine,
  outcomes,
  plainly,
  registerEnds,
  registry,
  request,
  well,
} from './harness.ts';

registerEnds();

const many = 5000;
/** A guard against hanging, no measure. */
const hangMs = 120_000;

/** A manifest without blobs, one of many. */
function small(at: number): SampleManifest {
  const document = { schemaVersion: 2, mediaType: types.ociIndex, manifests: [], annotations: { at: String(at) } };
  return manifestOf(document, types.ociIndex);
}

function names(count: number, prefix: string): readonly string[] {
  return Array.from({ length: count }, (_, at) => `${prefix}${at}`);
}

/** What a registry saw, by method and kind of path. */
function tally(at: QuirkRegistry): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { method, url } of at.records) {
    const kind = /\/(tags|manifests|blobs|referrers)\//.exec(url)?.[1] ?? url;
    counts[`${method} ${kind}`] = (counts[`${method} ${kind}`] ?? 0) + 1;
  }
  return counts;
}

describe('tags that are there', { timeout: hangMs }, () => {
  async function seeded(tags: readonly string[]): Promise<readonly [QuirkRegistry, QuirkRegistry]> {
    const source = await registry({ quirks: { referrersMissing: true } });
    const target = await registry();
    // one more: a list whose length is a multiple of fifty might be cut there and is asked on
    source.seed('team/app', 'one-more', small(many));
    tags.forEach((tag, at) => {
      source.seed('team/app', tag, small(at));
      target.seed('mirror/app', tag, small(at));
    });
    return [source, target];
  }

  test('5,000 cost a HEAD each at both ends, the pages of one list, one probe for referrers, and no blob', async () => {
    const tags = names(many, 'v');
    const [source, target] = await seeded(tags);
    const requests = tags.map((tag) => request(`${source.host}/team/app:${tag}`, `${target.host}/mirror/app:${tag}`));
    const before = process.memoryUsage.rss();
    const summary = await well(copy(requests, { concurrency: 16 }));
    expect(summary.images).toMatchObject({ total: many, unchanged: many });
    // the registries remember every request in this process too, so this is for the eye
    process.stdout.write(`RSS grew by ${Math.round((process.memoryUsage.rss() - before) / 2 ** 20)} MiB\n`);
    const { 'GET tags': pages, ...others } = tally(source);
    expect(others).toEqual({ 'HEAD manifests': many, 'GET referrers': 1 });
    expect(pages).toBeLessThanOrEqual(6);
    expect(tally(target)).toEqual({ 'HEAD manifests': many });
    expect(source.connectionCount()).toBeLessThanOrEqual(24);
    expect(target.connectionCount()).toBeLessThanOrEqual(24);
    expect(summary.bytes).toEqual({ received: 0, sent: 0, reused: 0 });
  });

  test('named by a rule cost no more than its list besides', async () => {
    const count = 1000;
    const [source, target] = await seeded(names(count, 'v'));
    target.seed('mirror/app', 'one-more', small(many));
    const { rules } = readImagesFile(`${source.host}/team/app: ${target.host}/mirror/app`, {});
    const using = engine();
    const signal = new AbortController().signal;
    const wish = { origin: { kind: 'rules', rules }, options: plainly, refused: [], findings: [] } as const;
    const prepared = await prepare(using, wish, signal);
    expect(tally(target)).toEqual({});
    const summary = await well(copy(prepared.requests, { concurrency: 16 }, using));
    expect(summary.images).toMatchObject({ total: count + 1, unchanged: count + 1 });
    const { 'GET tags': pages, ...others } = tally(source);
    expect(others).toEqual({ 'HEAD manifests': count + 1, 'GET referrers': 1 });
    expect(pages).toBeLessThanOrEqual(4);
    expect(tally(target)).toEqual({ 'HEAD manifests': count + 1 });
  });
});

test('1,000 repositories cost one token for each scope and a handful of connections', { timeout: hangMs }, async () => {
  const repositories = names(1000, 'team/app');
  const tokens = await startTokenServer({ anonymousAccess: pullAccess });
  afterwards(() => tokens.close());
  const source = await registry({ access: { tokens }, quirks: { referrersMissing: true } });
  const target = await registry();
  repositories.forEach((repository, at) => {
    source.seed(repository, '1', small(at));
    target.seed(repository, '1', small(at));
  });
  const requests = repositories.map((name) => request(`${source.host}/${name}:1`, `${target.host}/${name}:1`));
  const summary = await well(copy(requests, { concurrency: 16 }));
  expect(summary.images).toMatchObject({ total: 1000, unchanged: 1000 });
  const scopes = tokens.records.map(
    ({ url, body }) => `${new URL(url, tokens.origin).searchParams.get('scope')} ${body}`,
  );
  expect(new Set(scopes).size).toBe(scopes.length);
  expect(scopes).toHaveLength(1000);
  expect(summary.requests.token).toBe(1000);
  expect(tally(target)).toEqual({ 'HEAD manifests': 1000 });
  for (const host of [source, target]) expect(host.connectionCount()).toBeLessThanOrEqual(24);
});

describe('a destination that asks for a pause', () => {
  const perHost = 12;

  test('does not keep images waiting that go elsewhere, however many of its own come first', async () => {
    const source = await registry();
    const paused = await destination({
      quirks: { tooManyRequests: { times: Number.POSITIVE_INFINITY, retryAfter: 'seconds', seconds: 1 } },
    });
    const open = await destination();
    const ended: string[] = [];
    const seen = (result: ImageResult): void => {
      ended.push(result.destination);
      // only when everything for the other one is there does it answer again
      if (ended.filter((name) => name.startsWith(open.host)).length === perHost) paused.setQuirks({});
    };
    const requests = [paused, open].flatMap((to) =>
      names(perHost, 'v').map((tag, at) => {
        source.seed('team/app', tag, small(at));
        return request(`${source.host}/team/app:${tag}`, `${to.host}/mirror/app:${tag}`);
      }),
    );
    const signal = new AbortController().signal;
    const summary = await well(copy(requests, { concurrency: 4 }, engine({ retries: 1000 }), signal, { ended: seen }));
    expect(new Set(outcomes(summary))).toEqual(new Set(['copied']));
    expect(ended.slice(0, perHost).every((name) => name.startsWith(open.host))).toBe(true);
    expect(summary.results.map(({ destination: name }) => name)).toEqual(
      requests.flatMap(({ source: from, targets }) => targets.map((to) => `${to.host}/${to.path}:${from.tag}`)),
    );
  });
});
