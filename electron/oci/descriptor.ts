import { type Digest, parseDigest } from './digest.ts';
import {
  field,
  type JsonObject,
  optionalString,
  optionalStrings,
  readAnnotations,
  refuseLookalikes,
  asObject,
} from './fields.ts';
import { OciError, quoted } from './oci-error.ts';
import { type Platform, readPlatform } from './platform.ts';

/** What a piece of content is: its type, its digest and its size in bytes (image-spec v1.1.1, descriptor.md). */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  readonly platform?: Platform;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly artifactType?: string;
  readonly urls?: readonly string[];
}

const known: ReadonlySet<string> = new Set([
  'mediaType',
  'digest',
  'size',
  'platform',
  'annotations',
  'artifactType',
  'urls',
  'data',
]);
const knownInPlatform: ReadonlySet<string> = new Set(['os', 'architecture', 'variant', 'os.version', 'os.features']);
const mediaTypeGrammar =
  /^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}(?: *;[\x20-\x7e]*)?$/;

/** The descriptor in a JSON value; throws OciError naming `what`. */
export function readDescriptor(value: unknown, what: string): Descriptor {
  const object = asObject(value, what);
  refuseLookalikes(object, known, what);
  const mediaType = optionalString(object, 'mediaType') ?? '';
  if (mediaType.length > 255 || !mediaTypeGrammar.test(mediaType)) {
    throw new OciError(`${what} has the media type ${quoted(mediaType)}`);
  }
  const digest = parseDigest(optionalString(object, 'digest') ?? '');
  const size = field(object, 'size');
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
    throw new OciError(`${what} ${digest} has no valid size`);
  }
  const platform = platformOf(object);
  const annotations = readAnnotations(object);
  const artifactType = optionalString(object, 'artifactType');
  const urls = optionalStrings(object, 'urls');
  return {
    mediaType,
    digest,
    size,
    ...(platform ? { platform } : {}),
    ...(annotations ? { annotations } : {}),
    ...(artifactType ? { artifactType } : {}),
    ...(urls && urls.length > 0 ? { urls } : {}),
  };
}

function platformOf(object: JsonObject): Platform | undefined {
  const value = field(object, 'platform');
  if (value === undefined) return undefined;
  const platform = asObject(value, 'field "platform"');
  refuseLookalikes(platform, knownInPlatform, 'field "platform"');
  return readPlatform(platform);
}

/** True when both describe the same bytes; tags and media types do not count. */
export function sameContent(a: Descriptor, b: Descriptor): boolean {
  return a.digest === b.digest && a.size === b.size;
}
