import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import { blobsOf, closureOf, descriptorOf, types, type SampleManifest } from './images.ts';
import type { TarFileEntry } from './tar-files.ts';

/** A file of a layout: its path inside and its bytes. */
export type LayoutFile = Required<Pick<TarFileEntry, 'name' | 'content'>>;

/** An image with the names it is to have. */
export interface NamedSample {
  readonly content: SampleManifest;
  /** Annotations of its entry in `index.json`. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'ferry-bundle-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** Writes files below a folder. */
export async function writeFiles(folder: string, files: readonly LayoutFile[]): Promise<void> {
  for (const { name, content } of files) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
}

/** An OCI layout as other tools write it: blobs first, the index last. */
export function ociLayoutFiles(images: readonly NamedSample[]): readonly LayoutFile[] {
  const blobs = new Map<string, LayoutFile>();
  for (const { content } of images) {
    for (const { digest, raw } of closureOf(content)) blobs.set(digest, { name: blobPath(digest), content: raw });
    for (const blob of blobsOf(content)) blobs.set(blob.digest, { name: blobPath(blob.digest), content: blob.bytes() });
  }
  const manifests = images.map(({ content, annotations }) =>
    descriptorOf(content, annotations === undefined ? {} : { annotations }),
  );
  return [
    ...blobs.values(),
    { name: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' },
    { name: 'index.json', content: JSON.stringify({ schemaVersion: 2, mediaType: types.ociIndex, manifests }) },
  ];
}

function blobPath(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}

/** What `docker save` wrote before version 25: layers unpacked in folders of their own. */
export function dockerSaveFiles(
  images: readonly { content: SampleManifest; tags: readonly string[] }[],
): readonly LayoutFile[] {
  const files = new Map<string, LayoutFile>();
  const list = images.map(({ content, tags }) => {
    const [config, ...layers] = content.blobs;
    const configPath = `${config?.digest.slice(7)}.json`;
    files.set(configPath, { name: configPath, content: config?.bytes() ?? '' });
    const paths = layers.map((layer) => {
      const name = `${layer.digest.slice(7)}/layer.tar`;
      files.set(name, { name, content: gunzipSync(layer.bytes()) });
      return name;
    });
    return { Config: configPath, RepoTags: tags.length === 0 ? null : tags, Layers: paths };
  });
  return [...files.values(), { name: 'manifest.json', content: JSON.stringify(list) }];
}

/** A docker-registry's data folder, from `docker` on. */
export function registryFiles(
  repositories: Readonly<Record<string, Readonly<Record<string, SampleManifest>>>>,
): readonly LayoutFile[] {
  const root = 'docker/registry/v2';
  const files = new Map<string, LayoutFile>();
  const put = (name: string, content: Uint8Array | string): void => void files.set(name, { name, content });
  const blob = (digest: string, content: Uint8Array): void =>
    put(`${root}/blobs/sha256/${digest.slice(7, 9)}/${digest.slice(7)}/data`, content);
  for (const [repository, tags] of Object.entries(repositories)) {
    const folder = `${root}/repositories/${repository}`;
    for (const [tag, content] of Object.entries(tags)) {
      put(`${folder}/_manifests/tags/${tag}/current/link`, content.digest);
      for (const { digest, raw } of closureOf(content)) {
        blob(digest, raw);
        put(`${folder}/_manifests/revisions/${digest.replace(':', '/')}/link`, digest);
      }
      for (const one of blobsOf(content)) {
        blob(one.digest, one.bytes());
        put(`${folder}/_layers/${one.digest.replace(':', '/')}/link`, one.digest);
      }
    }
  }
  return [...files.values()];
}
