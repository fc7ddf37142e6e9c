import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { image } from '../../fakes/images.ts';
import { type QuirkRegistry, startQuirkRegistry } from '../../fakes/quirk-registry/server.ts';
import { assertNoSecretLeaked, forgetRecords, guardSecret } from '../../fakes/recorder.ts';
import { allPrinted, ferry, folder, startFerry } from './ferry.ts';
import { app, fileWith, openSource } from './stage.ts';
import { jsonOf } from './summary-shape.ts';

const user = 'robot$mirror';
const password = 'S3cret-of-the-robot/+%';
const basic = Buffer.from(`${user}:${password}`).toString('base64');

/** A registry that only the robot may use. */
async function lockedRegistry(): Promise<QuirkRegistry> {
  const registry = await startQuirkRegistry({ access: { basic: { user, password } } });
  onTestFinished(() => registry.close());
  guardSecret(password, [registry.url]);
  return registry;
}

function expectNothingTold(): void {
  for (const secret of [password, basic, encodeURIComponent(password)]) expect(allPrinted()).not.toContain(secret);
}

afterEach(() => {
  expectNothingTold();
  assertNoSecretLeaked();
  forgetRecords();
});

async function configFolder(config: object): Promise<string> {
  const home = await mkdtemp(join(folder, 'docker-'));
  await writeFile(join(home, 'config.json'), JSON.stringify(config), { mode: 0o600 });
  return home;
}

/** A credential helper that answers for one address, and writes down its arguments and its environment. */
async function helperFolder(
  name: string,
  address: string,
): Promise<{ readonly path: string; readonly told: () => string }> {
  const home = await mkdtemp(join(folder, 'helper-'));
  const file = join(home, `docker-credential-${name}`);
  const answer = JSON.stringify({ ServerURL: address, Username: user, Secret: password });
  await writeFile(
    file,
    `#!/bin/sh\nread -r asked\nprintf '%s %s\\n' "$*" "$asked" >>"${home}/asked"\nenv >>"${home}/env"\n` +
      `tr '\\0' ' ' </proc/$PPID/cmdline >>"${home}/parent"\n` +
      `[ "$asked" = "${address}" ] || { echo 'credentials not found in native keychain'; exit 1; }\ncat <<'END'\n${answer}\nEND\n`,
  );
  await chmod(file, 0o755);
  const read = (what: string): string => (existsSync(join(home, what)) ? readFileSync(join(home, what), 'utf8') : '');
  return { path: `${home}:${process.env['PATH'] ?? ''}`, told: () => ['asked', 'env', 'parent'].map(read).join('\n') };
}

test("docker's config.json is found by DOCKER_CONFIG and in the home folder", async () => {
  const [source, destination] = [await openSource(), await lockedRegistry()];
  const config = { auths: { [destination.host]: { auth: basic } } };
  const args = ['copy', `${source.host}/team/app:1`, `${destination.host}/x/y`];
  expect((await ferry(args, { env: { DOCKER_CONFIG: await configFolder(config) } })).status).toBe(0);
  const home = await mkdtemp(join(folder, 'home-'));
  await mkdir(join(home, '.docker'));
  await writeFile(join(home, '.docker', 'config.json'), JSON.stringify(config));
  expect((await ferry(args, { env: { HOME: home } })).status).toBe(0);
  expect((await ferry(args)).status).toBe(1);
});

test('a credential helper in PATH is asked, without the environment that is none of its business', async () => {
  const [source, destination] = [await openSource(), await lockedRegistry()];
  const helper = await helperFolder('vault', destination.host);
  const config = await configFolder({ credHelpers: { [destination.host]: 'vault' } });
  const env = { DOCKER_CONFIG: config, PATH: helper.path, OTHER_PASSWORD: `other-${password}` };
  const end = await ferry(['copy', `${source.host}/team/app:1`, `${destination.host}/x/y`, '--json'], { env });
  expect(end).toMatchObject({ status: 0, stderr: '' });
  const told = helper.told();
  expect(told).toContain(`get ${destination.host}\n`);
  expect(told).not.toContain(password);
  expect(told).not.toContain('OTHER_PASSWORD');
});

test('a helper that is missing fails the image by name', async () => {
  const [source, destination] = [await openSource(), await lockedRegistry()];
  const env = { DOCKER_CONFIG: await configFolder({ credHelpers: { [destination.host]: 'nowhere' } }) };
  const end = await ferry(['copy', `${source.host}/team/app:1`, `${destination.host}/x/y`], { env });
  expect(end.status).toBe(1);
  expect(end.stderr).toMatch(/docker-credential-nowhere is not in PATH\n {2}remedy: /);
});

test("--auth takes image-syncer's YAML with $NAME values, and docker's own form", async () => {
  const [source, destination] = [await openSource(), await lockedRegistry()];
  const args = ['copy', `${source.host}/team/app:1`, `${destination.host}/x/y`];
  const yaml = await fileWith(`${destination.host}:\n  username: robot$mirror\n  password: $ROBOT_PASSWORD\n`, '.yaml');
  expect(await ferry([...args, '--auth', yaml], { env: { ROBOT_PASSWORD: password } })).toMatchObject({ status: 0 });
  const docker = await fileWith(JSON.stringify({ auths: { [destination.host]: { auth: basic } } }), '.json');
  expect(await ferry([...args, '--auth', docker])).toMatchObject({ status: 0 });
});

test('a variable of the auth file that is not set is named', async () => {
  const [source, destination] = [await openSource(), await lockedRegistry()];
  const yaml = await fileWith(`${destination.host}: { username: robot, password: $ROBOT_PASSWORD }\n`, '.yaml');
  const end = await ferry(['copy', `${source.host}/team/app:1`, `${destination.host}/x/y`, '--auth', yaml]);
  expect(end.status).toBe(1);
  expect(end.stderr).toMatch(/^warning: .*ROBOT_PASSWORD is not set/);
});

test('the auth file goes before config.json', async () => {
  const [source, destination] = [await openSource(), await lockedRegistry()];
  const wrong = Buffer.from('robot:wrong-password').toString('base64');
  const env = { DOCKER_CONFIG: await configFolder({ auths: { [destination.host]: { auth: wrong } } }) };
  const yaml = await fileWith(`${destination.host}: { username: "${user}", password: "${password}" }\n`, '.yaml');
  const args = ['copy', `${source.host}/team/app:1`, `${destination.host}/x/y`, '--auth', yaml];
  expect(await ferry(args, { env })).toMatchObject({ status: 0, stderr: expect.stringMatching(/^copied /) });
});

test('no password is in the output, in reports, in files, or in the arguments of any process', async () => {
  const [source, destination] = [await openSource({ '1': app, '2': image({ seed: 'two' }) }), await lockedRegistry()];
  const reports = await mkdtemp(join(folder, 'secret-reports-'));
  const yaml = await fileWith(`${destination.host}: { username: "${user}", password: $ROBOT_PASSWORD }\n`, '.yaml');
  const env = { ROBOT_PASSWORD: password };
  for (const kind of ['json', 'csv', 'html']) {
    const args = ['copy', `${source.host}/team/app`, `${destination.host}/x/${kind}`, '--all-tags', '--auth', yaml];
    const running = startFerry([...args, '--json', '--report', join(reports, `report.${kind}`)], { env });
    await running.said('"event":"job"');
    const commandLine = readFileSync(`/proc/${running.child.pid}/cmdline`, 'utf8');
    expect(commandLine).not.toContain(password);
    expect(jsonOf(await running.ended).summary).toMatchObject({ ok: true, images: { copied: 2 } });
  }
  destination.setQuirks({ failFirst: { status: 403, times: 100 } });
  const args = ['copy', `${source.host}/team/app`, `${destination.host}/x/z`, '--all-tags', '--auth', yaml];
  expect((await ferry([...args, '--report', join(reports, 'failed.json')], { env })).status).toBe(1);
  const files = readdirSync(reports);
  expect(files).toHaveLength(4);
  for (const name of files) {
    const text = readFileSync(join(reports, name), 'utf8');
    for (const secret of [password, basic, encodeURIComponent(password)]) expect(text).not.toContain(secret);
  }
});

test('nobody is ever asked for anything', async () => {
  const [source, destination] = [await openSource(), await lockedRegistry()];
  // stdin stays open: whoever reads it waits until the hang guard.
  const end = await ferry(['copy', `${source.host}/team/app:1`, `${destination.host}/x/y`]);
  expect(end.status).toBe(1);
  expect(end.stderr).toMatch(/asks for credentials and none are known for it/);
});
