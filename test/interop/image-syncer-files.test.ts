import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { afterwards, registerEnds } from '../engine/harness.ts';
import { multiPlatform } from '../fakes/artifacts.ts';
import { closureOf, image, types } from '../fakes/images.ts';
import { skopeoRaw } from '../fakes/peers.ts';
import { push } from '../fakes/push.ts';
import { ferry } from '../shells/cli/ferry.ts';
import { missing, peer, requestsOf } from './registries.ts';

registerEnds();

const reason = missing('docker-registry', 'skopeo');

/**
 * What image-syncer's own CI does (`.github/workflows/synctest.yml`): a docker image and a docker manifest list into a fresh
 * registry that is named as insecure, six at a time. Only the sources are on loopback here, for its CI asks Quay and Docker Hub.
 */
describe.skipIf(reason !== '')(`image-syncer's own test${reason}`, () => {
  test('its flags, its auth file and its rules copy both images byte for byte, and again nothing', async () => {
    const [upstream, registry] = [await peer(), await peer()];
    const single = image({ flavour: 'docker', seed: 'olm', layers: [3000, 80_000] });
    const list = multiPlatform({ flavour: 'docker' });
    expect([single.mediaType, list.mediaType]).toEqual([types.dockerManifest, types.dockerList]);
    await push(upstream.registry.url, 'operator-framework/olm', 'v0.18.3', single);
    await push(upstream.registry.url, 'library/alpine', '3.18.2', list);
    const folder = await mkdtemp(join(tmpdir(), 'image-syncer-'));
    afterwards(() => rm(folder, { recursive: true, force: true }));
    const config = join(folder, 'config');
    await mkdir(config);
    const [auth, images] = [join(config, 'test-auth.yml'), join(config, 'test-images.yml')];
    await writeFile(auth, `${registry.host}:\n  insecure: true\n`);
    await writeFile(
      images,
      [
        '# a docker image',
        `${upstream.host}/operator-framework/olm:v0.18.3: "${registry.host}/image-syncer-test/olm"`,
        '',
        '# a docker manifest list',
        `${upstream.host}/library/alpine:3.18.2: "${registry.host}/image-syncer-test/alpine"`,
        '',
      ].join('\n'),
    );
    const sync = () => ferry(['sync', '--proc=6', `--auth=${auth}`, `--images=${images}`]);

    const first = await sync();
    expect(first).toMatchObject({ status: 0 });
    expect(await skopeoRaw(registry.host, 'image-syncer-test/olm:v0.18.3')).toEqual(single.raw);
    for (const { digest, raw } of closureOf(list))
      expect(await skopeoRaw(registry.host, `image-syncer-test/alpine@${digest}`)).toEqual(raw);
    expect(await skopeoRaw(registry.host, 'image-syncer-test/alpine:3.18.2')).toEqual(list.raw);

    const writes = requestsOf(registry, 'PUT').length;
    expect(await sync()).toMatchObject({ status: 0 });
    expect(requestsOf(registry, 'PUT')).toHaveLength(writes);
  });
});
