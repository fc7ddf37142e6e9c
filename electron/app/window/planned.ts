import type { ImageDescription, Notice, PlannedImage } from '../../contract/models.ts';
import { terminalText } from '../../contract/format.ts';
import { trimFailure } from './failures.ts';

const mostNotices = 20;
const longestText = 2000;
const mostEntries = 1000;
const longestName = 200;
const longestPlatform = 100;

/** A planned image with its texts and lists cut to what crosses the edge. */
export function plannedForWindow(image: PlannedImage): PlannedImage {
  const { failure } = image;
  return { ...image, notices: trimNotices(image.notices), ...(failure && { failure: trimFailure(failure) }) };
}

/** Notices, cut. */
export function trimNotices(notices: readonly Notice[]): readonly Notice[] {
  return notices.slice(0, mostNotices).map(({ kind, text }) => ({ kind, text: text.slice(0, longestText) }));
}

/** A description with its lists and texts cut: a registry decides how long they are (S-IPC-7). */
export function descriptionForWindow(description: ImageDescription): ImageDescription {
  const { artifactType, manifests, referrers, cosignTags } = description;
  return {
    ...description,
    mediaType: cut(description.mediaType),
    ...(artifactType === undefined ? {} : { artifactType: cut(artifactType) }),
    manifests: manifests.slice(0, 500).map(({ platform, mediaType, layers, ...manifest }) => ({
      ...manifest,
      mediaType: cut(mediaType),
      ...(platform === undefined ? {} : { platform: cut(platform, longestPlatform) }),
      layers: layers.slice(0, mostEntries).map((layer) => ({ ...layer, mediaType: cut(layer.mediaType) })),
    })),
    referrers: referrers
      .slice(0, mostEntries)
      .map((referrer) => ({ ...referrer, artifactType: cut(referrer.artifactType) })),
    cosignTags: cosignTags.slice(0, mostEntries).map((tag) => cut(tag)),
  };
}

/** A platform as it is shown. */
export function platformForWindow(platform: string): string {
  return cut(platform, longestPlatform);
}

/** The beginning of a line from outside, its control characters made visible. */
function cut(text: string, most = longestName): string {
  return terminalText(text).slice(0, most);
}
