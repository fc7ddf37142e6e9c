import type { Failure } from '../../contract/errors.ts';
import { type Digest, shortDigest } from '../../oci/digest.ts';
import { digestOf } from '../content/digest-of.ts';
import { asCopyError, type CopyError, failureOf } from '../kernel/errors.ts';
import { type ByteFile, partOf } from './byte-file.ts';
import { type ContentList, listName, maxListBytes, parseContentList } from './content-list.ts';
import { type Entries, type Entry, entryIn, joinedEntry, readEntry } from './entry.ts';
import { fileError } from './file-errors.ts';
import { flawOf } from './frames.ts';
import type { BundleFacts } from './image-file.ts';
import { isSignedBy, signatureBytes, signatureName } from './signature.ts';
import { parseTarBlock } from './tar-block.ts';
import { blockBytes } from './tar-header.ts';
import { type VolumeHeader, volumeHeaderBytes } from './volume-header.ts';
import { blobName, type Item, layoutVolumes, type Volume } from './volume-layout.ts';

/** A file that says it is a volume of a bundle. */
export interface FoundVolume {
  readonly file: ByteFile;
  readonly header: VolumeHeader;
}

/** A bundle as its volumes give it. */
export interface BundleSet {
  readonly entries: Entries;
  readonly facts: BundleFacts;
  readonly problems: readonly Failure[];
}

/**
 * Puts the volumes of one set together and compares every byte of them but the contents of blobs with what the set id says.
 * Volumes that are missing, cut off or changed are named all at once: `missing-content` or `integrity`, unless what is
 * there is accepted. The first volume has to be there.
 */
export async function openBundleSet(
  found: readonly FoundVolume[],
  acceptIncomplete: boolean,
  signal: AbortSignal,
): Promise<BundleSet> {
  const volumes = new Map<number, FoundVolume>();
  const notices: string[] = [];
  for (const volume of found) {
    const { number, other } = { number: volume.header.volume, other: volumes.get(volume.header.volume) };
    if (other === undefined) volumes.set(number, volume);
    else notices.push(`${volume.file.name} is volume ${number}, as ${other.file.name} is; the latter was read`);
  }
  const [first] = found;
  if (first === undefined) throw new Error('a set has at least one volume');
  const { set, of } = first.header;
  const head = volumes.get(1);
  if (head !== undefined && volumes.size < of)
    for (const volume of await joinedVolumes(head, signal)) volumes.set(volume.header.volume, volume);
  const absent = Array.from({ length: of }, (_, at) => at + 1).filter((number) => !volumes.has(number));
  const problems: CopyError[] = absent.length > 0 ? [missingVolumes(first, absent)] : [];
  if (head === undefined) throw missingVolumes(first, absent);

  const { list, bytes, laidOut } = await readList(head.file, set, signal);
  if (laidOut.length !== of)
    throw fileError('integrity', head.file.name, `belongs to ${of} volumes, its contents to ${laidOut.length}`);
  for (const volume of laidOut) {
    const file = volumes.get(volume.number)?.file;
    const flaw = file === undefined ? undefined : await flawOf(file, volume, set, signal);
    if (file !== undefined && flaw !== undefined) problems.push(fileError('integrity', file.name, flaw));
  }
  const entries = new SetEntries(shownName(head, of), notices, piecesIn(laidOut, volumes));
  const [problem] = problems;
  if (problem !== undefined && !acceptIncomplete) {
    throw problems.length === 1
      ? problem
      : fileError(problem.kind, entries.name, `is not whole: ${problems.map(({ message }) => message).join('; ')}`);
  }
  await checkDocuments(entries, list, bytes, signal);
  return {
    entries,
    facts: { set, volumes: of, created: list.created, signer: list.signer },
    problems: problems.map(failureOf),
  };
}

/** Volumes joined to one file, as other tools need them, taken apart again; none when the file is not all of them. */
async function joinedVolumes({ file, header }: FoundVolume, signal: AbortSignal): Promise<readonly FoundVolume[]> {
  const { laidOut } = await readList(file, header.set, signal);
  if (laidOut.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) !== file.sizeBytes) return [];
  let at = 0;
  return laidOut.map(({ number, sizeBytes }) => {
    const from = at;
    at += sizeBytes;
    return { file: partOf(file, from, sizeBytes), header: { ...header, volume: number } };
  });
}

function shownName({ file }: FoundVolume, of: number): string {
  return of === 1 ? file.name : file.name.replace(/\.\d{3}-of-\d{3}(?=\.)/, '');
}

function missingVolumes({ file, header: { set, of } }: FoundVolume, numbers: readonly number[]): CopyError {
  const which =
    numbers.length === 1 ? `volume ${numbers[0]} of ${of} is` : `volumes ${numbers.join(', ')} of ${of} are`;
  const message = `the set ${shortDigest(set)} is not whole: ${which} missing`;
  return fileError('missing-content', file.name, '', { message });
}

/** The list lies right behind the header of the first volume, and the set id is its digest. */
async function readList(
  file: ByteFile,
  set: Digest,
  signal: AbortSignal,
): Promise<{ list: ContentList; bytes: Buffer; laidOut: readonly Volume[] }> {
  try {
    const block = parseTarBlock(await file.read(volumeHeaderBytes, blockBytes));
    if (block.name !== listName || block.type !== 'file')
      throw fileError('integrity', file.name, 'has no list of contents where it should be');
    const at = volumeHeaderBytes + blockBytes;
    if (at + block.sizeBytes > file.sizeBytes)
      throw fileError('integrity', file.name, 'is cut off inside its list of contents');
    const bytes = await readEntry(entryIn(file, at, block.sizeBytes), listName, maxListBytes, signal);
    if (digestOf(bytes) !== set)
      throw fileError('integrity', file.name, 'has another list of contents than its set id says');
    const list = parseContentList(bytes);
    return { list, bytes, laidOut: layoutVolumes(itemsOf(list, bytes.byteLength), list.volumeBytes, true) };
  } catch (thrown) {
    throw asCopyError(thrown, { side: 'source', op: 'file.read', subject: file.name });
  }
}

/** What lies in the bundle, in its order; the counterpart of how it is written. */
function itemsOf(list: ContentList, listBytes: number): readonly Item[] {
  return [
    { name: listName, size: listBytes },
    ...(list.signer === undefined ? [] : [{ name: signatureName, size: signatureBytes }]),
    ...list.files.map(({ name, size }) => ({ name, size })),
    ...list.blobs.map(({ digest, size }) => ({ name: blobName(digest), size, blob: digest })),
  ];
}

/** Every item whose parts are all there, by name. */
function piecesIn(laidOut: readonly Volume[], volumes: ReadonlyMap<number, FoundVolume>): ReadonlyMap<string, Entry> {
  const parts = new Map<Item, Entry[]>();
  for (const { number, pieces } of laidOut) {
    const file = volumes.get(number)?.file;
    for (const { item, dataAt, size } of pieces) {
      const known = parts.get(item) ?? [];
      parts.set(item, known);
      if (file !== undefined && dataAt + size <= file.sizeBytes) known.push(entryIn(file, dataAt, size));
    }
  }
  const whole = new Map<string, Entry>();
  for (const [item, entries] of parts) {
    const [only, ...more] = entries;
    if (only === undefined) continue;
    const entry = more.length === 0 ? only : joinedEntry(entries);
    if (entry.sizeBytes === item.size) whole.set(item.name, entry);
  }
  return whole;
}

/** Documents and signature decide what the images are, so they have to be right even when part of the rest is accepted. */
async function checkDocuments(entries: Entries, list: ContentList, bytes: Buffer, signal: AbortSignal): Promise<void> {
  for (const { name, digest } of list.files) {
    const entry = await entries.find(name);
    if (entry === undefined) throw fileError('missing-content', entries.name, `lacks ${name}`);
    if (digestOf(await readEntry(entry, name, maxListBytes, signal)) !== digest)
      throw fileError('integrity', entry.file, `has another ${name} than its list of contents says`);
  }
  if (list.signer === undefined) return;
  const signature = await entries.find(signatureName);
  const isSigned =
    signature !== undefined &&
    isSignedBy(bytes, await readEntry(signature, signatureName, signatureBytes, signal), list.signer);
  if (!isSigned)
    throw fileError('integrity', entries.name, 'has a signature that is not of its sender over its contents');
}

class SetEntries implements Entries {
  readonly name: string;
  readonly notices: readonly string[];
  readonly #found: ReadonlyMap<string, Entry>;

  constructor(name: string, notices: readonly string[], found: ReadonlyMap<string, Entry>) {
    this.name = name;
    this.notices = notices;
    this.#found = found;
  }

  async find(name: string): Promise<Entry | undefined> {
    return this.#found.get(name);
  }

  async list(folder: string): Promise<readonly string[]> {
    return folder === '' ? [...this.#found.keys()].sort() : [];
  }

  async link(): Promise<undefined> {
    return undefined;
  }
}
