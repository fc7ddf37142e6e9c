import { attestation, cosignSignature, helmChart, sbom, signature } from '../fakes/artifacts.ts';
import { amd64, arm64, image, index, layerBlob, type SampleManifest, types } from '../fakes/images.ts';
import { push } from '../fakes/push.ts';

/** What stands on the demo's shelf. */
export interface ShelfItem {
  readonly repository: string;
  readonly tag: string;
  readonly what: string;
  readonly content: SampleManifest;
  /** What refers to it, pushed after it. */
  readonly referrers: readonly { readonly tag: string | undefined; readonly content: SampleManifest }[];
}

const mebibyte = 1024 * 1024;

/** The layer in which the demo's line breaks. */
export const baseLayer = layerBlob(24 * mebibyte, 'demo-base', types.ociLayer);

/** The sample images: what real registries hold, in small. */
export function sampleShelf(): readonly ShelfItem[] {
  const web = [amd64, arm64].map((platform) =>
    image({ seed: `demo-web-${platform.architecture}`, platform, layers: [3 * mebibyte, mebibyte] }),
  );
  const app = (version: string): SampleManifest => image({ seed: `demo-app-${version}`, layers: [baseLayer, 400_000] });
  const signed = image({ seed: 'demo-signed', layers: [2 * mebibyte] });
  const plain = { referrers: [] };
  return [
    {
      repository: 'demo/web',
      tag: '1.27',
      what: 'an index of two platforms with build attestations',
      content: index([...web, ...web.map((of) => attestation(of))]),
      ...plain,
    },
    { repository: 'demo/app', tag: '1.0', what: 'an image on a large base layer', content: app('1.0'), ...plain },
    { repository: 'demo/app', tag: '1.1', what: 'the next one, on the same base', content: app('1.1'), ...plain },
    {
      repository: 'demo/tool',
      tag: '0.9',
      what: 'another repository, on the same base',
      content: app('0.9'),
      ...plain,
    },
    {
      repository: 'demo/signed',
      tag: '2.0',
      what: 'an image with a signature, an SBOM and a cosign tag',
      content: signed,
      referrers: [
        { tag: undefined, content: signature(signed) },
        { tag: undefined, content: sbom(signed) },
        cosignSignature(signed),
      ],
    },
    { repository: 'demo/chart', tag: '1.0.0', what: 'a Helm chart', content: helmChart(), ...plain },
    {
      repository: 'private/ledger',
      tag: '3',
      what: 'an image behind a token',
      content: image({ seed: 'demo-private', layers: [mebibyte] }),
      ...plain,
    },
  ];
}

/** Puts the shelf into an open registry; where that keeps no list of referrers, the tag that stands in for it is pushed too. */
export async function fillShelf(url: string, shelf: readonly ShelfItem[], listsReferrers: boolean): Promise<void> {
  for (const { repository, tag, content, referrers } of shelf) {
    await push(url, repository, tag, content);
    for (const referrer of referrers) await push(url, repository, referrer.tag, referrer.content);
    const untagged = referrers.filter((referrer) => referrer.tag === undefined).map((referrer) => referrer.content);
    if (untagged.length > 0 && !listsReferrers) {
      await push(url, repository, content.digest.replace(':', '-'), index(untagged));
    }
  }
}
