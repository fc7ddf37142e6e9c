import { expect, test } from 'vitest';
import { amd64, arm64, armv7, image, index } from '../../fakes/images.ts';
import { assertWorldIsWhole } from '../../fakes/oracle.ts';
import { openDock, openSource } from './stage.ts';
import { syncImages } from './sync-stage.ts';

const parts = [amd64, arm64, armv7].map((platform) => image({ seed: platform.architecture, platform, layers: [2000] }));
const windows = image({
  seed: 'windows',
  platform: { os: 'windows', architecture: 'amd64', 'os.version': '10.0.1' },
  layers: [2000],
});
const many = index([...parts, windows]);
const alone = image({ seed: 'alone', platform: arm64, layers: [2000] });

async function entriesAt(url: string, tag: string): Promise<readonly string[]> {
  const accept = 'application/vnd.oci.image.index.v1+json';
  const answer = await fetch(`${url}/v2/x/y/manifests/${tag}`, { headers: { accept } });
  const document: { manifests: readonly { platform: { os: string; architecture: string } }[] } = JSON.parse(
    await answer.text(),
  );
  return document.manifests.map(({ platform }) => `${platform.os}/${platform.architecture}`);
}

test.each<[what: string, flags: readonly string[], entries: readonly string[]]>([
  ['one of each: still an index', ['--os', 'linux', '--arch', 'amd64'], ['linux/amd64']],
  ['one os', ['--os', 'linux'], ['linux/amd64', 'linux/arm64', 'linux/arm']],
  ['one architecture of any os', ['--arch', 'amd64'], ['linux/amd64', 'windows/amd64']],
  ['two architectures', ['--arch', 'arm64', '--arch', 'arm:v7'], ['linux/arm64', 'linux/arm']],
  ['a version of an os', ['--os', 'windows:10.0.1'], ['windows/amd64']],
])('--os and --arch keep of an index %s, and say that the digest changed', async (_, flags, entries) => {
  const [source, mirror] = [await openSource({ '1': many }), await openDock()];
  const end = await syncImages(`${source.host}/team/app:1: ${mirror.host}/x/y`, flags);
  expect(end).toMatchObject({ status: 0, summary: { images: { copied: 1 } } });
  expect(await entriesAt(mirror.url, '1')).toEqual(entries);
  const notices = end.events.filter(({ event }) => event === 'notice');
  expect(notices).toMatchObject([{ kind: 'digest-changed', text: expect.stringContaining(many.digest.slice(7, 19)) }]);
  await assertWorldIsWhole({ url: mirror.url });
  const again = await syncImages(`${source.host}/team/app:1: ${mirror.host}/x/y`, flags);
  expect(again.summary.images).toMatchObject({ unchanged: 1 });
});

test('an image without that platform is skipped, which is no failure', async () => {
  const [source, mirror] = [await openSource({ many, alone }), await openDock()];
  const rules = `${source.host}/team/app: ${mirror.host}/x/y`;
  const end = await syncImages(rules, ['--os', 'linux', '--arch', 's390x']);
  expect(end).toMatchObject({ status: 0, stderr: '', summary: { ok: true, images: { total: 2, skipped: 2 } } });
  expect(end.events.filter(({ event }) => event === 'notice')).toMatchObject([
    { kind: 'no-platform' },
    { kind: 'no-platform' },
  ]);
  expect(mirror.requests.filter(({ method }) => method !== 'GET' && method !== 'HEAD')).toEqual([]);
});

test('an image of its own passes by the platform of its config', async () => {
  const [source, mirror] = [await openSource({ alone }), await openDock()];
  const rules = `${source.host}/team/app:alone: ${mirror.host}/x/y`;
  expect((await syncImages(rules, ['--arch', 'arm64'])).summary.images).toMatchObject({ copied: 1 });
  expect((await assertWorldIsWhole({ url: mirror.url })).tags).toEqual({ 'x/y:alone': alone.digest });
});

test('a list in one value is refused, and so no registry is asked', async () => {
  const source = await openSource({ many });
  const end = await syncImages(`${source.host}/team/app:many: ${source.host}/x/y`, ['--arch', 'amd64,arm64']);
  expect(end).toMatchObject({
    status: 2,
    summary: { failures: [{ message: expect.stringContaining('once for each') }] },
  });
  expect(source.requests).toEqual([]);
});
