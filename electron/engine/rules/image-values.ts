import { quoted } from '../../oci/oci-error.ts';
import { parseReference } from '../../oci/reference.ts';
import { type ConfigMap, type ConfigText, isNull, isTyped, textOf, valueOf } from './config-node.ts';
import { type ImageCollector, isTemplate } from './image-collector.ts';

/** What reading a chart's values goes by. */
export interface ValuesContext {
  /** `global.imageRegistry`, which takes the place of an image's `registry`; empty when not set. */
  readonly registry: string;
  readonly collector: ImageCollector;
}

/** True for a map such as `{registry, repository, tag, digest}`; one called `image` needs no more than a name. */
export function isImageMap(map: ConfigMap, isCalledImage: boolean): boolean {
  if (textOf(map, 'repository') !== undefined) {
    return isCalledImage || ['tag', 'digest', 'registry'].some((key) => map.entries.some((entry) => entry.key === key));
  }
  return isCalledImage && textOf(map, 'name') !== undefined;
}

/** Adds the image of such a map. */
export function addImageMap(map: ConfigMap, path: string, context: ValuesContext): void {
  const repository = textOf(map, 'repository') ?? textOf(map, 'name') ?? '';
  if (repository === '') return;
  const own = map.entries.find((entry) => entry.key === 'registry');
  const registry = own === undefined ? '' : context.registry || (textOf(map, 'registry') ?? '');
  const name = registry === '' ? repository : `${registry.replace(/\/+$/, '')}/${repository}`;
  const digest = textOf(map, 'digest') ?? textOf(map, 'sha') ?? '';
  const at = valueOf(map, 'repository')?.line ?? map.line;
  addNamed(name, valueOf(map, 'tag'), digest, { line: at, path }, context);
}

/** Adds `image: text`, with a tag that stands beside it as `tag` or `imageTag` when the text has none. */
export function addImageText(map: ConfigMap, image: ConfigText, path: string, context: ValuesContext): void {
  if (image.text === '' || isNull(image) || isTyped(image)) return;
  const beside = valueOf(map, `${path.split('.').at(-1) ?? 'image'}Tag`) ?? valueOf(map, 'tag');
  const place = { line: image.line, path };
  if (beside?.kind === 'text' && beside.text !== '' && !hasTagOrDigest(image.text)) {
    addNamed(image.text, beside, '', place, context);
  } else context.collector.add(image.text, place, 'maybe-image');
}

function addNamed(
  name: string,
  tagNode: ReturnType<typeof valueOf>,
  digest: string,
  place: { readonly line: number; readonly path: string },
  { collector }: ValuesContext,
): void {
  const tag = tagNode?.kind === 'text' ? tagNode : undefined;
  if (tag !== undefined && isTemplate(`${name}${tag.text}${digest}`)) {
    collector.note('template', place.line, { text: quoted(`${name}:${tag.text}`) });
    return;
  }
  if ((tag === undefined || tag.text === '') && digest === '' && !hasTagOrDigest(name)) {
    collector.note('chart-tag', place.line, { text: quoted(name), path: place.path });
    return;
  }
  if (tag !== undefined && isTyped(tag)) noteNumber(tag, place.path, collector);
  const withTag = tag === undefined || tag.text === '' ? name : `${name}:${tag.text}`;
  const full =
    digest === '' || withTag.includes('@') ? withTag : `${withTag}@${digest.replace(/^([a-f0-9]{64})$/, 'sha256:$1')}`;
  collector.add(full, place, 'bad-image');
}

/** Helm reads such a tag as a number and writes it as Go does: 1.10 becomes 1.1, 20240131 becomes 2.0240131e+07. */
function noteNumber(tag: ConfigText, path: string, collector: ImageCollector): void {
  const value = Number(tag.text);
  if (!Number.isFinite(value)) return;
  const meant = value >= 1e6 ? value.toExponential().replace(/e\+(\d)$/, 'e+0$1') : String(value);
  if (meant !== tag.text) collector.note('number-tag', tag.line, { tag: tag.text, path, meant });
}

function hasTagOrDigest(text: string): boolean {
  try {
    const { tag, digest } = parseReference(text.trim());
    return tag !== undefined || digest !== undefined;
  } catch {
    return false;
  }
}
