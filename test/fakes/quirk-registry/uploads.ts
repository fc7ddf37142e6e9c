import { neededFor, refuse } from './access.ts';
import type { Exchange } from './exchange.ts';
import { readUploadBody } from './upload-body.ts';
import { locationOf, rangeOf, sessionIsNamedRight } from './upload-location.ts';
import { digestOfBytes, type UploadSession } from './state.ts';

/** `POST …/blobs/uploads/`: a session, a mount, or a whole blob at once. */
export async function startUpload(exchange: Exchange, repository: string): Promise<void> {
  const { quirks, state, url } = exchange;
  if (quirks.insufficientStorage === true) return exchange.page(507, 'Insufficient Storage');
  if (quirks.diskFull === true && exchange.context.counters.has('disk full')) return failDiskFull(exchange);
  const mount = url.searchParams.get('mount');
  if (mount !== null && answerMount(exchange, repository, mount)) return;
  const digest = url.searchParams.get('digest');
  const session = state.startSession(repository);
  if (digest !== null && quirks.singlePostRefused !== true) return finish(exchange, session, digest);
  await exchange.readBody(0);
  const location = quirks.locationMissingOnPost === true ? undefined : locationOf(exchange, session);
  const minimum = quirks.announcedChunkBytes;
  exchange.reply(202, {
    location,
    range: rangeOf(exchange, session),
    'docker-upload-uuid': quirks.uploadIdMissing === true ? undefined : session.id,
    'oci-chunk-min-length': minimum === undefined ? undefined : String(minimum),
  });
}

function answerMount(exchange: Exchange, repository: string, digest: string): boolean {
  const { quirks, state, url } = exchange;
  const from = url.searchParams.get('from');
  const status = quirks.mountAnswers;
  if (status === 202) return false;
  if (status !== undefined) {
    const code = { 400: 'NAME_INVALID', 401: 'UNAUTHORIZED', 403: 'DENIED', 404: 'NAME_UNKNOWN', 405: 'UNSUPPORTED' }[
      status
    ];
    exchange.fail(status, code, status === 401 ? `project ${from ?? ''} not found` : 'invalid repository name');
    return true;
  }
  if (from === null && quirks.mountNeedsFrom === true) {
    exchange.fail(400, 'BLOB_UPLOAD_INVALID', 'from is missing');
    return true;
  }
  const isThere = from !== null && state.repositories.get(from)?.blobs.has(digest) === true;
  if (!isThere && quirks.mountLies !== true) return false;
  if (isThere && quirks.mountLies !== true) state.repository(repository).blobs.add(digest);
  exchange.reply(201, {
    location: `${exchange.origin}/v2/${repository}/blobs/${digest}`,
    'docker-content-digest': digest,
  });
  return true;
}

/** Everything on the URL of a session. */
export async function continueUpload(exchange: Exchange, repository: string, id: string): Promise<void> {
  const { quirks, state, method } = exchange;
  const session = state.sessions.get(id);
  if (session === undefined || session.repository !== repository) {
    await exchange.readBody(0);
    return exchange.fail(404, 'BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry');
  }
  session.requests += 1;
  const ageMs = performance.now() - session.startedAtMs;
  if (session.requests > (quirks.sessionRequests ?? Infinity) || ageMs > (quirks.sessionLifetimeMs ?? Infinity)) {
    state.sessions.delete(id);
    await exchange.readBody(0);
    return exchange.fail(404, 'BLOB_UPLOAD_UNKNOWN', 'blob upload expired');
  }
  if (session.isDead || !sessionIsNamedRight(exchange, session)) {
    await exchange.readBody(0);
    return exchange.fail(session.isDead ? 404 : 400, 'BLOB_UPLOAD_INVALID', 'blob upload invalid: invalid secret');
  }
  if (method === 'GET') return tellStatus(exchange, session);
  if (method === 'DELETE') {
    state.sessions.delete(id);
    state.cancelledCount += 1;
    return exchange.reply(204);
  }
  if (method !== 'PATCH' && method !== 'PUT') return exchange.fail(405, 'UNSUPPORTED', 'no such method');
  if (quirks.uploadRedirects === true && !exchange.isElsewhere) {
    await exchange.readBody(0);
    return exchange.reply(307, { location: `${exchange.context.elsewhere}${exchange.request.url ?? ''}` });
  }
  if (exchange.count('upload request') === quirks.unauthorizedUploadNth) {
    exchange.context.counters.set('upload request', (quirks.unauthorizedUploadNth ?? 0) + 1);
    await exchange.readBody(0);
    refuse(exchange, neededFor(exchange, repository), 'invalid_token');
    return;
  }
  if (method === 'PATCH') return patch(exchange, session);
  const digest = exchange.url.searchParams.get('digest');
  if (digest === null) {
    await exchange.readBody(0);
    return exchange.fail(400, 'DIGEST_INVALID', 'digest is missing');
  }
  return finish(exchange, session, digest);
}

function tellStatus(exchange: Exchange, session: UploadSession): void {
  const { quirks, state } = exchange;
  if (quirks.statusAnswers404 === true) return exchange.fail(404, 'BLOB_UPLOAD_UNKNOWN', 'blob upload unknown');
  if (quirks.statusCancelsSession === true) state.sessions.delete(session.id);
  exchange.reply(204, {
    location: locationOf(exchange, session),
    range: rangeOf(exchange, session),
    'docker-upload-uuid': quirks.uploadIdMissing === true ? undefined : session.id,
  });
}

async function patch(exchange: Exchange, session: UploadSession): Promise<void> {
  const { quirks } = exchange;
  if (quirks.monolithicOnly === true) {
    await exchange.readBody(0);
    return exchange.fail(405, 'UNSUPPORTED', 'chunked uploads are not supported');
  }
  if (exchange.spend('slow down', quirks.slowDownTimes)) {
    await exchange.readBody(0);
    return exchange.fail(500, 'UNKNOWN', 's3aws: SlowDown: please reduce your request rate');
  }
  const minimum = quirks.minimumChunkBytes;
  if (minimum !== undefined && session.lastChunkBytes !== undefined && session.lastChunkBytes < minimum) {
    await exchange.readBody(0);
    return exchange.fail(400, 'BLOB_UPLOAD_INVALID', `a part is smaller than ${minimum} bytes`);
  }
  const before = session.sizeBytes;
  if (!(await readUploadBody(exchange, session))) return;
  session.lastChunkBytes = session.sizeBytes - before;
  session.firstChunkBytes ??= session.lastChunkBytes;
  if (quirks.diskFull === true) return failDiskFull(exchange);
  exchange.reply(quirks.patchAnswers201 === true ? 201 : 202, {
    location: quirks.locationMissingOnPatch === true ? undefined : locationOf(exchange, session),
    range: rangeOf(exchange, session),
    'docker-upload-uuid': quirks.uploadIdMissing === true ? undefined : session.id,
  });
}

async function finish(exchange: Exchange, session: UploadSession, digest: string): Promise<void> {
  const { quirks, state, request } = exchange;
  const hasBody = request.headers['content-length'] !== '0';
  if (quirks.chunkedOnly === true && hasBody && session.sizeBytes === 0) {
    await exchange.readBody(0);
    return exchange.fail(400, 'BLOB_UPLOAD_INVALID', 'monolithic uploads are not supported');
  }
  if (!(await readUploadBody(exchange, session))) return;
  if (quirks.diskFull === true) return failDiskFull(exchange);
  const quota = quirks.quotaBytes;
  if (quota !== undefined && state.storedBytes() + session.sizeBytes > quota) {
    const message = `adding ${session.sizeBytes} B of storage resource will exceed the configured upper limit of ${quota} B`;
    return exchange.fail(403, 'DENIED', message);
  }
  const found = state.digestOf(session, digest);
  if (found !== digest || exchange.spend('digest invalid', quirks.digestInvalidTimes)) {
    state.sessions.delete(session.id);
    return exchange.fail(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content');
  }
  const inSha256 = state.digestOf(session, 'sha256') ?? digest;
  if (quirks.putForgets === true) state.sessions.delete(session.id);
  else state.commit(session, digest);
  const shown = quirks.putAnswersOtherDigest === true ? digestOfBytes(Buffer.from(digest)) : digest;
  const status = quirks.putAnswers204 === true ? 204 : quirks.putAnswers202 === true ? 202 : 201;
  const location = `${exchange.origin}/v2/${session.repository}/blobs/${digest}`;
  exchange.reply(status, {
    location: quirks.locationMissingOnPut === true ? undefined : location,
    'docker-content-digest': quirks.digestHeaderInSha256 === true ? inSha256 : shown,
  });
}

function failDiskFull(exchange: Exchange): void {
  exchange.count('disk full');
  exchange.fail(500, 'UNKNOWN', 'filesystem: write /var/lib/registry: no space left on device');
}
