import type { Digest } from '../../oci/digest.ts';
import { asObject, field } from '../../oci/fields.ts';
import { type Index, parseManifest } from '../../oci/manifest.ts';
import { mediaTypes } from '../../oci/media-types.ts';
import { referrersTag } from '../../oci/referrers.ts';
import { parseStrictJson } from '../../oci/strict-json.ts';
import { decodeUtf8, encodeUtf8 } from '../../oci/utf8.ts';
import { digestOf } from '../content/digest-of.ts';
import { copyError, CopyError } from '../kernel/errors.ts';
import type { Destination, ResolvedManifest } from '../ports/places.ts';

/** Keeps the tag that lists referrers where a registry keeps no list itself; one change of a list at a time. */
export class FallbackTags {
  readonly #underWay = new Map<string, Promise<void>>();

  /** Adds `referrer` to the list of its subject, leaving what others put there (distribution-spec v1.1.1, "Referrers Tag Schema"). */
  async add(destination: Destination, subject: Digest, referrer: ResolvedManifest, signal: AbortSignal): Promise<void> {
    const key = `${destination.name} ${subject}`;
    const before = this.#underWay.get(key) ?? Promise.resolve();
    const change = before.then(() => addEntry(destination, subject, referrer, signal));
    const settled = change.catch(() => undefined);
    this.#underWay.set(key, settled);
    try {
      await change;
    } finally {
      if (this.#underWay.get(key) === settled) this.#underWay.delete(key);
    }
  }
}

async function addEntry(
  destination: Destination,
  subject: Digest,
  referrer: ResolvedManifest,
  signal: AbortSignal,
): Promise<void> {
  const tag = referrersTag(subject);
  const present = await presentIndex(destination, tag, signal);
  if (present?.manifests.some((entry) => entry.digest === referrer.descriptor.digest) === true) return;
  const raw = present === undefined ? newIndex(entryOf(referrer)) : withEntry(present, entryOf(referrer));
  const document = parseManifest(raw, present?.mediaType ?? mediaTypes.ociIndex);
  const descriptor = { mediaType: document.mediaType, digest: digestOf(raw), size: raw.byteLength };
  await destination.publish({ descriptor, document }, tag, signal);
}

async function presentIndex(destination: Destination, tag: string, signal: AbortSignal): Promise<Index | undefined> {
  try {
    const { document } = await destination.manifest({ tag }, signal);
    if (document.kind === 'index') return document;
  } catch (thrown) {
    if (thrown instanceof CopyError && thrown.kind === 'not-found') return undefined;
    throw thrown;
  }
  const name = `${destination.path}:${tag}`;
  throw copyError('conflict', {
    side: 'destination',
    op: 'referrers.add',
    subject: name,
    message: `destination ${destination.host} has an image under ${name}, where the list of referrers belongs`,
  });
}

function newIndex(entry: Record<string, unknown>): Uint8Array {
  return encodeUtf8(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [entry] }));
}

/** The same document with one entry more; every field that others wrote stays as it was. */
function withEntry(index: Index, entry: Record<string, unknown>): Uint8Array {
  const object = asObject(parseStrictJson(decodeUtf8(index.raw)), 'index');
  const manifests = field(object, 'manifests');
  const entries = [...(Array.isArray(manifests) ? (manifests as unknown[]) : []), entry];
  return encodeUtf8(JSON.stringify(Object.fromEntries([...Object.entries(object), ['manifests', entries]])));
}

function entryOf({ descriptor, document }: ResolvedManifest): Record<string, unknown> {
  const configType = document.kind === 'manifest' ? document.config?.mediaType : undefined;
  const artifactType = document.artifactType ?? configType;
  return {
    mediaType: descriptor.mediaType,
    digest: descriptor.digest,
    size: descriptor.size,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(document.annotations === undefined ? {} : { annotations: document.annotations }),
  };
}
