import { type Digest, isDigest } from '../../oci/digest.ts';
import { field, isObject, type JsonObject } from '../../oci/fields.ts';
import { isUnknownPlatform, type Platform } from '../../oci/platform.ts';

const longestText = 1024;
const mostItems = 1000;

/** The objects of a list, at most as many as a page may have; empty when there is no list. What is no object is left out. */
export function objectsOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.slice(0, mostItems).filter(isObject) : [];
}

/** The object under `name`; an empty one when there is none. */
export function objectIn(object: JsonObject, name: string): JsonObject {
  const value = field(object, name);
  return isObject(value) ? value : {};
}

/** The text under `name`; undefined when it is something else, empty or absurdly long. */
export function textIn(object: JsonObject, name: string): string | undefined {
  const value = field(object, name);
  return typeof value === 'string' && value !== '' && value.length <= longestText ? value : undefined;
}

/** The number under `name`, of bytes or of things; undefined when it is not whole or below zero. */
export function countIn(object: JsonObject, name: string): number | undefined {
  const value = field(object, name);
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** The flag under `name`; vendors write it as a word too. */
export function flagIn(object: JsonObject, name: string): boolean | undefined {
  const value = field(object, name);
  if (value === true || value === 'true') return true;
  return value === false || value === 'false' ? false : undefined;
}

/** The moment under `name` in milliseconds since 1970, from a date or from seconds; undefined for none and for Go's zero time. */
export function timeIn(object: JsonObject, name: string): number | undefined {
  const value = field(object, name);
  const ms = typeof value === 'number' ? value * 1000 : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isSafeInteger(ms) && ms > 0 ? ms : undefined;
}

/** The digest under `name`; undefined when it is none that we can compute. */
export function digestIn(object: JsonObject, name: string): Digest | undefined {
  const value = textIn(object, name);
  return value !== undefined && isDigest(value) ? value : undefined;
}

/** The platforms that objects name, without those that no machine runs; undefined when none names any. */
export function platformsOf(
  objects: readonly JsonObject[],
  osVersionField: 'os.version' | 'os_version',
): readonly Platform[] | undefined {
  const platforms = objects.flatMap((object): Platform[] => {
    const os = textIn(object, 'os');
    const architecture = textIn(object, 'architecture');
    if (os === undefined || architecture === undefined) return [];
    const variant = textIn(object, 'variant');
    const osVersion = textIn(object, osVersionField);
    return [
      {
        os,
        architecture,
        ...(variant === undefined ? {} : { variant }),
        ...(osVersion === undefined ? {} : { osVersion }),
      },
    ];
  });
  const run = platforms.filter((platform) => !isUnknownPlatform(platform));
  return run.length === 0 ? undefined : run;
}

/** The fields that are known, without those that are not. */
export function known<Fields extends object>(
  fields: Fields,
): { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same fields, those without a value left out
  return Object.fromEntries(entries) as { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };
}
