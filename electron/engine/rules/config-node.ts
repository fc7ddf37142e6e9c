/** A value of a configuration file with the line it is on; maps keep the order of the file, whatever their keys are. */
export type ConfigNode = ConfigText | ConfigList | ConfigMap;

/** A scalar as it is written; nothing is made of `0123`, `1.10` or `yes`. */
export interface ConfigText {
  readonly kind: 'text';
  readonly line: number;
  readonly text: string;
  /** False in quotes, where `true`, `1` and `null` are words. */
  readonly isPlain: boolean;
}

/** A list. */
export interface ConfigList {
  readonly kind: 'list';
  readonly line: number;
  readonly items: readonly ConfigNode[];
}

/** A map; of a key given twice the last one is here. */
export interface ConfigMap {
  readonly kind: 'map';
  readonly line: number;
  readonly entries: readonly ConfigEntry[];
}

/** A key with its value. */
export interface ConfigEntry {
  readonly key: string;
  readonly line: number;
  readonly value: ConfigNode;
}

/** A key given twice in one map. */
export interface DuplicateKey {
  readonly key: string;
  readonly line: number;
  readonly firstLine: number;
  /** The keys that lead to the map, from the top. */
  readonly path: readonly string[];
}

/** Why a text could not be read; `problem` never quotes the text, which may hold a password. */
export interface ConfigProblem {
  readonly line: number;
  readonly column: number;
  readonly problem: string;
}

/** One document of a text. */
export interface ConfigDocument {
  /** Undefined when it is empty or could not be read. */
  readonly root: ConfigNode | undefined;
  /** Its first line and the line after its last. */
  readonly lines: readonly [from: number, to: number];
  readonly duplicates: readonly DuplicateKey[];
  /** YAML tags that are none of YAML's own. */
  readonly tags: readonly { readonly tag: string; readonly line: number }[];
  readonly problem?: ConfigProblem;
}

/** Entries with each key once: the last of its name, in its own place. Tells of each key given again. */
export function lastOfEach(
  entries: readonly ConfigEntry[],
  again: (entry: ConfigEntry, first: ConfigEntry) => void,
): readonly ConfigEntry[] {
  const first = new Map<string, ConfigEntry>();
  const last = new Map<string, ConfigEntry>();
  for (const entry of entries) {
    const before = first.get(entry.key);
    if (before === undefined) first.set(entry.key, entry);
    else again(entry, before);
    last.set(entry.key, entry);
  }
  return last.size === entries.length ? entries : entries.filter((entry) => last.get(entry.key) === entry);
}

/** The value under a key; undefined when `node` is no map, the key is missing, or its value is null. */
export function valueOf(node: ConfigNode | undefined, key: string): ConfigNode | undefined {
  if (node?.kind !== 'map') return undefined;
  const value = node.entries.find((entry) => entry.key === key)?.value;
  return value === undefined || isNull(value) ? undefined : value;
}

/** The text under a key; undefined when there is none or it is no scalar. */
export function textOf(node: ConfigNode | undefined, key: string): string | undefined {
  const value = valueOf(node, key);
  return value?.kind === 'text' ? value.text : undefined;
}

/** True for null, `~` and nothing at all. */
export function isNull(node: ConfigNode): boolean {
  return node.kind === 'text' && node.isPlain && /^(?:|~|null|Null|NULL)$/.test(node.text);
}

// yaml 1.2, "Core Schema"
const notText =
  /^(?:true|True|TRUE|false|False|FALSE|[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

/** True for a scalar that a reader with types would take for a number or a truth. */
export function isTyped(node: ConfigText): boolean {
  return node.isPlain && notText.test(node.text);
}

/**
 * The value as plain objects without a prototype, lists and texts; null stays null, other scalars are text as written.
 * Keys that look like numbers come first in such an object, so read rules from the nodes.
 */
export function plainValue(node: ConfigNode): unknown {
  if (node.kind === 'text') return isNull(node) ? null : node.text;
  return node.kind === 'list' ? node.items.map(plainValue) : plainObject(node);
}

/** A map as a plain object: see {@link plainValue}. */
export function plainObject(map: ConfigMap): Readonly<Record<string, unknown>> {
  const object: Record<string, unknown> = Object.create(null);
  for (const { key, value } of map.entries) object[key] = plainValue(value);
  return object;
}
