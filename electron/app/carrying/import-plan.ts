import type { ImageResult } from '../../contract/models.ts';
import { type Digest, isDigest } from '../../oci/digest.ts';
import { formatReference, type Reference } from '../../oci/reference.ts';
import { isReferrersTag } from '../../oci/referrers.ts';
import { type CopyRequest, type FileImage, finding, type ImageFile } from '../../engine/engine.ts';
import type { Prepared } from '../prepare.ts';
import { contestedResult, refusedResult } from '../refused.ts';
import { type Mapping, mapped } from './map-rules.ts';

/** An image of a file and where it goes. */
interface Placed {
  readonly image: FileImage;
  readonly source: Reference;
  readonly destination: Reference;
}

/** The images of a file with the places they go to; what refers to an image in the file travels along with that. */
export function planImport(
  file: Pick<ImageFile, 'images' | 'expected' | 'source' | 'name'>,
  held: ReadonlySet<Digest>,
  mapping: Mapping,
): Prepared {
  const placed: Placed[] = [];
  const refused: ImageResult[] = [];
  for (const image of file.images) {
    if (travelsAlong(image, held)) continue;
    const source = referenceOf(image);
    const isNameless = image.path === undefined && !mapping.to.includes('/');
    const { destination, finding: problem } = isNameless
      ? { finding: finding('mapping-no-value', {}, { variable: 'path', source: file.name }) }
      : mapped(source, mapping);
    if (destination === undefined)
      refused.push(refusedResult(nameIn(file, image), '', problem ?? finding('mapping-no-value', {}, {})));
    else placed.push({ image, source, destination });
  }
  const { clear, contested } = withoutContested(placed);
  return { requests: requestsOf(file, clear), refused: [...refused, ...contested], findings: [] };
}

/** Requests that read images of a file. */
export function requestsOf(
  file: Pick<ImageFile, 'expected' | 'source'>,
  placed: readonly Pick<Placed, 'image' | 'destination'>[],
): readonly CopyRequest[] {
  const leftOut = new Set(file.expected.map(({ digest }) => digest));
  const byImage = new Map<FileImage, Reference[]>();
  for (const { image, destination } of placed) byImage.set(image, [...(byImage.get(image) ?? []), destination]);
  return [...byImage].map(([image, destinations]) => ({
    source: referenceOf(image),
    from: { source: file.source(image), leftOut },
    targets: destinations.map(({ host, path, tag }) => ({ host, path, ...(tag === undefined ? {} : { tag }) })),
  }));
}

/** What a file says an image is called; host and path are empty where it does not say. */
export function referenceOf({ host = '', path = '', tag, descriptor }: FileImage): Reference {
  return { host, path, ...(tag === undefined ? { digest: descriptor.digest } : { tag }) };
}

/** An image of a file as messages name it. */
export function nameIn(file: Pick<ImageFile, 'source'>, image: FileImage): string {
  const { name } = file.source(image);
  return image.tag === undefined ? `${name}@${image.descriptor.digest}` : `${name}:${image.tag}`;
}

/** True for signatures and the like whose image is in the file too. */
function travelsAlong({ subject, tag }: FileImage, held: ReadonlySet<Digest>): boolean {
  if (tag === undefined) return subject !== undefined && held.has(subject);
  const of = isReferrersTag(tag) ? tag.replace('-', ':').replace(/\..*$/, '') : '';
  return isDigest(of) && held.has(of);
}

/** Two images for one tag fail both; the same image twice is one. */
function withoutContested(placed: readonly Placed[]): { clear: readonly Placed[]; contested: readonly ImageResult[] } {
  const byDestination = new Map<string, Placed[]>();
  for (const one of placed) {
    const key = formatReference(one.destination);
    byDestination.set(key, [...(byDestination.get(key) ?? []), one]);
  }
  const clear: Placed[] = [];
  const contested: ImageResult[] = [];
  for (const [first, ...more] of byDestination.values()) {
    if (first === undefined) continue;
    const others = more.filter(({ image }) => image.descriptor.digest !== first.image.descriptor.digest);
    if (others.length === 0) clear.push(first);
    const sources = [first, ...others].map(({ source }) => source);
    if (others.length > 0)
      for (const source of sources) contested.push(contestedResult(source, first.destination, sources));
  }
  return { clear, contested };
}
