import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import { asObject } from '../../oci/fields.ts';
import { isImageConfigType } from '../../oci/media-types.ts';
import { parseManifest } from '../../oci/manifest.ts';
import { formatPlatform, matchesPlatform, type Platform, readPlatform } from '../../oci/platform.ts';
import { parseStrictJson } from '../../oci/strict-json.ts';
import { decodeUtf8 } from '../../oci/utf8.ts';
import { digestOf } from '../content/digest-of.ts';
import { assertNever, copyError, type CopyError } from '../kernel/errors.ts';
import type { ResolvedManifest, Source } from '../ports/places.ts';
import { canChangeContent, chooseEntries, type ContentPolicy } from '../rules/platforms.ts';
import { readWhole } from './read-whole.ts';

/** What a reference stands for, and what of it travels. */
export interface ResolvedRoot {
  /** What the source's tag stands for. */
  readonly original: Descriptor;
  /** What the destination's tag shall stand for. */
  readonly wanted: Descriptor;
  /** The manifest of `wanted` when it is already known. */
  readonly manifest?: ResolvedManifest;
}

const maxConfigBytes = 8 * 1024 * 1024;

/** Resolves a tag or digest once; from then on the source is asked by digest only (RELIABILITY F-39). */
export async function resolveRoot(
  source: Source,
  name: { readonly tag?: string; readonly digest?: Digest },
  policy: ContentPolicy,
  signal: AbortSignal,
): Promise<ResolvedRoot> {
  const { tag, digest } = name;
  if (digest === undefined && !canChangeContent(policy)) {
    const original = await source.resolve(tag ?? 'latest', signal);
    return { original, wanted: original };
  }
  const manifest = await source.manifest(digest === undefined ? { tag: tag ?? 'latest' } : { digest }, signal);
  const wanted = await applyPolicy(source, manifest, policy, signal);
  return { original: manifest.descriptor, wanted: wanted.descriptor, manifest: wanted };
}

/** The manifest that the policy leaves of `manifest`; the same one when it changes nothing. */
async function applyPolicy(
  source: Source,
  manifest: ResolvedManifest,
  policy: ContentPolicy,
  signal: AbortSignal,
): Promise<ResolvedManifest> {
  if (!canChangeContent(policy)) return manifest;
  const { document, descriptor } = manifest;
  if (document.kind === 'manifest') {
    if (policy.platforms.length > 0) await refuseOtherPlatform(source, manifest, policy.platforms, signal);
    return manifest;
  }
  const choice = chooseEntries(document, policy);
  switch (choice.kind) {
    case 'whole':
      return manifest;
    case 'nothing':
      throw noSuchPlatform(source, descriptor, policy.platforms);
    case 'single':
      return applyPolicy(source, await source.manifest(choice.entry, signal), { ...policy, platforms: [] }, signal);
    case 'smaller': {
      const smaller = parseManifest(choice.raw, document.mediaType);
      const digest = digestOf(choice.raw);
      return { document: smaller, descriptor: { mediaType: smaller.mediaType, digest, size: choice.raw.byteLength } };
    }
    default:
      return assertNever(choice);
  }
}

/** A manifest of its own names its platform only in its config. */
async function refuseOtherPlatform(
  source: Source,
  manifest: ResolvedManifest,
  platforms: readonly Platform[],
  signal: AbortSignal,
): Promise<void> {
  const { document, descriptor } = manifest;
  if (document.kind === 'index' || document.config === undefined || !isImageConfigType(document.config.mediaType))
    return;
  if (document.config.size > maxConfigBytes) return;
  const bytes = await readWhole(source, document.config, signal);
  const platform = readPlatform(asObject(parseStrictJson(decodeUtf8(bytes)), 'image config'));
  if (platform !== undefined && !platforms.some((wanted) => matchesPlatform(wanted, platform))) {
    throw noSuchPlatform(source, descriptor, platforms);
  }
}

function noSuchPlatform(source: Source, descriptor: Descriptor, platforms: readonly Platform[]): CopyError {
  const wanted = platforms.map(formatPlatform).join(', ');
  const subject = `${source.path}@${descriptor.digest}`;
  return copyError('not-found', {
    side: 'source',
    op: 'platform.choose',
    subject,
    message: `source ${source.host} has no ${wanted} in ${subject}`,
    hint: 'platform-missing',
  });
}
