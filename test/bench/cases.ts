import { image, layerBlob, type SampleBlob, type SampleManifest, types } from '../fakes/images.ts';

/** The cases of the benchmark, in the order in which they run. */
export const caseIds = ['a', 'b', 'c1', 'c2', 'd', 'e'] as const;

/** One of them. */
export type CaseId = (typeof caseIds)[number];

/** True for the name of a case. */
export function isCaseId(text: string): text is CaseId {
  return caseIds.some((id) => id === text);
}

/** An image that a registry holds under a name. */
export interface StoredImage {
  readonly repository: string;
  readonly tag: string;
  readonly content: SampleManifest;
}

/** What is copied, and how it is asked for. */
export interface BenchCase {
  readonly id: CaseId;
  readonly title: string;
  /** One image by its tag, every tag of a repository, or a list of images in many repositories. */
  readonly asks: 'image' | 'repository' | 'list';
  readonly images: readonly StoredImage[];
  /** True when the destination has everything before the run. */
  readonly startsFull: boolean;
}

const mebibyte = 1024 * 1024;

const makers: Readonly<Record<CaseId, (scale: number) => BenchCase>> = {
  a: (scale) => single('a', `one image, one layer of ${inWords(1024 * mebibyte * scale)}`, [1024 * mebibyte * scale]),
  b: (scale) => {
    const [least, most] = [20 * mebibyte * scale, 80 * mebibyte * scale];
    return single('b', `one image, 12 layers of ${inWords(least)} to ${inWords(most)}`, twelve(scale));
  },
  c1: (scale) => many('c1', 'in one repository', scale, (at) => ({ repository: 'bench/app', tag: `v${at + 1}` })),
  c2: (scale) =>
    many('c2', 'in as many repositories', scale, (at) => ({
      repository: `bench/app-${String(at + 1).padStart(3, '0')}`,
      tag: 'v1',
    })),
  d: upToDate,
  e: (scale) => single('e', 'the image of case b, killed in the middle and run again', twelve(scale)),
};

/** Makes a case; `scale` multiplies its sizes and counts. */
export function makeCase(id: CaseId, scale: number): BenchCase {
  return makers[id](scale);
}

function single(id: CaseId, title: string, layerBytes: readonly number[]): BenchCase {
  const layers = layerBytes.map((sizeBytes, at) =>
    layerBlob(Math.max(1, Math.round(sizeBytes)), `bench-${id}-${at}`, types.ociLayer),
  );
  const content = image({ layers, seed: `bench-${id}` });
  return { id, title, asks: 'image', images: [{ repository: 'bench/app', tag: 'v1', content }], startsFull: false };
}

/** 20, 26, 31 … 80 MiB. */
function twelve(scale: number): readonly number[] {
  return Array.from({ length: 12 }, (_, at) => (20 + Math.round((60 * at) / 11)) * mebibyte * scale);
}

function many(
  id: CaseId,
  where: string,
  scale: number,
  name: (at: number) => Pick<StoredImage, 'repository' | 'tag'>,
): BenchCase {
  const count = Math.max(3, Math.round(200 * scale));
  const ownBytes = Math.max(64, Math.round(200 * 1024 * scale));
  const base: readonly SampleBlob[] = Array.from({ length: 5 }, (_, at) =>
    layerBlob(Math.max(64, Math.round(20 * mebibyte * scale)), `bench-base-${at}`, types.ociLayer),
  );
  const images = Array.from({ length: count }, (_, at): StoredImage => {
    const own = [0, 1, 2].map((part) => layerBlob(ownBytes, `bench-own-${at}-${part}`, types.ociLayer));
    return { ...name(at), content: image({ layers: [...base, ...own], seed: `bench-many-${at}` }) };
  });
  const title = `${count} images ${where}: a common base of 5 × ${inWords(20 * mebibyte * scale)}, 3 × ${inWords(ownBytes)} of their own`;
  return { id, title, asks: id === 'c1' ? 'repository' : 'list', images, startsFull: false };
}

function upToDate(scale: number): BenchCase {
  const count = Math.max(3, Math.round(5000 * scale));
  const layers = [layerBlob(4096, 'bench-d', types.ociLayer)];
  const images = Array.from({ length: count }, (_, at): StoredImage => {
    const content = image({ layers, seed: 'bench-d', annotations: { number: String(at + 1) } });
    return { repository: 'bench/app', tag: `v${at + 1}`, content };
  });
  return {
    id: 'd',
    title: `${count} tags of one repository, all already there`,
    asks: 'repository',
    images,
    startsFull: true,
  };
}

function inWords(sizeBytes: number): string {
  if (sizeBytes >= 1024 * mebibyte) return `${Math.round((sizeBytes / mebibyte / 1024) * 10) / 10} GiB`;
  if (sizeBytes >= mebibyte) return `${Math.round(sizeBytes / mebibyte)} MiB`;
  return `${Math.max(1, Math.round(sizeBytes / 1024))} KiB`;
}
