import { formatBytes } from '../../../contract/format.ts';
import type { ImageDescription, ManifestDescription } from '../../../contract/models.ts';
import { readFilePlace } from '../../../app/carrying/file-places.ts';
import { isLibraryPlace } from '../../../app/places.ts';
import type { CommandContext } from '../run.ts';
import type { SummaryFacts } from '../summary.ts';

/** `inspect REFERENCE`, on a registry, in the library or in a file: digest, media type, platforms, layers, sizes, referrers. */
export async function inspect(text: string, context: CommandContext): Promise<SummaryFacts> {
  const { console } = context;
  const image = await describedBy(text, context);
  for (const line of describe(image)) console.result(line);
  console.event('description', image);
  return context.facts({ ok: true, failures: [] });
}

async function describedBy(text: string, { app, signal }: CommandContext): Promise<ImageDescription> {
  const place = readFilePlace(text);
  if (place === undefined) return (await app({ copies: isLibraryPlace(text) })).inspect(text, signal);
  const carrier = (await app({ copies: true, isDirect: true })).carrier();
  try {
    return await carrier.inspect(place, signal);
  } finally {
    await carrier.close();
  }
}

function* describe(image: ImageDescription): Generator<string> {
  yield image.reference;
  yield `  digest     ${image.digest}`;
  yield `  media type ${image.mediaType}`;
  if (image.artifactType !== undefined) yield `  artifact   ${image.artifactType}`;
  for (const manifest of image.manifests) yield* describeManifest(manifest);
  for (const referrer of image.referrers) yield `  referrer   ${referrer.digest} ${referrer.artifactType}`;
  for (const tag of image.cosignTags) yield `  cosign     ${tag}`;
}

function* describeManifest(manifest: ManifestDescription): Generator<string> {
  const kind = manifest.isAttestation ? 'attestation' : (manifest.platform ?? 'manifest');
  yield `  ${kind.padEnd(14)} ${manifest.digest}  ${formatBytes(manifest.totalBytes)}`;
  for (const layer of manifest.layers)
    yield `    ${formatBytes(layer.size).padStart(9)}  ${layer.digest}  ${layer.mediaType}`;
}
