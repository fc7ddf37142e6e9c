import { parseDigest } from '../../oci/digest.ts';
import { isObject } from '../../oci/fields.ts';
import { finding, type ImageFile, type Setting } from '../../engine/engine.ts';
import { FindingError } from '../findings.ts';
import { refuse } from '../places.ts';
import { namedImages } from './choose-images.ts';
import type { TrustWish } from './wishes.ts';

/** Whose key signed the images of a place when they first came in a file. */
export interface KnownSender {
  /** A host with the first part of a path: who sends one of these sends the others. */
  readonly names: string;
  /** The raw Ed25519 key in base64. */
  readonly signer: string;
}

/** What a file's signature says to who has seen others before. */
export interface JudgedSender {
  /** `first`: nobody's was known for some of these images. `taken`: not compared, because any was to be taken. */
  readonly state: 'unsigned' | 'first' | 'known' | 'taken';
  /** What is to be known from now on; the same list when nothing was learnt. */
  readonly known: readonly KnownSender[];
}

/** The senders that this machine knows. */
export const knownSenders: Setting<readonly KnownSender[]> = {
  name: 'bundle-senders',
  fallback: [],
  read: (kept) => (Array.isArray(kept) && kept.every(isKnownSender) ? kept : undefined),
};

type JudgedFile = Pick<ImageFile, 'name' | 'images' | 'bundle'>;

/** Reads `--signer` and `--expect-digest`; throws CopyError or OciError for what cannot be read. */
export function checkTrustWish({ signer, digest }: TrustWish): void {
  if (digest !== undefined) parseDigest(digest);
  if (signer === undefined || signer === 'any') return;
  const raw = Buffer.from(signer, 'base64');
  if (raw.byteLength !== 32 || raw.toString('base64') !== signer)
    throw refuse(`--signer ${signer} is neither any nor an Ed25519 key in base64, as export and verify show it`);
}

/**
 * Compares the sender of a file with those of earlier ones (trust on first use, SECURITY S-BUN); throws FindingError for another
 * one, for one that is missing, and for one that is not the one that was wanted.
 */
export function judgeSender(
  { name, images, bundle }: JudgedFile,
  known: readonly KnownSender[],
  wanted: string | undefined,
): JudgedSender {
  const signer = bundle?.signer;
  const names = namesOf(images);
  if (wanted === 'any') return { state: signer === undefined ? 'unsigned' : 'taken', known };
  const values = { file: name, signer: signer ?? '', wanted: wanted ?? '' };
  if (wanted !== undefined) {
    if (signer === undefined) throw new FindingError(name, finding('signer-none', {}, values));
    if (signer !== wanted) throw new FindingError(name, finding('signer-other', {}, values));
    const others = known.filter((each) => !names.some((place) => isSamePlace(each.names, place)));
    return { state: 'known', known: [...others, ...named(names, signer)] };
  }
  const concerned = known.filter((each) => names.some((place) => isSamePlace(each.names, place)));
  const other = concerned.find((each) => each.signer !== signer);
  if (other !== undefined) {
    const code = signer === undefined ? 'signer-missing' : 'signer-changed';
    throw new FindingError(name, finding(code, {}, { ...values, names: other.names, known: other.signer }));
  }
  if (signer === undefined) return { state: 'unsigned', known };
  const fresh = names.filter((place) => !concerned.some((each) => each.names === place));
  if (fresh.length === 0) return { state: 'known', known };
  return { state: 'first', known: [...known, ...named(fresh, signer)] };
}

/** Throws FindingError when a file is not the one whose digest was told by another way. */
export function checkDigest(file: JudgedFile, wanted: string | undefined): void {
  if (wanted === undefined) return;
  const images = namedImages(file);
  const [image] = images;
  const values = { file: file.name, wanted, count: String(images.length) };
  const found = file.bundle?.set ?? (images.length === 1 ? image?.descriptor.digest : undefined);
  if (found === undefined) throw new FindingError(file.name, finding('digest-of-many', {}, values));
  checkImageDigest(file.name, found, wanted);
}

/** Throws FindingError when an image is not the one whose digest was told by another way. */
export function checkImageDigest(image: string, found: string, wanted: string | undefined): void {
  if (wanted !== undefined && found !== wanted)
    throw new FindingError(image, finding('digest-other', {}, { file: image, found, wanted }));
}

function named(places: readonly string[], signer: string): readonly KnownSender[] {
  return places.map((names) => ({ names, signer }));
}

/** Images that the file gives no path have no place that could be known. */
function namesOf(images: ImageFile['images']): readonly string[] {
  const places = images.flatMap(({ host, path }) =>
    path === undefined ? [] : [`${host === undefined ? '' : `${host}/`}${path.split('/')[0] ?? ''}`],
  );
  return [...new Set(places)].sort();
}

/** A file that leaves hosts out must not so get around a sender that is known with one. */
function isSamePlace(one: string, other: string): boolean {
  const [longer, shorter] = one.length > other.length ? [one, other] : [other, one];
  return longer === shorter || (!shorter.includes('/') && longer.endsWith(`/${shorter}`));
}

function isKnownSender(value: unknown): value is KnownSender {
  return isObject(value) && typeof value['names'] === 'string' && typeof value['signer'] === 'string';
}
