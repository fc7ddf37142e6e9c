import { algorithmOf, type Digest, encodedOf, isDigest } from '../../oci/digest.ts';

/** The folders of a cache, below its own. Names hold lower-case hex only: safe on every file system. */
export interface Layout {
  readonly root: string;
  /** Whole blobs, by algorithm and the first two digits. */
  readonly blobs: string;
  /** Unfinished ones. */
  readonly ingest: string;
  /** What was found to be wrong, for whoever wants to know why. */
  readonly quarantine: string;
  /** What is about to be deleted. */
  readonly trash: string;
}

/** The algorithms that have a folder below `blobs`. */
export const algorithms = ['sha256', 'sha512'] as const;

/** The layout of a cache in `root`. */
export function layoutIn(root: string): Layout {
  return {
    root,
    blobs: `${root}/blobs`,
    ingest: `${root}/ingest`,
    quarantine: `${root}/quarantine`,
    trash: `${root}/trash`,
  };
}

/** The folder that holds a whole blob. */
export function shardOf(layout: Layout, digest: Digest): string {
  return `${layout.blobs}/${algorithmOf(digest)}/${encodedOf(digest).slice(0, 2)}`;
}

/** Where a whole blob is. */
export function blobPath(layout: Layout, digest: Digest): string {
  return `${shardOf(layout, digest)}/${encodedOf(digest)}`;
}

/** A digest as one name. */
export function fileNameOf(digest: Digest): string {
  return `${algorithmOf(digest)}-${encodedOf(digest)}`;
}

/** Where an unfinished blob is. */
export function ingestPath(layout: Layout, digest: Digest): string {
  return `${layout.ingest}/${fileNameOf(digest)}`;
}

const uploadName = /^upload-[0-9a-f-]{36}$/;

/** Where a blob is whose digest is not known yet; `id` is a UUID. */
export function uploadPath(layout: Layout, id: string): string {
  return `${layout.ingest}/upload-${id}`;
}

/** True for the name in `ingest` of a blob whose digest is not known yet. */
export function isUploadName(name: string): boolean {
  return uploadName.test(name);
}

/** The digest that a name in `ingest` stands for; undefined for a name that is none of ours. */
export function digestOfName(name: string): Digest | undefined {
  const text = name.replace('-', ':');
  return isDigest(text) ? text : undefined;
}

/** Any name as one that every file system takes, and that no other has. */
export function asideName(name: string, wallMs: number, count: number): string {
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9-]/g, '_');
  return `${wallMs}-${count}-${plain.slice(0, 136)}`;
}
