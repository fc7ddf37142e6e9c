import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import { asObject } from '../../oci/fields.ts';
import { isImageConfigType, isIndexType } from '../../oci/media-types.ts';
import { type Index, parseManifest } from '../../oci/manifest.ts';
import { formatPlatform, readPlatform } from '../../oci/platform.ts';
import { parseStrictJson } from '../../oci/strict-json.ts';
import { decodeUtf8 } from '../../oci/utf8.ts';
import { digestOf } from '../content/digest-of.ts';
import { assertNever, copyError, CopyError } from '../kernel/errors.ts';
import type { ResolvedManifest, Source } from '../ports/places.ts';
import {
  acceptsOf,
  canChangeContent,
  chooseEntries,
  choosesPlatforms,
  type ContentPolicy,
} from '../rules/platforms.ts';
import { readWhole } from './read-whole.ts';

/** What a reference stands for, and what of it travels. */
export interface ResolvedRoot {
  /** What the source's tag stands for. */
  readonly original: Descriptor;
  /** What the destination's tag shall stand for. */
  readonly wanted: Descriptor;
  /** True when `wanted` is a document of ours, which the source does not hold. */
  readonly isRewritten: boolean;
  /** The manifest of `wanted` when it is already known. */
  readonly manifest?: ResolvedManifest;
}

const maxConfigBytes = 8 * 1024 * 1024;

/** True when a small question tells the digest of what travels; otherwise its manifest has to be read. */
export function isToldByTag(name: { readonly digest?: Digest }, policy: ContentPolicy): boolean {
  return name.digest === undefined && !canChangeContent(policy);
}

/**
 * Resolves a tag or digest once; from then on the source is asked by digest only (RELIABILITY F-39).
 * With `asked` as `manifest` the manifest is read at once, for it will be copied; otherwise one small question is enough where
 * the policy allows, which costs nothing where pulls are counted (Docker Hub).
 */
export async function resolveRoot(
  source: Source,
  name: { readonly tag?: string; readonly digest?: Digest },
  policy: ContentPolicy,
  asked: 'digest' | 'manifest',
  signal: AbortSignal,
): Promise<ResolvedRoot> {
  const { tag, digest } = name;
  if (asked === 'digest' && isToldByTag(name, policy)) {
    const original = await source.resolve(tag ?? 'latest', signal);
    return { original, wanted: original, isRewritten: false };
  }
  const manifest = await source.manifest(digest === undefined ? { tag: tag ?? 'latest' } : { digest }, signal);
  const chosen = await applyPolicy(source, manifest, policy, signal);
  return { original: manifest.descriptor, wanted: chosen.manifest.descriptor, ...chosen };
}

type Chosen = Required<Pick<ResolvedRoot, 'manifest' | 'isRewritten'>>;

/** The manifest that the policy leaves of `manifest`; the same one when it changes nothing. */
async function applyPolicy(
  source: Source,
  manifest: ResolvedManifest,
  policy: ContentPolicy,
  signal: AbortSignal,
): Promise<Chosen> {
  const same = { manifest, isRewritten: false };
  if (!canChangeContent(policy)) return same;
  const { document, descriptor } = manifest;
  if (document.kind === 'manifest') {
    if (choosesPlatforms(policy)) await refuseOtherPlatform(source, manifest, policy, signal);
    return same;
  }
  const choice = chooseEntries(document, policy);
  switch (choice.kind) {
    case 'whole':
      return same;
    case 'nothing':
      return (await insideNested(source, document, policy, signal)) ?? refusePlatforms(source, descriptor, policy);
    case 'single':
      return applyPolicy(source, await source.manifest(choice.entry, signal), { ...policy, platforms: [] }, signal);
    case 'smaller': {
      const smaller = parseManifest(choice.raw, document.mediaType);
      const digest = digestOf(choice.raw);
      const size = choice.raw.byteLength;
      return {
        manifest: { document: smaller, descriptor: { mediaType: smaller.mediaType, digest, size } },
        isRewritten: true,
      };
    }
    default:
      return assertNever(choice);
  }
}

/** What the first nested index without a platform of its own has for the policy; undefined when none has anything. */
async function insideNested(
  source: Source,
  index: Index,
  policy: ContentPolicy,
  signal: AbortSignal,
): Promise<Chosen | undefined> {
  for (const entry of index.manifests) {
    if (!isIndexType(entry.mediaType) || entry.platform !== undefined) continue;
    try {
      return await applyPolicy(source, await source.manifest(entry, signal), policy, signal);
    } catch (thrown) {
      if (!(thrown instanceof CopyError) || thrown.hint !== 'platform-missing') throw thrown;
    }
  }
  return undefined;
}

/** A manifest of its own names its platform only in its config. */
async function refuseOtherPlatform(
  source: Source,
  manifest: ResolvedManifest,
  policy: ContentPolicy,
  signal: AbortSignal,
): Promise<void> {
  const { document, descriptor } = manifest;
  if (document.kind === 'index' || document.config === undefined || !isImageConfigType(document.config.mediaType))
    return;
  if (document.config.size > maxConfigBytes) return;
  const bytes = await readWhole(source, document.config, signal);
  const platform = readPlatform(asObject(parseStrictJson(decodeUtf8(bytes)), 'image config'));
  if (platform !== undefined && !acceptsOf(policy, platform)) refusePlatforms(source, descriptor, policy);
}

function refusePlatforms(source: Source, descriptor: Descriptor, policy: ContentPolicy): never {
  const wanted = policy.platforms.map(formatPlatform).join(', ') || 'platform that was asked for';
  const subject = `${source.path}@${descriptor.digest}`;
  throw copyError('not-found', {
    side: 'source',
    op: 'platform.choose',
    subject,
    message: `source ${source.host} has no ${wanted} in ${subject}`,
    hint: 'platform-missing',
  });
}
