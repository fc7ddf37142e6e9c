import { OciError, quoted } from './oci-error.ts';

/** A JSON object from outside: read by name with the functions here, never spread and never assigned from. */
export type JsonObject = Readonly<Record<string, unknown>>;

const poisonous: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** True for a plain object, not an array, not null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object, or OciError naming `what`. */
export function asObject(value: unknown, what: string): JsonObject {
  if (!isObject(value)) throw new OciError(`${what} is not an object`);
  return value;
}

/** Refuses keys that equal a known field but for their case: a Go reader would take them for it (SECURITY S-PARSE-3). */
export function refuseLookalikes(object: JsonObject, known: ReadonlySet<string>, what: string): void {
  for (const key of Object.keys(object)) {
    if (known.has(key)) continue;
    const folded = foldCase(key);
    for (const name of known) {
      if (foldCase(name) === folded)
        throw new OciError(`${what} has the key ${quoted(key)} beside or instead of "${name}"`);
    }
  }
}

/** Through upper case, because Go takes the long s (U+017F) and the Kelvin sign (U+212A) for `s` and `k`. */
function foldCase(text: string): string {
  return text.toUpperCase().toLowerCase();
}

/** The own value of `name`; undefined when absent or null. */
export function field(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? (object[name] ?? undefined) : undefined;
}

/** A string field; undefined when absent; OciError when something else. */
export function optionalString(object: JsonObject, name: string): string | undefined {
  const value = field(object, name);
  if (value === undefined || typeof value === 'string') return value;
  throw new OciError(`field "${name}" is not a string`);
}

/** A list of strings; undefined when absent; OciError when something else. */
export function optionalStrings(object: JsonObject, name: string): readonly string[] | undefined {
  const value = field(object, name);
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every((item): item is string => typeof item === 'string')) return value;
  throw new OciError(`field "${name}" is not a list of strings`);
}

/** A list of objects; undefined when absent; OciError when something else. */
export function optionalObjects(object: JsonObject, name: string): readonly JsonObject[] | undefined {
  const value = field(object, name);
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every(isObject)) return value;
  throw new OciError(`field "${name}" is not a list of objects`);
}

/** Annotations as a fresh object without a prototype; values that are not strings make an OciError. */
export function readAnnotations(object: JsonObject): Readonly<Record<string, string>> | undefined {
  const value = field(object, 'annotations');
  if (value === undefined) return undefined;
  const fresh: Record<string, string> = Object.create(null);
  for (const [key, text] of Object.entries(asObject(value, 'field "annotations"'))) {
    if (poisonous.has(key)) continue;
    if (typeof text !== 'string') throw new OciError(`annotation ${quoted(key)} is not a string`);
    fresh[key] = text;
  }
  return fresh;
}
