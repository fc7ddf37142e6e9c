import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ferry, folder } from './ferry.ts';
import { fileWith, openDock, openSource, type WatchedDock } from './stage.ts';
import { jsonOf } from './summary-shape.ts';

/** Runs what must not be tried. */
async function expectNothingTried(
  args: readonly string[],
  cause: RegExp,
  docks: readonly WatchedDock[],
): Promise<void> {
  const end = await ferry(args);
  expect(end, end.stderr).toMatchObject({ status: 2, stdout: '' });
  expect(end.stderr).toMatch(cause);
  expect(end.stderr.trimEnd().split('\n').filter(Boolean)).toHaveLength(2);
  expect(end.stderr).not.toMatch(/^\s+at /m);
  for (const dock of docks) expect(dock.requests).toEqual([]);
}

test.each<[what: string, args: readonly string[], cause: RegExp]>([
  ['an unknown option', ['--frobnicate'], /unknown option '--frobnicate'/],
  ['a concurrency that is no number', ['--concurrency', 'many'], /give a whole number from 1 to 64/],
  ['a concurrency of 0', ['--concurrency', '0'], /give a whole number from 1 to 64/],
  ['a patience that is no time', ['--wait', 'soon'], /give a time such as 90s, 30m or 2h/],
  ['an unknown policy', ['--on-conflict', 'ask'], /Allowed choices are overwrite, skip, fail, backup/],
  ['a platform without architecture', ['--platform', 'linux'], /"linux" is not a platform/],
  ['a proxy that is no address', ['--proxy', 'http://'], /the value of --proxy is not an address/],
  ['a proxy of another kind', ['--proxy', 'ftp://proxy:21'], /the value of --proxy is not an address/],
  ['a CA file that is not there', ['--ca', 'none.pem'], /the CA file none\.pem cannot be read \(ENOENT\)/],
  ['an auth file that is not there', ['--auth', 'none.yaml'], /none\.yaml does not exist/],
  ['a report of an unknown kind', ['--report', 'report.txt'], /report\.txt ends in none of \.json, \.csv and \.html/],
  ['a report in no folder', ['--report', 'none/report.csv'], /none\/report\.csv cannot be written \(ENOENT\)/],
  ['a host that is none', ['--insecure', 'not a host'], /"not a host" is not a registry host/],
  ['a plan with a report', ['--dry-run', '--report', 'report.csv'], /a plan writes no report/],
])('%s ends with 2, and nothing is asked', async (_, flags, cause) => {
  const [source, destination] = [await openSource(), await openDock()];
  const args = ['copy', `${source.host}/team/app:1`, `${destination.host}/x/y`, ...flags];
  await expectNothingTried(args, cause, [source, destination]);
});

test.each<[what: string, place: (host: string) => string, cause: RegExp]>([
  ['with capitals', (host) => `${host}/Team/App`, /has upper-case letters/],
  ['with a bad tag', (host) => `${host}/team/app:a b`, /"a b" is not a tag/],
  ['with a bad digest', (host) => `${host}/team/app@sha256:12`, /digest/],
  ['that is a URL', (host) => `http://${host}/team/app`, /is a URL; write host\/repository:tag/],
])('a reference %s ends with 2, and nothing is asked', async (_, place, cause) => {
  const source = await openSource();
  const text = place(source.host);
  await expectNothingTried(['copy', text, 'x.example/y'], cause, [source]);
  await expectNothingTried(['inspect', text], cause, [source]);
});

test.each<[what: string, args: (host: string) => readonly string[]]>([
  ['an unknown option', (host) => ['ls', host, '--frobnicate']],
  ['a missing place', (host) => ['copy', host]],
  ['a bad reference as destination', (host) => ['plan', `${host}/team/app`, 'X/Y']],
  ['a bad reference', (host) => ['verify', `${host}/team/app:`]],
  ['a file that is not there', (host) => ['ls', host, '--auth', 'none.yaml']],
])('%s with --json still ends in a whole summary', async (_, args) => {
  const source = await openSource();
  const end = await ferry([...args(source.host), '--json']);
  expect(end.status).toBe(2);
  const { events, summary } = jsonOf(end);
  expect(events).toEqual([]);
  expect(summary).toMatchObject({ ok: false, failures: [{ kind: 'invalid', side: 'local' }] });
  expect(source.requests).toEqual([]);
});

test('files that hold nothing useful are refused by name', async () => {
  const [source, destination] = [await openSource(), await openDock()];
  const copy = ['copy', `${source.host}/team/app:1`, `${destination.host}/x/y`];
  const damaged = '-----BEGIN CERTIFICATE-----\nbm90aGluZw==\n-----END CERTIFICATE-----\n';
  const docks = [source, destination];
  const empty = await fileWith('', '.pem');
  await expectNothingTried([...copy, '--ca', empty], /holds no certificate in PEM form/, docks);
  await expectNothingTried(
    [...copy, '--ca', await fileWith(damaged, '.pem')],
    /its certificate 1 cannot be read/,
    docks,
  );
  await expectNothingTried([...copy, '--ca', folder], /cannot be read \(EISDIR\)/, docks);
  await expectNothingTried([...copy, '--auth', folder], /cannot be read: EISDIR/, docks);
  await expectNothingTried([...copy, '--auth', await fileWith('{"auths": 5}', '.json')], /is malformed/, docks);
  const report = await mkdtemp(join(folder, 'report-'));
  await expectNothingTried([...copy, '--report', `${report}.csv/x.csv`], /cannot be written/, docks);
});

test('--all-tags takes repositories, not images', async () => {
  const [source, destination] = [await openSource(), await openDock()];
  const docks = [source, destination];
  const [from, to] = [`${source.host}/team/app`, `${destination.host}/x/y`];
  await expectNothingTried(['copy', `${from}:1`, to, '--all-tags'], /the source is a repository, without tag/, docks);
  await expectNothingTried(['copy', from, `${to}:1`, '--all-tags'], /a destination names no tag/, docks);
});

test('no command, an unknown one, or too few places end with 2; help and version with 0', async () => {
  const [none, unknown, few, help, version] = await Promise.all(
    [[], ['frobnicate'], ['copy', 'a/b'], ['copy', '--help'], ['--version']].map((args) => ferry(args)),
  );
  expect([none?.status, unknown?.status, few?.status]).toEqual([2, 2, 2]);
  expect(none?.stderr).toMatch(/^Usage: image-ferry /);
  expect(unknown?.stderr).toMatch(/unknown command 'frobnicate'/);
  expect(few?.stderr).toMatch(/missing required argument 'destinations'/);
  expect(help).toMatchObject({ status: 0, stderr: '', stdout: expect.stringMatching(/^Usage: image-ferry copy /) });
  expect(version).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
});

test('what lies in the working directory has no effect', async () => {
  const [source, destination] = [
    await openSource(),
    await openDock({ access: { basic: { clerk: 'right-password' } } }),
  ];
  const cwd = await mkdtemp(join(folder, 'hostile-'));
  const auth = Buffer.from('clerk:right-password').toString('base64');
  const config = JSON.stringify({ auths: { [destination.host]: { auth } } });
  const hostile = 'throw new Error("ran from the working directory")';
  for (const [name, text] of Object.entries({
    '.npmrc': 'proxy=http://127.0.0.1:1\nnode-options=--bad',
    '.env': 'HTTP_PROXY=http://127.0.0.1:1\nHTTPS_PROXY=http://127.0.0.1:1',
    'config.json': config,
    'auth.json': config,
    'auth.yaml': `${destination.host}: { username: clerk, password: right-password }`,
    'package.json': '{"type":"commonjs","main":"index.js"}',
    'index.js': hostile,
    'cli.ts': hostile,
    'image-ferry.json': '{"insecure":true}',
    'docker-credential-desktop': '#!/bin/sh\nexit 1\n',
  })) {
    await writeFile(join(cwd, name), text, { mode: 0o755 });
  }
  const end = await ferry(['copy', `${source.host}/team/app:1`, `${destination.host}/x/y`, '--json'], { cwd });
  expect(end.status).toBe(1);
  expect(jsonOf(end).summary.failures).toMatchObject([{ kind: 'unauthorized', hint: 'credential-missing' }]);
  expect((await ferry(['ls', source.host], { cwd })).status).toBe(0);
});
