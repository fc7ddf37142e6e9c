import { multiPlatform } from '../fakes/artifacts.ts';
import { writeImages } from '../bench/storage.ts';
import { blobsOf, closureOf, image, layerBlob, type SampleManifest, types } from '../fakes/images.ts';
import { push } from '../fakes/push.ts';

/** One image of a fleet and where it lies. */
export interface FleetImage {
  readonly repository: string;
  readonly tag: string;
  readonly content: SampleManifest;
}

/** Images that share layers, some larger than what is held in memory. */
export interface Fleet {
  readonly images: readonly FleetImage[];
  /** Bytes of all blobs, each counted once. */
  readonly blobBytes: number;
}

const usualSizes: readonly number[] = [1, 700, 40_000, 180_000, 90_000];

/** `count` images in `repositories` repositories; every seventh is an index, every fifth has a signature beside it. */
export function fleetOf(
  count: number,
  repositories: number,
  seed: string,
  sharedSizes: readonly number[],
  ownSizes: readonly number[] = usualSizes,
): Fleet {
  const shared = sharedSizes.map((sizeBytes, at) => layerBlob(sizeBytes, `${seed}-shared-${at}`, types.ociLayer));
  const images: FleetImage[] = [];
  for (let at = 0; at < count; at++) {
    const repository = `team/app-${at % repositories}`;
    const base = shared[at % shared.length];
    const layers = [...(base === undefined ? [] : [base]), ownSizes[at % ownSizes.length] ?? 1];
    const content = at % 7 === 6 ? multiPlatform({ seed: `${seed}-${at}` }) : image({ seed: `${seed}-${at}`, layers });
    images.push({ repository, tag: `v${at}`, content });
    if (at % 5 !== 4) continue;
    const signature = image({ seed: `${seed}-signature-${at}`, layers: [300] });
    images.push({ repository, tag: `${content.digest.replace(':', '-')}.sig`, content: signature });
  }
  const blobs = new Map(images.flatMap(({ content }) => blobsOf(content)).map((blob) => [blob.digest, blob.sizeBytes]));
  return { images, blobBytes: [...blobs.values()].reduce((sum, sizeBytes) => sum + sizeBytes, 0) };
}

/** The images that are asked for; signatures travel with them. */
export function wantedOf({ images }: Fleet): readonly FleetImage[] {
  return images.filter(({ tag }) => !tag.startsWith('sha256-'));
}

/** Writes all of a fleet into the storage of a registry, which is much faster; parts of an index get tags of their own. */
export function storeFleet(root: string, { images }: Fleet): void {
  const stored = images.flatMap(({ repository, tag, content }) => [
    ...closureOf(content)
      .filter((part) => part !== content)
      .map((part) => ({ repository, tag: `part-${part.digest.slice(7, 19)}`, content: part })),
    { repository, tag, content },
  ]);
  writeImages(root, stored);
}

/** Pushes all of a fleet. */
export async function pushFleet(url: string, { images }: Fleet): Promise<void> {
  for (const { repository, tag, content } of images) await push(url, repository, tag, content);
}
