import { closureOf, type SampleBlob, type SampleManifest } from './images.ts';
import { call, type Answer } from './plain-http.ts';

/** What a push may carry. */
export interface PushOptions {
  /** The Authorization header for all requests. */
  readonly authorization?: string;
  readonly ca?: string;
  /** Push foreign layers too. */
  readonly withForeign?: boolean;
}

/** Pushes the closure of `content` and tags it (no tag if undefined); independent of the product, one request at a time. */
export async function push(
  baseUrl: string,
  repository: string,
  tag: string | undefined,
  content: SampleManifest,
  options: PushOptions = {},
): Promise<void> {
  const done = new Set<string>();
  for (const manifest of closureOf(content)) {
    for (const blob of manifest.blobs) {
      if (done.has(blob.digest) || (blob.urls !== undefined && options.withForeign !== true)) continue;
      await pushBlob(baseUrl, repository, blob, options);
      done.add(blob.digest);
    }
    const name = manifest === content && tag !== undefined ? tag : manifest.digest;
    await pushManifest(baseUrl, repository, name, manifest, options);
  }
}

/** Pushes one blob, monolithically, unless it is there. */
export async function pushBlob(
  baseUrl: string,
  repository: string,
  blob: SampleBlob,
  options: PushOptions = {},
): Promise<void> {
  const common = settingsOf(options);
  const there = await call('HEAD', `${baseUrl}/v2/${repository}/blobs/${blob.digest}`, common);
  if (there.status === 200) return;
  const session = await call('POST', `${baseUrl}/v2/${repository}/blobs/uploads/`, common);
  expectStatus(session, 202, `upload session in ${repository}`);
  const target = new URL(session.headers.location ?? '', baseUrl);
  target.searchParams.set('digest', blob.digest);
  const headers = {
    ...common.headers,
    'content-type': 'application/octet-stream',
    'content-length': String(blob.sizeBytes),
  };
  const done = await call('PUT', target.href, { ...common, headers, body: blob.open() });
  expectStatus(done, 201, `blob ${blob.digest} of ${repository}`);
}

/** Pushes the bytes of one manifest under a tag or digest. */
export async function pushManifest(
  baseUrl: string,
  repository: string,
  tagOrDigest: string,
  manifest: Pick<SampleManifest, 'raw' | 'mediaType'>,
  options: PushOptions = {},
): Promise<void> {
  const common = settingsOf(options);
  const headers = { ...common.headers, 'content-type': manifest.mediaType };
  const url = `${baseUrl}/v2/${repository}/manifests/${tagOrDigest}`;
  const done = await call('PUT', url, { ...common, headers, body: manifest.raw });
  expectStatus(done, 201, `manifest ${repository} ${tagOrDigest}`);
}

function settingsOf(options: PushOptions): { headers: Record<string, string>; ca?: string } {
  return {
    headers: options.authorization === undefined ? {} : { authorization: options.authorization },
    ...(options.ca === undefined ? {} : { ca: options.ca }),
  };
}

function expectStatus(answer: Answer, status: number, what: string): void {
  if (answer.status === status) return;
  throw new Error(`${what}: ${answer.status} instead of ${status}: ${answer.body.toString().slice(0, 500)}`);
}
