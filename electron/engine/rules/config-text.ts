import { readJson } from './config-json.ts';
import type { ConfigDocument } from './config-node.ts';
import { readYaml } from './config-yaml.ts';

/** The most characters of a configuration text that are looked at. */
export const mostConfigCharacters: number = 4 * 1024 * 1024;

/**
 * The documents of a YAML or JSON text, at least one, with the order and the lines of the file. Bounded: a text too
 * long, nested too deep or repeating itself by aliases becomes a document with a problem. Never throws.
 */
export function readConfigText(text: string, mostCharacters: number = mostConfigCharacters): readonly ConfigDocument[] {
  if (text.length > mostCharacters) {
    const problem = { line: 1, column: 1, problem: `more than ${mostCharacters} characters` };
    return [{ root: undefined, lines: [1, 1], duplicates: [], tags: [], problem }];
  }
  const bare = text.replace(/^\ufeff/, '');
  if (/^\s*[{[]/.test(bare)) {
    const json = readJson(bare);
    if (json.problem === undefined) return [json];
    // `{a: b}` and `{ {` of a template are for the YAML reader to judge, and so are several documents of JSON.
    const yaml = readYaml(bare);
    return yaml.every((document) => document.problem === undefined) ? yaml : [json];
  }
  const documents = readYaml(bare);
  return documents.length > 0 ? documents : [{ root: undefined, lines: [1, 1], duplicates: [], tags: [] }];
}
