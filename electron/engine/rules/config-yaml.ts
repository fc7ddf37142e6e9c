import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  parseAllDocuments,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import {
  type ConfigDocument,
  type ConfigEntry,
  type ConfigNode,
  type ConfigProblem,
  type DuplicateKey,
  lastOfEach,
} from './config-node.ts';
import { Lines } from './lines.ts';

const deepest = 64;
/** Values that aliases may stand for in all: plenty for a compose file, nothing for an alias bomb. */
const mostRepeated = 50_000;
const ownTag = /^(?:!$|tag:yaml\.org,2002:)/;

/** The documents of a YAML text; one that cannot be read says so and the others are given. */
export function readYaml(text: string): readonly ConfigDocument[] {
  const lines = new Lines(text);
  let parsed: readonly Document.Parsed[];
  try {
    // failsafe: every scalar stays the text it is, so that the tag 1.10 keeps its zero.
    parsed = parseAllDocuments(text, {
      schema: 'failsafe',
      strict: true,
      uniqueKeys: false,
      stringKeys: true,
      prettyErrors: false,
      logLevel: 'silent',
    });
  } catch {
    const problem = { line: 1, column: 1, problem: 'its structure is too deep' };
    return [{ root: undefined, lines: [1, lines.count + 1], duplicates: [], tags: [], problem }];
  }
  return parsed.map((document, at) => {
    const from = lines.positionOf(document.range[0]).line;
    const next = parsed[at + 1];
    return new YamlReader(document, lines).read([
      at === 0 ? 1 : from,
      next === undefined ? lines.count + 1 : lines.positionOf(next.range[0]).line,
    ]);
  });
}

class YamlProblem extends Error {
  readonly at: number;

  constructor(node: Node | null, message: string) {
    super(message);
    this.at = node?.range?.[0] ?? 0;
  }
}

/** Turns one document into nodes of ours: aliases replaced, merge keys merged. */
class YamlReader {
  readonly #document: Document.Parsed;
  readonly #lines: Lines;
  readonly #duplicates: DuplicateKey[] = [];
  readonly #tags: { tag: string; line: number }[] = [];
  readonly #path: string[] = [];
  /** By name; of a name given again the last one so far. Alias.resolve would walk the document each time. */
  readonly #anchors = new Map<string, Node>();
  #aliases = 0;
  #repeated = 0;

  constructor(document: Document.Parsed, lines: Lines) {
    this.#document = document;
    this.#lines = lines;
  }

  read(lines: readonly [number, number]): ConfigDocument {
    const [error] = this.#document.errors;
    if (error !== undefined) return this.#unread(lines, error.pos[0], error.code);
    try {
      const { contents } = this.#document;
      const root = contents === null ? undefined : this.#node(contents, 0);
      return { root, lines, duplicates: this.#duplicates, tags: this.#tags };
    } catch (thrown) {
      if (!(thrown instanceof YamlProblem)) throw thrown;
      return this.#unread(lines, thrown.at, thrown.message);
    }
  }

  #unread(lines: readonly [number, number], at: number, text: string): ConfigDocument {
    const problem: ConfigProblem = { ...this.#lines.positionOf(at), problem: text };
    return { root: undefined, lines, duplicates: [], tags: [], problem };
  }

  #node(node: Node | null, depth: number): ConfigNode {
    const line = this.#lines.positionOf(node?.range?.[0] ?? 0).line;
    if (depth > deepest) throw new YamlProblem(node, `nested deeper than ${deepest}`);
    if (this.#aliases > 0 && ++this.#repeated > mostRepeated) throw new YamlProblem(node, 'aliases repeat too much');
    if (isAlias(node)) {
      const target = this.#anchors.get(node.source);
      if (target === undefined) throw new YamlProblem(node, 'an alias has no anchor');
      this.#aliases++;
      const value = this.#node(target, depth + 1);
      this.#aliases--;
      return value;
    }
    if (node?.anchor !== undefined && this.#aliases === 0) this.#anchors.set(node.anchor, node);
    const tag = node?.tag;
    if (tag !== undefined && !ownTag.test(tag)) this.#tags.push({ tag, line });
    if (isMap(node)) return { kind: 'map', line, entries: this.#entries(node, depth) };
    if (isSeq(node))
      return { kind: 'list', line, items: node.items.map((item) => this.#node(nodeIn(item), depth + 1)) };
    if (isScalar(node)) {
      return { kind: 'text', line, text: scalarText(node), isPlain: node.type === 'PLAIN' };
    }
    return { kind: 'text', line, text: '', isPlain: true };
  }

  #entries(map: YAMLMap, depth: number): readonly ConfigEntry[] {
    const own: ConfigEntry[] = [];
    const merged: ConfigEntry[] = [];
    for (const pair of map.items) {
      const keyNode = isAlias(pair.key) ? this.#anchors.get(pair.key.source) : pair.key;
      if (!isScalar(keyNode)) throw new YamlProblem(map, 'a key is no text');
      if (keyNode.anchor !== undefined && this.#aliases === 0) this.#anchors.set(keyNode.anchor, keyNode);
      const key = scalarText(keyNode);
      const line = this.#lines.positionOf(nodeIn(pair.key)?.range?.[0] ?? 0).line;
      this.#path.push(key);
      const value = this.#node(nodeIn(pair.value), depth + 1);
      this.#path.pop();
      if (key === '<<' && keyNode.type === 'PLAIN') merged.push(...mergedEntries(value, map));
      else own.push({ key, line, value });
    }
    const kept = lastOfEach(own, ({ key, line }, first) => {
      if (this.#aliases === 0) this.#duplicates.push({ key, line, firstLine: first.line, path: [...this.#path] });
    });
    if (merged.length === 0) return kept;
    const names = new Set(kept.map((entry) => entry.key));
    // Of several merged maps the first that has the key wins.
    const added = new Map<string, ConfigEntry>();
    for (const entry of merged) if (!names.has(entry.key) && !added.has(entry.key)) added.set(entry.key, entry);
    return [...kept, ...added.values()];
  }
}

function nodeIn(value: unknown): Node | null {
  return isNode(value) ? value : null;
}

/** The text as written, also under a tag such as `!!binary` that would make something else of it. */
function scalarText(scalar: Scalar): string {
  return typeof scalar.value === 'string' ? scalar.value : (scalar.source ?? '');
}

function mergedEntries(value: ConfigNode, map: YAMLMap): readonly ConfigEntry[] {
  if (value.kind === 'map') return value.entries;
  if (value.kind === 'list') return value.items.flatMap((item) => mergedEntries(item, map));
  throw new YamlProblem(map, 'a merge key has no map');
}
