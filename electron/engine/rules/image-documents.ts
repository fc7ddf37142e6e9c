import { quoted } from '../../oci/oci-error.ts';
import { type ConfigEntry, type ConfigMap, type ConfigNode, isNull, textOf, valueOf } from './config-node.ts';
import { addImageMap, addImageText, isImageMap, type ValuesContext } from './image-values.ts';
import type { ImageCollector } from './image-collector.ts';
import { interpolate, type Variables } from './variables.ts';

/** What a document of a list is. */
export type ListKind = 'lines' | 'compose' | 'kubernetes' | 'values';

const containerLists: ReadonlySet<string> = new Set(['containers', 'initContainers', 'ephemeralContainers']);

/** What a document is, by what it holds. */
export function kindOf(root: ConfigNode): ListKind {
  if (root.kind === 'text' || (root.kind === 'list' && root.items.some((item) => item.kind === 'text'))) return 'lines';
  if (root.kind === 'list') return 'kubernetes';
  if (textOf(root, 'apiVersion') !== undefined && textOf(root, 'kind') !== undefined) return 'kubernetes';
  return isCompose(root) ? 'compose' : 'values';
}

/** A compose file has services that are maps of which one says what it runs; charts have values called services too. */
function isCompose(root: ConfigMap): boolean {
  const services = valueOf(root, 'services');
  if (services?.kind !== 'map') return false;
  return (
    services.entries.every(({ value }) => value.kind === 'map' || isNull(value)) &&
    services.entries.some(
      ({ value }) => valueOf(value, 'image')?.kind === 'text' || valueOf(value, 'build') !== undefined,
    )
  );
}

/** Collects the images of a document. */
export function collectDocument(root: ConfigNode, variables: Variables, collector: ImageCollector): ListKind {
  const kind = kindOf(root);
  switch (kind) {
    case 'lines':
      collectItems(root, collector);
      break;
    case 'compose':
      collectCompose(root, variables, collector);
      break;
    case 'kubernetes':
      collectManifest(root, '', collector);
      break;
    case 'values':
      walkValues(root, '', { registry: textOf(valueOf(root, 'global'), 'imageRegistry') ?? '', collector });
      break;
  }
  return kind;
}

function collectItems(root: ConfigNode, collector: ImageCollector): void {
  const items = root.kind === 'list' ? root.items : [root];
  items.forEach((item, at) => {
    if (item.kind === 'text') collector.add(item.text, { line: item.line, path: '' }, 'bad-line');
    else collectManifest(item, `[${at}]`, collector);
  });
}

function collectCompose(root: ConfigNode, variables: Variables, collector: ImageCollector): void {
  const services = valueOf(root, 'services');
  for (const { key, line, value } of services?.kind === 'map' ? services.entries : []) {
    const service = quoted(key);
    const image = valueOf(value, 'image');
    const isBuilt = valueOf(value, 'build') !== undefined;
    if (image?.kind !== 'text') {
      if (isBuilt) collector.note('build-only', line, { service });
      continue;
    }
    const path = pathOf('services', key, 'image');
    const filled = interpolate(image.text, variables);
    if ('missing' in filled) {
      const values = { text: quoted(image.text), path };
      if (filled.isMalformed) {
        collector.note('bad-image', image.line, { ...values, problem: 'a variable in it is malformed' });
      } else {
        const variable = filled.missing;
        collector.note('list-variable', image.line, { ...values, variable, example: `\${${variable}:-default}` });
      }
      continue;
    }
    if (isBuilt) collector.note('also-built', image.line, { service });
    collector.add(filled.text, { line: image.line, path }, 'bad-image');
  }
}

/**
 * Every kind that holds images, known or not: containers wherever they are, and every field named `image`. Definitions
 * of kinds and secrets are passed over: what is named so there is no image.
 */
function collectManifest(node: ConfigNode, path: string, collector: ImageCollector): void {
  if (node.kind === 'text') return;
  if (node.kind === 'list') {
    node.items.forEach((item, at) => collectManifest(item, `${path}[${at}]`, collector));
    return;
  }
  const kind = textOf(node, 'kind');
  if (textOf(node, 'apiVersion') !== undefined && (kind === 'CustomResourceDefinition' || kind === 'Secret')) return;
  for (const entry of node.entries) {
    const { key, value } = entry;
    const here = pathOf(path, key);
    if (key === 'image') collectImageField(entry, here, collector);
    else if (containerLists.has(key) && value.kind === 'list') {
      value.items.forEach((item, at) => collectContainer(item, `${here}[${at}]`, collector));
    } else collectManifest(value, here, collector);
  }
}

function collectContainer(container: ConfigNode, path: string, collector: ImageCollector): void {
  const image = valueOf(container, 'image');
  if (image?.kind === 'text') collector.add(image.text, { line: image.line, path: pathOf(path, 'image') }, 'bad-image');
  const others = container.kind === 'map' ? container.entries.filter((entry) => entry.key !== 'image') : [];
  collectManifest({ kind: 'map', line: container.line, entries: others }, path, collector);
}

function collectImageField({ value }: ConfigEntry, path: string, collector: ImageCollector): void {
  if (isNull(value)) return;
  const place = { line: value.line, path };
  if (value.kind === 'text') {
    if (value.text !== '') collector.add(value.text, place, 'maybe-image');
    return;
  }
  // An image as a volume: `volumes: [{image: {reference: …}}]`.
  const reference = textOf(value, 'reference');
  if (reference !== undefined)
    collector.add(reference, { line: value.line, path: pathOf(path, 'reference') }, 'bad-image');
  else if (value.kind === 'map' && isImageMap(value, true)) addImageMap(value, path, { registry: '', collector });
  else collectManifest(value, path, collector);
}

/** Values of a chart: whatever is called image, and maps that look like one wherever they are. */
function walkValues(node: ConfigNode, path: string, context: ValuesContext): void {
  if (node.kind === 'text') return;
  if (node.kind === 'list') {
    node.items.forEach((item, at) => walkValues(item, `${path}[${at}]`, context));
    return;
  }
  if (isImageMap(node, false)) addImageMap(node, path, context);
  for (const { key, value } of node.entries) {
    const here = pathOf(path, key);
    const isImage = /^image$|[a-z0-9]Image$/.test(key);
    if (isImage && value.kind === 'text') addImageText(node, value, here, context);
    else if (isImage && value.kind === 'map' && isImageMap(value, true) && !isImageMap(value, false)) {
      addImageMap(value, here, context);
    } else walkValues(value, here, context);
  }
}

function pathOf(...parts: readonly string[]): string {
  return parts
    .filter(Boolean)
    .map((part) => quoted(part).slice(1, -1))
    .join('.');
}
