import { isManifestType } from '../../oci/media-types.ts';
import { readDockerArchive } from './docker-archive.ts';
import { type Entries, entriesIn } from './entry.ts';
import { fileError } from './file-errors.ts';
import { FileSource } from './file-source.ts';
import type { FileContent, ImageFileKind } from './image-file.ts';
import { readOciLayout } from './oci-layout.ts';
import { readRegistryStorage } from './registry-storage.ts';

const deepest = 8;

/**
 * Reads whichever layout of images a folder or an archive holds, at its root or in folders that hold nothing else. What newer
 * versions of docker save is both an OCI layout and a docker-archive; the layout is read, because its digests are kept.
 * @param scratch a folder for layers that have to be compressed
 */
export async function readLayout(
  entries: Entries,
  isFolder: boolean,
  scratch: string,
  signal: AbortSignal,
): Promise<{ readonly kind: ImageFileKind; readonly content: FileContent }> {
  let inside = entries;
  for (let depth = 0; depth < deepest; depth++) {
    const names: readonly string[] = await inside.list('');
    if (names.includes('oci-layout') || names.includes('index.json')) {
      const content = await readOciLayout(inside, signal);
      const notices = names.includes('manifest.json') ? await savedNotices(content, entries.name, signal) : [];
      const all = { ...content, notices: [...content.notices, ...notices] };
      return { kind: isFolder ? 'oci-layout' : 'oci-archive', content: all };
    }
    if (names.includes('manifest.json'))
      return { kind: 'docker-archive', content: await readDockerArchive(inside, scratch, signal) };
    if (names.includes('repositories') && names.includes('blobs'))
      return { kind: 'registry-storage', content: await readRegistryStorage(inside, signal) };
    const next = names.includes('docker') ? 'docker' : names.length === 1 ? names[0] : undefined;
    if (next === undefined) break;
    inside = entriesIn(inside, next);
  }
  const what = 'neither a bundle, an OCI layout, a docker-archive nor the folder of a registry';
  throw fileError('invalid', entries.name, `holds no images: it is ${what}`);
}

/** docker save writes layouts of its own making when its layers are not kept as they were pulled. */
async function savedNotices(content: FileContent, name: string, signal: AbortSignal): Promise<readonly string[]> {
  for (const { descriptor, host, path } of content.images) {
    if (!isManifestType(descriptor.mediaType)) continue;
    const source = new FileSource(name, content, { host, path }, { size: 1 });
    const { document } = await source.manifest(descriptor, signal).catch(() => ({ document: undefined }));
    const layers = document?.kind === 'manifest' ? document.layers : [];
    if (layers.length > 0 && layers.every(({ mediaType }) => mediaType.endsWith('.tar')))
      return [
        `${name} holds uncompressed layers, as docker save writes them: digests differ from those in the registry the images came from`,
      ];
  }
  return [];
}
