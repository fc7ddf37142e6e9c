import { quoted } from '../../oci/oci-error.ts';
import type { JsonObject } from '../../oci/fields.ts';
import { type ConfigDocument, type ConfigEntry, type ConfigMap, isNull, plainObject, valueOf } from './config-node.ts';
import { mostConfigCharacters, readConfigText } from './config-text.ts';
import { type Finding, finding, mustStop } from './findings.ts';
import { lintRules } from './sync-lint.ts';
import { readRule } from './sync-parse.ts';
import type { RefusedPair, SyncFile, SyncRule } from './sync-rule.ts';
import type { Variables } from './variables.ts';

/** What image-syncer's single config file says. */
export interface SyncConfig extends SyncFile {
  /** The part `auth` as plain objects of texts, for the reader of auth files; undefined when there is none. */
  readonly auth?: JsonObject;
}

const nothing: SyncFile = { rules: [], refused: [], findings: [] };

/** The rules of image-syncer's images file, YAML or JSON. Never throws: with a finding `stop` nothing may be tried. */
export function readImagesFile(text: string, variables: Variables): SyncFile {
  const read = readDocument(text);
  if ('findings' in read) return { ...nothing, findings: read.findings };
  const { document, root } = read;
  if (valueOf(root, 'images')?.kind === 'map') {
    return { ...nothing, findings: [finding('config-not-images', { line: root.line })] };
  }
  return readRules(document, root, [], variables);
}

/** The rules and credentials of image-syncer's combined config file. Never throws: see {@link readImagesFile}. */
export function readConfigFile(text: string, variables: Variables): SyncConfig {
  const read = readDocument(text);
  if ('findings' in read) return { ...nothing, findings: read.findings };
  const { document, root } = read;
  const findings = lintParts(document, root);
  const images = root.entries.find((entry) => entry.key === 'images');
  const auth = root.entries.find((entry) => entry.key === 'auth');
  if (images === undefined) {
    const looksLikeRules = auth === undefined && root.entries.some(({ value }) => value.kind !== 'map');
    findings.push(finding(looksLikeRules ? 'images-not-config' : 'no-images', { line: root.line }));
  } else if (images.value.kind !== 'map' && !isNull(images.value)) {
    findings.push(finding('not-a-map', { line: images.line }, { what: 'images' }));
  }
  if (auth !== undefined && auth.value.kind !== 'map' && !isNull(auth.value)) {
    findings.push(finding('not-a-map', { line: auth.line }, { what: 'auth' }));
  }
  if (images === undefined || mustStop(findings)) return { ...nothing, findings };
  const map: ConfigMap = images.value.kind === 'map' ? images.value : { kind: 'map', line: images.line, entries: [] };
  const file = readRules(document, map, ['images'], variables);
  return {
    ...file,
    findings: [...findings, ...file.findings],
    ...(auth?.value.kind === 'map' ? { auth: plainObject(auth.value) } : {}),
  };
}

function readDocument(
  text: string,
): { readonly document: ConfigDocument; readonly root: ConfigMap } | { readonly findings: readonly Finding[] } {
  if (text.length > mostConfigCharacters) {
    return { findings: [finding('too-large', {}, { most: String(mostConfigCharacters) })] };
  }
  const documents = readConfigText(text).filter((each) => each.root !== undefined || each.problem !== undefined);
  const [document] = documents;
  if (document === undefined) return { findings: [finding('empty-file', { line: 1 }, { braces: '{}' })] };
  const broken = documents.find((each) => each.problem !== undefined)?.problem;
  if (broken !== undefined) {
    const { line, column, problem } = broken;
    const values = { line: String(line), column: String(column), problem };
    return { findings: [finding('not-readable', { line }, values)] };
  }
  if (documents.length > 1) return { findings: [finding('many-documents', { line: documents[1]?.lines[0] ?? 1 })] };
  const { root, tags } = document;
  if (tags.length > 0)
    return { findings: tags.map(({ tag, line }) => finding('custom-tag', { line }, { tag: quoted(tag) })) };
  if (root === undefined || isNull(root)) return { findings: [finding('empty-file', { line: 1 }, { braces: '{}' })] };
  if (root.kind !== 'map') return { findings: [finding('not-a-map', { line: root.line }, { what: 'file' })] };
  return { document, root };
}

/** Looks at the parts of a config file; credentials given twice are refused, as in an auth file. */
function lintParts(document: ConfigDocument, root: ConfigMap): Finding[] {
  const twice = document.duplicates
    .filter(({ path }) => path.length === 0 || path[0] === 'auth')
    .map(({ key, line, firstLine }) =>
      finding('duplicate-part', { line }, { key: quoted(key), first: String(firstLine) }),
    );
  const unknown = root.entries
    .filter(({ key }) => key !== 'auth' && key !== 'images')
    .map(({ key, line }) => finding('unknown-part', { line }, { key: quoted(key) }));
  return root.entries.some(({ key }) => key === 'images') ? [...twice, ...unknown] : twice;
}

function readRules(document: ConfigDocument, map: ConfigMap, path: readonly string[], variables: Variables): SyncFile {
  const rules: SyncRule[] = [];
  const refused: RefusedPair[] = [];
  const findings: Finding[] = document.duplicates
    .filter((twice) => twice.path.length === path.length && twice.path.every((key, at) => key === path[at]))
    .map(({ key, line, firstLine }) => {
      const name = quoted(key).slice(1, -1);
      return finding('duplicate-source', { line, rule: name }, { key: name, first: String(firstLine) });
    });
  if (map.entries.length === 0) findings.push(finding('no-rules', { line: map.line }));
  map.entries.forEach((entry: ConfigEntry) => {
    const read = readRule(entry, variables);
    if (read.rule !== undefined) rules.push(read.rule);
    refused.push(...read.refused);
    findings.push(...read.findings);
  });
  findings.push(...lintRules(rules));
  return { rules, refused, findings: findings.toSorted((a, b) => (a.where.line ?? 0) - (b.where.line ?? 0)) };
}
