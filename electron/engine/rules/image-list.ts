import { quoted } from '../../oci/oci-error.ts';
import type { ConfigDocument } from './config-node.ts';
import { mostConfigCharacters, readConfigText } from './config-text.ts';
import { ImageCollector, type ListedImage } from './image-collector.ts';
import { collectDocument, type ListKind } from './image-documents.ts';
import { type Finding, finding } from './findings.ts';
import type { Variables } from './variables.ts';

/** The images that a file names. */
export interface ImageList {
  /** Each once, in the order of first mention. */
  readonly images: readonly ListedImage[];
  readonly findings: readonly Finding[];
  /** What the file was taken for, each kind of its documents once. */
  readonly kinds: readonly ListKind[];
}

/** A line that only YAML or JSON has: a key, an item, a mark between documents, a bracket, a template's action. */
const structural = /^\s*(?:-\s|---|%YAML|[{}[\]]|["'][^"']*["']\s*:|[^\s#"'][^\s#]*:(?:\s|$))/m;
const certain = /^\s*(?:-\s+)?["']?(?:image|apiVersion|kind|services|repository)["']?\s*:/m;
const imageLine =
  /^\s*(?:-\s+)?["']?image["']?\s*:\s*(?:"([^"]*)"|'([^']*)'|(\{\{.*\}\}\S*|[^\s#][^#]*?))\s*(?:,|\s#.*)?$/;

/**
 * The images of a text given by `--list`: one reference a line, a compose file, Kubernetes manifests or values of a
 * Helm chart, told apart by what it holds. Never throws: what cannot be used is among the findings.
 */
export function readImageList(text: string, variables: Variables): ImageList {
  if (text.length > mostConfigCharacters) {
    return { images: [], findings: [finding('list-too-large', {}, { most: String(mostConfigCharacters) })], kinds: [] };
  }
  const collector = new ImageCollector();
  const kinds = new Set<ListKind>();
  const bare = text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n');
  const documents = structural.test(bare) ? readConfigText(bare) : undefined;
  const isBroken = documents?.some((document) => document.problem !== undefined) ?? false;
  if (documents === undefined || (isBroken && !certain.test(bare))) {
    kinds.add('lines');
    collectLines(bare, collector);
  } else {
    const lines = bare.split('\n');
    for (const document of documents) {
      if (document.problem !== undefined) collectBroken(document, lines, collector);
      else if (document.root !== undefined) {
        noteOddities(document, collector);
        kinds.add(collectDocument(document.root, variables, collector));
      }
    }
  }
  const { images, findings } = collector;
  const isEmpty = images.length === 0 && !findings.some((found) => found.severity === 'error');
  return { images, findings: isEmpty ? [...findings, finding('list-empty', {})] : findings, kinds: [...kinds] };
}

function collectLines(text: string, collector: ImageCollector): void {
  text.split('\n').forEach((line, at) => {
    const content = line.replace(/(?:^|\s)#.*$/, '').trim();
    if (content !== '') collector.add(content, { line: at + 1, path: '' }, 'bad-line');
  });
}

/** A chart's template is no YAML until it is rendered; what its lines say plainly is taken, the rest is named. */
function collectBroken(document: ConfigDocument, lines: readonly string[], collector: ImageCollector): void {
  const [from, to] = document.lines;
  const { line, problem } = document.problem ?? { line: from, problem: '' };
  collector.note('bad-document', line, { line: String(from), problem });
  for (let at = from; at < to; at++) {
    const text = lines[at - 1] ?? '';
    if (text.length > 2000) continue;
    const match = imageLine.exec(text);
    const image = match?.[1] ?? match?.[2] ?? match?.[3];
    if (image) collector.add(image, { line: at, path: 'image' }, 'maybe-image');
  }
}

function noteOddities(document: ConfigDocument, collector: ImageCollector): void {
  for (const { tag, line } of document.tags) collector.note('odd-tag', line, { tag: quoted(tag) });
  for (const { key, line, firstLine } of document.duplicates) {
    collector.note('duplicate-key', line, { key: quoted(key), first: String(firstLine) });
  }
}
