import { field, isObject, type JsonObject } from '../../oci/fields.ts';
import { OciError } from '../../oci/oci-error.ts';
import type { VendorArtifact, VendorProject, VendorRepository } from '../ports/vendor.ts';
import { parseGoPattern } from '../rules/go-pattern.ts';
import { countIn, digestIn, flagIn, known, objectIn, objectsOf, platformsOf, textIn, timeIn } from './reading.ts';

const mostNames = 1000;
const longestName = 255;
const mostRules = 100;

/** The namespaces that an account may write to. */
export function readNamespaces(answer: unknown): readonly VendorProject[] {
  const names = isObject(answer) ? field(answer, 'namespaces') : undefined;
  if (!Array.isArray(names)) return [];
  const texts = names.slice(0, mostNames).filter((name): name is string => typeof name === 'string');
  return texts.filter((name) => name !== '' && name.length <= longestName).map((name) => ({ name }));
}

/** The repositories of a page (repository_list_entry). */
export function readRepositories(results: unknown, namespace: string): readonly VendorRepository[] {
  return objectsOf(results).flatMap((object) => {
    const name = textIn(object, 'name');
    if (name === undefined) return [];
    const isPrivate = flagIn(object, 'is_private');
    const fields = {
      isPublic: isPrivate === undefined ? undefined : !isPrivate,
      sizeBytes: countIn(object, 'storage_size'),
      pullCount: countIn(object, 'pull_count'),
      updatedAtMs: timeIn(object, 'last_updated'),
    };
    return [{ path: `${namespace}/${name}`, ...known(fields) }];
  });
}

/** The tags of a page, one artifact each. */
export function readTags(results: unknown): readonly VendorArtifact[] {
  return objectsOf(results).flatMap((object) => {
    const name = textIn(object, 'name');
    if (name === undefined) return [];
    const images = objectsOf(field(object, 'images'));
    const [only] = images.length === 1 ? images : [];
    const fields = {
      // old tags have no digest of their own: that of their one image is the same
      digest: digestIn(object, 'digest') ?? (only && digestIn(only, 'digest')),
      mediaType: textIn(object, 'media_type'),
      sizeBytes: countIn(object, 'full_size'),
      pushedAtMs: timeIn(object, 'tag_last_pushed') ?? timeIn(object, 'last_updated'),
      platforms: platformsOf(images, 'os_version'),
    };
    return [{ tags: [{ name }], ...known(fields) }];
  });
}

/** True when a rule of the repository keeps such a tag from being moved; undefined when its rules are not told or not understood. */
export function isProtected(repository: JsonObject, tag: string): boolean | undefined {
  const settings = objectIn(repository, 'immutable_tags_settings');
  const isOn = flagIn(settings, 'enabled');
  if (isOn !== true) return isOn;
  const rules = field(settings, 'rules');
  if (!Array.isArray(rules) || rules.length > mostRules) return undefined;
  try {
    return rules.some((rule) => typeof rule === 'string' && parseGoPattern(rule).finds(tag));
  } catch (thrown) {
    if (thrown instanceof OciError) return undefined;
    throw thrown;
  }
}
