import type { Digest } from '../../oci/digest.ts';
import { asObject, field } from '../../oci/fields.ts';
import { type Index, parseManifest } from '../../oci/manifest.ts';
import { mediaTypes } from '../../oci/media-types.ts';
import { referrersTag } from '../../oci/referrers.ts';
import { parseStrictJson } from '../../oci/strict-json.ts';
import { decodeUtf8, encodeUtf8 } from '../../oci/utf8.ts';
import { digestOf } from '../content/digest-of.ts';
import { CopyError } from '../kernel/errors.ts';
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
  const manifests = [...(present === undefined ? [] : rawEntriesOf(present)), entryOf(referrer)];
  const raw = encodeUtf8(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests }));
  const document = parseManifest(raw, mediaTypes.ociIndex);
  const descriptor = { mediaType: mediaTypes.ociIndex, digest: digestOf(raw), size: raw.byteLength };
  await destination.publish({ descriptor, document }, tag, signal);
}

async function presentIndex(destination: Destination, tag: string, signal: AbortSignal): Promise<Index | undefined> {
  try {
    const { document } = await destination.manifest({ tag }, signal);
    return document.kind === 'index' ? document : undefined;
  } catch (thrown) {
    if (thrown instanceof CopyError && thrown.kind === 'not-found') return undefined;
    throw thrown;
  }
}

/** The entries as they stand in the document, with every field that others wrote. */
function rawEntriesOf(index: Index): readonly unknown[] {
  const manifests = field(asObject(parseStrictJson(decodeUtf8(index.raw)), 'index'), 'manifests');
  return Array.isArray(manifests) ? manifests : [];
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
