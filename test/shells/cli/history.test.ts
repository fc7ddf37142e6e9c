import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startConnectProxy } from '../../fakes/connect-proxy.ts';
import { startFaultProxy } from '../../fakes/fault-proxy.ts';
import { assertWorldIsWhole } from '../../fakes/oracle.ts';
import { startQuirkRegistry } from '../../fakes/quirk-registry/server.ts';
import { ferry, type FerryEnd, folder, startFerry } from './ferry.ts';
import { app, blobBytes, fileWith, openDock, openSource, otherApp } from './stage.ts';
import { slowCopy } from './slow-copy.ts';

type Line = Readonly<Record<string, unknown>>;

const shortId = /^[1-9]\d*$/;

function newDataFolder(): string {
  return mkdtempSync(join(folder, 'data-'));
}

function linesOf(end: FerryEnd, event: string): readonly Line[] {
  const lines: readonly Line[] = end.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  return lines.filter((line) => line['event'] === event);
}

/** A data folder in which job 1 went well and job 2 failed for one of its two images. */
async function twoJobs(): Promise<{ readonly data: string; readonly run: (...args: string[]) => Promise<FerryEnd> }> {
  const data = newDataFolder();
  const env = { IMAGE_FERRY_DATA: data };
  const run = (...args: string[]): Promise<FerryEnd> => ferry(args, { env });
  const [source, destination] = [await openSource({ '1': app, '2': otherApp }), await openDock()];
  const whole = await run('copy', `${source.host}/team/app:1`, `${destination.host}/copies/whole`);
  expect(whole.status).toBe(0);
  const gone = `${source.host}/team/app:1\n${source.host}/team/app:none\n`;
  const list = await fileWith(gone, '.txt');
  const half = await run('copy', '--list', list, `${destination.host}/halves/`);
  expect(half.status).toBe(1);
  return { data, run };
}

test('lists what ran, the newest first, with who ran it and what moved', async () => {
  const { run } = await twoJobs();
  const end = await run('history');
  expect(end).toMatchObject({ status: 0, stderr: '' });
  const [second, secondMore, first, firstMore, ...rest] = end.stdout.trimEnd().split('\n');
  expect(rest).toEqual([]);
  expect(second).toMatch(/^2 {2}\d{4}-\d\d-\d\d \d\d:\d\d {2}finished with failures {2}/);
  expect(secondMore).toMatch(/^ {3}1 copied, 1 failed · bytes: /);
  expect(first).toMatch(/^1 {2}.* {2}finished {2}.*team\/app:1 → .*copies\/whole$/);
  expect(firstMore).toMatch(/^ {3}1 copied · bytes: .* · \S+$/);
  const json = linesOf(await run('history', '--json'), 'past-job');
  expect(json).toMatchObject([
    { job: '2', state: 'finished-with-failures', images: { total: 2, copied: 1, failed: 1 }, attempts: 1 },
    { job: '1', state: 'finished', images: { total: 1, copied: 1 }, bytes: { sent: blobBytes(app) } },
  ]);
  expect(String(json[0]?.['job'])).toMatch(shortId);
});

test('says that nothing has run', async () => {
  const end = await ferry(['history']);
  expect(end).toMatchObject({ status: 0, stdout: '', stderr: 'nothing has run yet\n' });
});

test('lists only jobs that failed, or those with all the words', async () => {
  const { run } = await twoJobs();
  const numbers = async (...args: string[]): Promise<readonly unknown[]> =>
    linesOf(await run('history', '--json', ...args), 'past-job').map((line) => line['job']);
  expect(await numbers('--failed')).toEqual(['2']);
  expect(await numbers('--search', 'whole')).toEqual(['1']);
  expect(await numbers('--search', 'halves failed')).toEqual(['2']);
  expect(await numbers('--search', 'copied')).toEqual(['2', '1']);
  expect(await numbers('--search', 'whole halves')).toEqual([]);
  expect(await numbers('--most', '1')).toEqual(['2']);
});

test('tells how each image of a job ended, or only those that failed', async () => {
  const { run } = await twoJobs();
  const end = await run('history', '2');
  expect(end.status).toBe(0);
  expect(end.stdout).toMatch(/^copied \S+team\/app:1 → \S+/m);
  expect(end.stdout).toMatch(/^failed \S+team\/app:none → \S+/m);
  expect(end.stderr).toMatch(/^source \S+ has no team\/app:none\n {2}remedy: /);
  const images = linesOf(await run('history', '2', '--json'), 'past-image');
  expect(images).toMatchObject([
    { outcome: 'copied', layers: expect.any(Array) },
    { outcome: 'failed', failure: { kind: 'not-found', side: 'source' } },
  ]);
  const failed = linesOf(await run('history', '2', '--failed', '--json'), 'past-image');
  expect(failed.map((line) => line['outcome'])).toEqual(['failed']);
});

test.each(['x', '0', '-1', '1.5', '1e3', '99'])('refuses %j, which is no job', async (text) => {
  const end = await ferry(['history', '--', text]);
  expect(end.status).toBe(2);
  expect(end.stdout).toBe('');
});

test('with --log tells what was logged of that job and of no other', async () => {
  const { run } = await twoJobs();
  const end = await run('history', '2', '--log');
  expect(end).toMatchObject({ status: 0, stderr: '' });
  const [, , ...lines] = end.stdout.trimEnd().split('\n');
  for (const line of lines) expect(line).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}(?:info|warn|error) {2}\S/);
  const text = lines.join('\n');
  expect(text).toMatch(/info {2}job begun · attempt 1 · command copy · title /);
  expect(text).toMatch(/info {2}image copied · source \S+team\/app:1 · destination \S+ · to sha256:/);
  expect(text).toMatch(
    /error {2}image failed · source \S+team\/app:none .* · failure kind not-found · .*failure http method GET/,
  );
  expect(text).toMatch(/warn {2}job ended · images total 2 · images copied 1 · .*images failed 1/);
  expect(text).not.toContain('copies/whole');

  const json = await run('history', '2', '--log', '--json');
  const records = linesOf(json, 'log');
  expect(records.map((line) => line['message'])).toEqual(
    expect.arrayContaining(['job begun', 'image copied', 'image failed', 'job ended']),
  );
  for (const record of records) {
    expect(record).toMatchObject({ job: '2', level: expect.any(String), facts: expect.any(Object) });
    expect(record['at']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  }
});

test('the log is kept for its owner alone and no command that only looks writes one', async () => {
  const { data, run } = await twoJobs();
  const log = join(data, 'logs', 'image-ferry.log');
  if (process.platform !== 'win32') expect(statSync(log).mode & 0o777).toBe(0o600);
  const before = readFileSync(log, 'utf8');
  await run('history');
  await run('cache', 'status');
  expect(readFileSync(log, 'utf8')).toBe(before);
});

test('a log that cannot be written is no reason to fail', async () => {
  const data = newDataFolder();
  writeFileSync(join(data, 'logs'), 'in the way');
  const [source, destination] = [await openSource(), await openDock()];
  const args = ['copy', `${source.host}/team/app:1`, `${destination.host}/x/y`];
  expect(await ferry(args, { env: { IMAGE_FERRY_DATA: data } })).toMatchObject({ status: 0 });
});

test('a copy that was killed goes on under its number with what had come', async () => {
  const data = newDataFolder();
  const env = { IMAGE_FERRY_DATA: data };
  const { args, destination, line, inMidCopy } = await slowCopy();
  const killed = startFerry([...args, '--json'], { env });
  await inMidCopy;
  killed.child.kill('SIGKILL');
  expect((await killed.ended).status).toBe(null);
  line.clearRules();
  const again = await ferry([...args, '--json'], { env });
  expect(again).toMatchObject({ status: 0, stderr: '' });
  expect(linesOf(again, 'job')).toMatchObject([{ job: '1', attempt: 2 }]);
  const [summary] = linesOf(again, 'summary');
  expect(summary).toMatchObject({ ok: true, job: '1', images: { total: 1, copied: 1 } });
  expect(Object(summary?.['bytes']).reused).toBeGreaterThan(0);
  const report = await assertWorldIsWhole({ url: destination.url });
  expect(report.manifestCount).toBeGreaterThan(0);
  const [job] = linesOf(await ferry(['history', '--json'], { env }), 'past-job');
  expect(job).toMatchObject({ number: 1, state: 'finished', attempts: 2 });
  const log = linesOf(await ferry(['history', '1', '--log', '--json'], { env }), 'log');
  expect(log.map((record) => record['message'])).toEqual(
    expect.arrayContaining(['job begun', 'job taken up again', 'image copied', 'job ended']),
  );
});

test('of two commands at once on one data folder the second copies directly, and both are in the history', async () => {
  const data = newDataFolder();
  const env = { IMAGE_FERRY_DATA: data };
  const { args, inMidCopy } = await slowCopy();
  const first = startFerry(args, { env });
  await inMidCopy;
  const [source, destination] = [await openSource(), await openDock()];
  const second = await ferry(['copy', `${source.host}/team/app:1`, `${destination.host}/x/y`], { env });
  expect(second.status).toBe(0);
  expect(second.stderr).toContain(`the data folder ${data} is in use by process ${first.child.pid} of `);
  await assertWorldIsWhole({ url: destination.url });
  first.child.kill('SIGINT');
  expect((await first.ended).status).toBe(130);
  const jobs = linesOf(await ferry(['history', '--json'], { env }), 'past-job');
  expect(jobs).toMatchObject([
    { job: '2', state: 'finished', images: { copied: 1 } },
    { job: '1', state: 'interrupted' },
  ]);
  for (const job of ['1', '2']) {
    const log = linesOf(await ferry(['history', job, '--log', '--json'], { env }), 'log');
    expect(log.map((record) => record['message'])).toContain('job begun');
  }
});

const password = 'S3cret-of-the/operator+%';
const proxyPassword = 'Pr0xy-S3cret-word';
const bearer = 'Bearer-S3cret.of-the-echo';
const inQuery = 'Qu3ry-S3cret-token';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const planted: readonly string[] = [
  password,
  encodeURIComponent(password),
  base64(password),
  base64(`clerk:${password}`),
  proxyPassword,
  base64(`gate:${proxyPassword}`),
  bearer,
  inQuery,
];

/** The planted secrets in every file below a folder. */
function leaksIn(place: string): readonly string[] {
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap((entry) => {
      const file = join(entry.parentPath, entry.name);
      return leaksOf(readFileSync(file).toString('latin1')).map((secret) => `${file}: ${secret}`);
    });
}

function leaksOf(text: string): readonly string[] {
  return planted.filter((secret) => text.includes(secret));
}

test('no secret comes into a log, the history, a report or onto the terminal, however it is told', async () => {
  const data = newDataFolder();
  const source = await openSource();
  const quirks = { locationRelative: true } as const;
  const registry = await startQuirkRegistry({ quirks, access: { basic: { user: 'clerk', password } } });
  const line = await startFaultProxy(registry.host);
  const gate = await startConnectProxy({ login: { user: 'gate', password: 'another' } });
  onTestFinished(async () => {
    for (const one of [gate, line, registry]) await one.close();
  });
  // a registry that repeats what it was told
  const message = `no, Authorization: Basic ${base64(`clerk:${password}`)} {"password":"${password}"} Bearer ${bearer} see https://s3.io/x?sig=${inQuery}&token=${inQuery}`;
  line.addRule({
    method: 'PUT',
    path: /\/manifests\//,
    direction: 'request',
    action: { kind: 'answer', status: 403, body: JSON.stringify({ errors: [{ code: 'DENIED', message }] }) },
  });
  const auth = await fileWith(`${line.host}: { username: clerk, password: "${password}", insecure: true }`, '.yaml');
  const report = join(folder, 'secrets.html');
  const env = { IMAGE_FERRY_DATA: data, IMAGE_FERRY_LOG: 'debug' };
  const args = ['copy', `${source.host}/team/app:1`, `${line.host}/x/y`, '--auth', auth, '--report', report];
  const told = await ferry(args, { env });
  expect(told.status).toBe(1);
  const json = await ferry(['retry', '1', '--json', '--auth', auth], { env });
  expect(json.status).toBe(1);
  const proxy = gate.url.replace('http://', `http://gate:${proxyPassword}@`);
  const throughProxy = [
    'copy',
    `${source.host}/team/app:1`,
    'registry.invalid/x/y',
    '--proxy',
    proxy,
    '--retries',
    '0',
  ];
  const refused = await ferry([...throughProxy, '--wait', '0'], { env });
  expect(refused.status).not.toBe(0);

  // while it is read the database has files beside it
  const reader = startFerry(['history', '1', '--log'], { env });
  const shown = await reader.ended;
  expect(shown.stdout).toContain('image failed');
  expect(readFileSync(join(data, 'logs', 'image-ferry.log'), 'utf8')).toContain('"kind":"forbidden"');
  expect(leaksIn(data)).toEqual([]);
  expect(existsSync(report)).toBe(true);
  expect(leaksOf(readFileSync(report, 'utf8'))).toEqual([]);
  for (const end of [told, json, refused, shown]) expect(leaksOf(end.stdout + end.stderr)).toEqual([]);
});

test('the search for secrets finds each one that is there', () => {
  const place = mkdtempSync(join(folder, 'leaks-'));
  for (const secret of planted) {
    const file = join(place, `${createHash('sha256').update(secret).digest('hex')}.db-wal`);
    writeFileSync(file, `\0\u0001 before ${secret} after`);
  }
  expect(new Set(leaksIn(place).map((leak) => leak.slice(leak.indexOf(': ') + 2)))).toEqual(new Set(planted));
});
