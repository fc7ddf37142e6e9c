import { types } from '../images.ts';
import { jsonOf } from '../listening.ts';
import { schema1 } from '../artifacts.ts';
import type { Exchange } from './exchange.ts';
import { checkManifest, type ManifestDocument } from './manifest-checks.ts';
import { digestOfBytes, type StoredManifest } from './state.ts';

const LIMIT_BYTES = 64 * 2 ** 20;

/** GET and HEAD of a manifest by tag or digest. */
export async function serveManifest(exchange: Exchange, repository: string, name: string): Promise<void> {
  const { quirks, state, method, request } = exchange;
  if (method === 'HEAD' && quirks.manifestHeadRefused === true)
    return exchange.fail(405, 'UNSUPPORTED', 'no HEAD here');
  if (quirks.pullPrevented === true) {
    return exchange.fail(412, 'PROJECTPOLICYVIOLATION', 'current image with 3 vulnerabilities cannot be pulled');
  }
  const stored = state.repositories.get(repository);
  const digest = name.includes(':') ? name : stored?.tags.get(name);
  let manifest = digest === undefined ? undefined : stored?.manifests.get(digest);
  if (manifest !== undefined && name.includes(':') && quirks.manifestSwapped !== undefined) {
    manifest = stored?.manifests.get(quirks.manifestSwapped) ?? manifest;
  }
  if (manifest === undefined || digest === undefined) return failUnknown(exchange, repository, name);
  if (quirks.schema1WithoutAccept === true && !(request.headers.accept ?? '').includes(manifest.mediaType)) {
    if (manifest.mediaType !== types.dockerManifest) return failUnknown(exchange, repository, name);
    manifest = { bytes: schema1(repository, name, []).raw, mediaType: types.schema1 };
  }
  const etag = `"${digest}"`;
  if (request.headers['if-none-match'] === etag) return exchange.reply(304, { etag });
  const shown = quirks.digestHeaderLies === true ? digestOfBytes(Buffer.from(digest)) : digest;
  const headers = {
    etag,
    'content-type': typeOf(exchange, manifest),
    'docker-content-digest': quirks.digestHeaderMissing === true ? undefined : shown,
  };
  if (quirks.manifestEndless === true && method === 'GET') return sendEndless(exchange);
  if (method === 'HEAD') return exchange.reply(200, { ...headers, 'content-length': String(manifest.bytes.length) });
  exchange.reply(200, headers, manifest.bytes);
}

function typeOf(exchange: Exchange, manifest: StoredManifest): string | undefined {
  const { quirks } = exchange;
  if (quirks.contentTypeMissing === true) return undefined;
  return `${quirks.contentType ?? manifest.mediaType}${quirks.contentTypeParameters === true ? '; charset=utf-8' : ''}`;
}

function failUnknown(exchange: Exchange, repository: string, name: string): void {
  if (exchange.quirks.notFoundCode === true) {
    return exchange.fail(404, 'NOT_FOUND', `artifact ${repository}:${name} not found`);
  }
  exchange.fail(404, 'MANIFEST_UNKNOWN', 'manifest unknown');
}

function sendEndless(exchange: Exchange): void {
  const { response } = exchange;
  response.writeHead(200, { 'content-type': types.ociManifest });
  response.write('{"schemaVersion":2,"annotations":{"a":"');
  const filler = Buffer.alloc(65_536, 'x');
  const more = (): void => {
    if (!response.destroyed) response.write(filler, () => setImmediate(more));
  };
  more();
}

/** PUT of a manifest by tag or digest. */
export async function storeManifest(exchange: Exchange, repository: string, name: string): Promise<void> {
  const { quirks, state, request } = exchange;
  const bytes = await exchange.readBody(quirks.manifestLimitBytes ?? LIMIT_BYTES);
  if (bytes === undefined) return exchange.fail(400, 'MANIFEST_INVALID', 'manifest is too large');
  let document: ManifestDocument;
  try {
    document = jsonOf(bytes);
  } catch {
    return exchange.fail(400, 'MANIFEST_INVALID', 'manifest is not JSON');
  }
  const mediaType = (request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
  const digest = digestOfBytes(bytes, name);
  if (name.includes(':') && name !== digest) return exchange.fail(400, 'DIGEST_INVALID', 'digest does not match');
  const stored = state.repository(repository);
  const refusal = checkManifest(quirks, state, repository, document, mediaType);
  if (refusal !== undefined) return exchange.json(refusal.status, { errors: refusal.errors });
  if (exchange.spend('blob unknown', quirks.blobUnknownTimes)) {
    const detail = { Digest: document.config?.digest ?? digest };
    return exchange.json(404, {
      errors: [{ code: 'MANIFEST_BLOB_UNKNOWN', message: 'blob unknown to registry', detail }],
    });
  }
  const isTag = !name.includes(':');
  const before = stored.tags.get(name);
  if (isTag && before !== undefined && before !== digest && quirks.tagsImmutable !== undefined) {
    return exchange.fail(quirks.tagsImmutable, 'PRECONDITION', `the tag ${name} is immutable, cannot be updated`);
  }
  if (quirks.manifestPutForgets !== true) {
    stored.manifests.set(digest, { bytes, mediaType });
    if (isTag) stored.tags.set(name, quirks.tagOvertakenBy ?? digest);
  }
  const hasSubjectHeader = document.subject?.digest !== undefined && answersSubject(exchange);
  exchange.reply(201, {
    location:
      quirks.locationMissingOnPut === true ? undefined : `${exchange.origin}/v2/${repository}/manifests/${digest}`,
    'docker-content-digest': quirks.digestHeaderMissing === true ? undefined : digest,
    'oci-subject': hasSubjectHeader ? document.subject?.digest : undefined,
  });
}

function answersSubject(exchange: Exchange): boolean {
  return exchange.quirks.subjectHeaderMissing !== true && exchange.quirks.referrersMissing !== true;
}

/** DELETE of a manifest by digest, with its tags, or of a tag. */
export function deleteManifest(exchange: Exchange, repository: string, name: string): void {
  const stored = exchange.state.repositories.get(repository);
  if (!name.includes(':')) {
    if (exchange.quirks.tagDeleteRefused === true) return exchange.fail(405, 'UNSUPPORTED', 'delete by digest');
    return stored?.tags.delete(name) === true ? exchange.reply(202) : failUnknown(exchange, repository, name);
  }
  if (stored?.manifests.delete(name) !== true) return failUnknown(exchange, repository, name);
  for (const [tag, digest] of stored.tags) if (digest === name) stored.tags.delete(tag);
  exchange.reply(202);
}
