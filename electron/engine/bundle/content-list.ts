import { type Digest, parseDigest } from '../../oci/digest.ts';
import {
  asObject,
  field,
  type JsonObject,
  optionalObjects,
  optionalString,
  refuseLookalikes,
} from '../../oci/fields.ts';
import { OciError, quoted } from '../../oci/oci-error.ts';
import { parseStrictJson } from '../../oci/strict-json.ts';
import { decodeUtf8, encodeUtf8 } from '../../oci/utf8.ts';

/** Where the list lies in a bundle. */
export const listName = 'image-ferry.json';
/** The most bytes a list may have. */
export const maxListBytes: number = 64 * 1024 * 1024;
const format = 'image-ferry/1';
const mostItems = 500_000;

/** A piece of content by digest and size. */
export interface ListedContent {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

/** A document of the layout, such as `index.json`. */
export interface ListedFile extends ListedContent {
  readonly name: string;
}

/**
 * Everything in a bundle, in the order it lies there. Its digest is the bundle's set id: with the format's fixed layout it
 * decides every byte of every volume but the contents of blobs, and those are named by their digests.
 */
export interface ContentList {
  /** When it was made, if that was asked for. */
  readonly created?: string;
  /** The raw Ed25519 key of whoever signed it, in base64; undefined when it is unsigned. */
  readonly signer?: string;
  /** The most bytes a volume may have. */
  readonly volumeBytes: number;
  readonly images: readonly { readonly name: string; readonly digest: Digest }[];
  readonly files: readonly ListedFile[];
  readonly blobs: readonly ListedContent[];
  /** What the images need and the bundle leaves out, because the site was known to hold it. */
  readonly expected: readonly ListedContent[];
}

/** The bytes of a list; the same list gives the same bytes. */
export function writeContentList(list: ContentList): Uint8Array {
  const content = ({ digest, size }: ListedContent) => ({ digest, size });
  const document = {
    format,
    ...(list.created === undefined ? {} : { created: list.created }),
    ...(list.signer === undefined ? {} : { signer: list.signer }),
    volumeBytes: list.volumeBytes,
    images: list.images.map(({ name, digest }) => ({ name, digest })),
    files: list.files.map((file) => ({ name: file.name, ...content(file) })),
    blobs: list.blobs.map(content),
    expected: list.expected.map(content),
  };
  return encodeUtf8(`${JSON.stringify(document, undefined, 1)}\n`);
}

const known: ReadonlySet<string> = new Set([
  'format',
  'created',
  'signer',
  'volumeBytes',
  'images',
  'files',
  'blobs',
  'expected',
]);

/** The list in its bytes; throws OciError, `unsupported` for one of a later format. */
export function parseContentList(bytes: Uint8Array): ContentList {
  const object = asObject(parseStrictJson(decodeUtf8(bytes)), 'list of contents');
  refuseLookalikes(object, known, 'list of contents');
  const named = optionalString(object, 'format') ?? '';
  if (named !== format) throw new OciError(`list of contents has the format ${quoted(named)}`, 'unsupported');
  const created = optionalString(object, 'created');
  const signer = optionalString(object, 'signer');
  return {
    ...(created === undefined ? {} : { created }),
    ...(signer === undefined ? {} : { signer }),
    volumeBytes: numberIn(object, 'volumeBytes'),
    images: itemsOf(object, 'images').map((item) => ({ name: textIn(item, 'name'), digest: digestIn(item) })),
    files: itemsOf(object, 'files').map((item) => ({ name: fileNameIn(item), ...contentIn(item) })),
    blobs: uniqueContents(itemsOf(object, 'blobs').map(contentIn)),
    expected: uniqueContents(itemsOf(object, 'expected').map(contentIn)),
  };
}

function itemsOf(object: JsonObject, name: string): readonly JsonObject[] {
  const items = optionalObjects(object, name) ?? [];
  if (items.length > mostItems) throw new OciError(`list of contents has more than ${mostItems} ${name}`);
  return items;
}

function contentIn(object: JsonObject): ListedContent {
  return { digest: digestIn(object), size: numberIn(object, 'size') };
}

function digestIn(object: JsonObject): Digest {
  return parseDigest(textIn(object, 'digest'));
}

/** Only these documents are in a bundle; nothing else is looked for. */
function fileNameIn(object: JsonObject): string {
  const name = textIn(object, 'name');
  if (name === 'oci-layout' || name === 'index.json' || name === 'manifest.json') return name;
  throw new OciError(`list of contents has the file ${quoted(name)}`);
}

function textIn(object: JsonObject, name: string): string {
  const text = optionalString(object, name);
  if (text === undefined) throw new OciError(`list of contents lacks a field "${name}"`);
  return text;
}

function numberIn(object: JsonObject, name: string): number {
  const value = field(object, name);
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new OciError(`list of contents has no valid "${name}"`);
}

function uniqueContents(contents: readonly ListedContent[]): readonly ListedContent[] {
  if (new Set(contents.map(({ digest }) => digest)).size !== contents.length)
    throw new OciError('list of contents names a digest twice');
  return contents;
}
