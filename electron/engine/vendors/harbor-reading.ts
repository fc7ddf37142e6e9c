import { asObject, field, type JsonObject } from '../../oci/fields.ts';
import type { VendorArtifact, VendorProject, VendorRepository, VendorTag } from '../ports/vendor.ts';
import { countIn, digestIn, flagIn, known, objectIn, objectsOf, platformsOf, textIn, timeIn } from './reading.ts';

/** The projects of a page (swagger: Project). */
export function readProjects(answer: unknown): readonly VendorProject[] {
  return objectsOf(answer).flatMap((object) => {
    const name = textIn(object, 'name');
    if (name === undefined) return [];
    const isPublic = flagIn(objectIn(object, 'metadata'), 'public');
    return [{ name, ...known({ isPublic, repositoryCount: countIn(object, 'repo_count') }) }];
  });
}

/** The repositories of a page (swagger: Repository, whose name begins with its project). */
export function readRepositories(answer: unknown): readonly VendorRepository[] {
  return objectsOf(answer).flatMap((object) => {
    const path = textIn(object, 'name');
    if (path === undefined) return [];
    const fields = {
      artifactCount: countIn(object, 'artifact_count'),
      pullCount: countIn(object, 'pull_count'),
      updatedAtMs: timeIn(object, 'update_time'),
    };
    return [{ path, ...known(fields) }];
  });
}

/** The artifacts of a page (swagger: Artifact). */
export function readArtifacts(answer: unknown): readonly VendorArtifact[] {
  return objectsOf(answer).map((object) => ({
    tags: readTags(object),
    ...known({
      digest: digestIn(object, 'digest'),
      mediaType: textIn(object, 'manifest_media_type'),
      sizeBytes: countIn(object, 'size'),
      pushedAtMs: timeIn(object, 'push_time'),
      platforms: readPlatforms(object),
    }),
  }));
}

/** The tags of one artifact, with what protects them. */
export function readTags(object: JsonObject): readonly VendorTag[] {
  return objectsOf(field(object, 'tags')).flatMap((tag) => {
    const name = textIn(tag, 'name');
    return name === undefined ? [] : [{ name, ...known({ isImmutable: flagIn(tag, 'immutable') }) }];
  });
}

/** What a project may still take; undefined when it has no limit or the account may not see it (swagger: ProjectSummary). */
export function readQuotaLeft(answer: unknown): number | undefined {
  const quota = objectIn(asObject(answer, 'summary'), 'quota');
  const hard = countIn(objectIn(quota, 'hard'), 'storage');
  const used = countIn(objectIn(quota, 'used'), 'storage');
  // a limit of -1 is none, and no count
  return hard === undefined || used === undefined ? undefined : Math.max(0, hard - used);
}

/** Those of an index stand at its references, that of one image among what was read out of its config. */
function readPlatforms(object: JsonObject): VendorArtifact['platforms'] {
  const references = objectsOf(field(object, 'references')).map((reference) => objectIn(reference, 'platform'));
  return platformsOf(references, 'os.version') ?? platformsOf([objectIn(object, 'extra_attrs')], 'os.version');
}
