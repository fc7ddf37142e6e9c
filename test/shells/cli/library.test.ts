import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { blobsOf } from '../../fakes/images.ts';
import { assertWorldIsWhole } from '../../fakes/oracle.ts';
import { call } from '../../fakes/plain-http.ts';
import { ferry, type FerryEnd, folder, startFerry } from './ferry.ts';
import { app, openDock, openSource, otherApp } from './stage.ts';
import { jsonOf } from './summary-shape.ts';

/** A bundle of two images, an empty data folder, and the command line over it. */
async function stage() {
  const source = await openSource({ '1': app, '2': otherApp });
  const home = await mkdtemp(join(folder, 'library-'));
  const file = join(home, 'out.tar');
  const data = ['--data-dir', join(home, 'data')];
  await ferry(['export', '-o', file, `${source.host}/team/app`, '--all-tags', '--no-cache']);
  const run = (...args: string[]): Promise<FerryEnd> => ferry([...args, ...data]);
  return { source, home, file, data, run };
}

describe('import without a destination', () => {
  test('keeps what a bundle holds in the library, where serve finds it', async () => {
    const { file, data, run } = await stage();
    const end = await run('import', file);
    expect(end.status, end.stderr).toBe(0);
    expect(end.stdout).toMatch(/^images: 2 copied\n/);
    const serving = startFerry(['serve', '--listen', '127.0.0.1:0', '--catalog', ...data]);
    let printed = '';
    serving.child.stdout?.on('data', (text: string) => (printed += text));
    await serving.said('Ctrl-C');
    const [url = ''] = /https?:\/\/[\d.]+:\d+/.exec(printed) ?? [];
    expect((await call('GET', `${url}/v2/team/app/manifests/1`)).body).toEqual(app.raw);
    for (const blob of blobsOf(app))
      expect((await call('GET', `${url}/v2/team/app/blobs/${blob.digest}`)).body).toEqual(blob.bytes());
    expect((await assertWorldIsWhole({ url })).tags).toEqual({
      'team/app:1': app.digest,
      'team/app:2': otherApp.digest,
    });
    serving.child.kill('SIGINT');
    await serving.ended;
  });

  test('takes nothing twice when it is run again, and obeys the policy for tags', async () => {
    const { file, run } = await stage();
    await run('import', file);
    const again = jsonOf(await run('import', file, '--json')).summary;
    expect(again).toMatchObject({ ok: true, images: { unchanged: 2 }, bytes: { received: 0 } });
    const moved = await run('import', file, '--map', 'team/app:2=team/app:1', '--on-conflict', 'fail', '--json');
    expect(moved.status).toBe(1);
    expect(jsonOf(moved).summary.failures.map(({ kind }) => kind)).toContain('conflict');
  });

  test('puts images below a prefix, or where rules say', async () => {
    const { source, file, run } = await stage();
    const end = await run('import', file, '--to', 'library:kept', '--map', `${source.host}/team/app:2=special/other`);
    expect(end.status, end.stderr).toBe(0);
    expect((await run('ls', 'library:')).stdout).toBe('library:kept/special/other\nlibrary:kept/team/app\n');
  });

  test('leaves the library alone when one bit of the file is wrong', async () => {
    const { file, run } = await stage();
    const bytes = await readFile(file);
    const at = bytes.indexOf(app.blobs[1]?.bytes().subarray(0, 64) ?? '') + 1000;
    bytes.writeUInt8(bytes.readUInt8(at) ^ 4, at);
    await writeFile(file, bytes);
    const end = await run('import', file);
    expect(end).toMatchObject({ status: 1, stderr: expect.stringContaining(app.blobs[1]?.digest ?? '') });
    expect((await run('ls', 'library:')).stdout).toBe('');
  });

  test('says who has the library open when it is another process', async () => {
    const { file, data, run } = await stage();
    const serving = startFerry(['serve', '--listen', '127.0.0.1:0', ...data]);
    await serving.said('Ctrl-C');
    onTestFinished(() => void serving.child.kill('SIGKILL'));
    const end = await run('import', file);
    expect(end.status).not.toBe(0);
    expect(end.stderr).toContain(`in use by process ${serving.child.pid}`);
  });
});

describe('a place in the library', () => {
  test('is listed, looked at, verified, planned from and to, exported, copied and in a receipt', async () => {
    const { home, file, run } = await stage();
    await run('import', file);
    expect((await run('ls', 'library:')).stdout).toBe('library:team/app\n');
    expect((await run('ls', 'library:none')).stdout).toBe('');
    expect((await run('ls', 'library:team/app', '--tags')).stdout).toBe('1\n2\n');
    expect((await run('inspect', 'library:team/app:1')).stdout).toContain(app.digest);
    expect((await run('verify', 'library:team/app:2')).stdout).toContain(otherApp.digest);
    const destination = await openDock();
    const out = jsonOf(await run('plan', 'library:team/app:1', `${destination.host}/x:1`, '--json'));
    expect(out.events.find(({ event }) => event === 'plan')).toMatchObject({ action: 'copy', digest: app.digest });
    const into = await run('copy', `${destination.host}/x:1`, 'library:new:1', '--dry-run');
    expect(into).toMatchObject({ status: 1, stderr: expect.stringContaining('x:1') });
    expect((await run('copy', 'library:team/app:1', `${destination.host}/x:1`)).status).toBe(0);
    const planned = await run('copy', `${destination.host}/x:1`, 'library:new:1', '--dry-run');
    expect(planned).toMatchObject({ status: 0, stdout: expect.stringMatching(/^copy .*x:1 → library:new:1/) });
    const again = join(home, 'again.tar');
    expect((await run('export', '-o', again, 'library:team/app:1')).status).toBe(0);
    expect((await run('verify', again)).stdout).toContain(app.digest);
    const receipt = join(home, 'receipt');
    expect((await run('receipt', 'library:', '-o', receipt)).status).toBe(0);
    expect(await readFile(receipt, 'utf8')).toContain(app.digest);
  });

  test('that is not there is told as such', async () => {
    const { run } = await stage();
    for (const command of ['inspect', 'verify'])
      expect(await run(command, 'library:none:1')).toMatchObject({
        status: 1,
        stderr: expect.stringContaining('library:none does not hold manifest 1'),
      });
    expect((await run('ls', 'library:none', '--tags')).stderr).toContain('library:none does not exist');
  });
});
