import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { arm64, blobsOf, closureOf, image, index } from '../../fakes/images.ts';
import { push } from '../../fakes/push.ts';
import { ferry, folder } from './ferry.ts';
import { app, openDock, openSource, otherApp } from './stage.ts';
import { jsonOf } from './summary-shape.ts';

const both = index([image({ seed: 'amd' }), image({ seed: 'arm', platform: arm64 })]);

async function receiptOf(place: string, ...flags: readonly string[]) {
  const file = join(await mkdtemp(join(folder, 'receipt-')), 'site.receipt');
  const end = await ferry(['receipt', place, '-o', file, '--json', ...flags]);
  return { end, file, read: async () => JSON.parse(await readFile(file, 'utf8')) };
}

const digestsOf = (...contents: readonly (typeof app)[]): readonly string[] =>
  contents
    .flatMap((content) => [...closureOf(content), ...blobsOf(content)])
    .map(({ digest }) => digest)
    .toSorted();

test('a receipt lists every manifest and blob that the tags of a site reach', async () => {
  const site = await openSource();
  await push(site.url, 'other', 'both', both);
  site.requests.length = 0;
  const { end, read } = await receiptOf(site.host);
  expect(end.status, end.stderr).toBe(0);
  const { events, summary } = jsonOf(end);
  const expected = [...new Set(digestsOf(app, both))].toSorted();
  expect(events.at(-1)).toMatchObject({ event: 'receipt', repositories: 2, tags: 2, digests: expected.length });
  expect(summary.requests).toEqual({ source: site.requests.length, destination: 0, token: 0 });
  expect(await read()).toMatchObject({ host: site.host, prefix: '', digests: expected });
});

test('a receipt of a prefix has nothing of other repositories', async () => {
  const site = await openSource();
  await push(site.url, 'team-b/app', '1', otherApp);
  const { read } = await receiptOf(`${site.host}/team`);
  expect(await read()).toMatchObject({ prefix: 'team', digests: digestsOf(app) });
});

test('where the list of repositories is closed, a prefix is taken for a repository', async () => {
  const site = await openSource({ '1': app }, { catalog: false });
  const { end, read } = await receiptOf(`${site.host}/team/app`);
  expect(end.status).toBe(0);
  expect(await read()).toMatchObject({ digests: digestsOf(app) });
  expect((await receiptOf(site.host)).end.status).toBe(1);
});

test('a receipt of a site that cannot be reached leaves no file', async () => {
  const site = await openDock();
  await site.close();
  const { end, file } = await receiptOf(site.host, '--wait', '1s', '--retries', '0');
  expect(end.status).toBe(1);
  expect(existsSync(file)).toBe(false);
  expect(await readdir(join(file, '..'))).toEqual([]);
});

test('a receipt wants to know its file', async () => {
  const end = await ferry(['receipt', 'x.example']);
  expect(end).toMatchObject({ status: 2, stderr: expect.stringMatching(/required option '-o, --output <file>'/) });
});
