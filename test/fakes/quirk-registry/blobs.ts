import { gzipSync } from 'node:zlib';
import { pause } from '../listening.ts';
import { definedOf, type Exchange } from './exchange.ts';
import type { StoredBlob } from './state.ts';

/** GET and HEAD of a blob at the registry: the bytes, or the way to the object store. */
export async function serveBlob(exchange: Exchange, repository: string, digest: string): Promise<void> {
  const { quirks, state, method, context } = exchange;
  if (method === 'HEAD' && quirks.blobHeadAnswers !== undefined) {
    return exchange.fail(quirks.blobHeadAnswers, 'UNSUPPORTED', 'no HEAD here');
  }
  const isGone = quirks.blobsMissing?.includes(digest) === true;
  const isGoneOnGet = method === 'GET' && quirks.blobsMissingOnGet?.includes(digest) === true;
  const blob = state.repositories.get(repository)?.blobs.has(digest) === true ? state.blobs.get(digest) : undefined;
  if (blob === undefined || isGone || isGoneOnGet)
    return exchange.fail(404, 'BLOB_UNKNOWN', 'blob unknown to registry');
  if (quirks.blobRedirect === undefined || exchange.isElsewhere) return sendBlob(exchange, digest, blob);
  const expires = performance.now() + (quirks.signedLifetimeMs ?? 1e9);
  const signed = `/signed/${repository}/${digest}?expires=${expires}&use=${exchange.count('signed')}&Signature=a%2Bb%3D`;
  const own = quirks.blobRedirectRelative === true ? signed : `${context.elsewhere}${signed}`;
  const location = quirks.blobRedirectLoops === true ? (exchange.request.url ?? '') : (quirks.blobRedirectTo ?? own);
  exchange.reply(quirks.blobRedirect, { location });
}

/** `/signed/…`: an object store that knows nothing of registries. */
export async function serveSigned(exchange: Exchange, path: string): Promise<void> {
  const { quirks, state, request, url, method } = exchange;
  const xml = (status: number, code: string): void =>
    exchange.reply(status, { 'content-type': 'application/xml' }, `<Error><Code>${code}</Code></Error>`);
  if (request.headers.authorization !== undefined) return xml(400, 'InvalidArgument: Only one auth mechanism allowed');
  const uses = exchange.count(`use ${url.searchParams.get('use') ?? ''}`);
  const isExpired =
    performance.now() > Number(url.searchParams.get('expires')) || uses > (quirks.signedUses ?? Infinity);
  if (isExpired) return xml(403, 'AccessDenied: Request has expired');
  if (url.searchParams.get('Signature') !== 'a+b=') return xml(403, 'SignatureDoesNotMatch');
  if (method === 'HEAD' && quirks.signedHeadRefused === true) return xml(403, 'SignatureDoesNotMatch');
  const digest = path.slice(path.lastIndexOf('/') + 1);
  const blob = state.blobs.get(digest);
  if (blob === undefined) return xml(404, 'NoSuchKey');
  return sendBlob(exchange, digest, blob);
}

interface Span {
  readonly from: number;
  readonly until: number;
}

async function sendBlob(exchange: Exchange, digest: string, blob: StoredBlob): Promise<void> {
  const { quirks, method, request } = exchange;
  const { sizeBytes } = blob;
  const common: Record<string, string | undefined> = {
    'content-type': 'application/octet-stream',
    'accept-ranges': quirks.acceptRangesMissing === true ? undefined : 'bytes',
    'docker-content-digest': exchange.url.pathname.startsWith('/signed/') ? undefined : digest,
    etag: `"${digest}"`,
  };
  if (method === 'HEAD') {
    if (quirks.blobHeadUnlengthed !== true) common['content-length'] = String(sizeBytes);
    return exchange.reply(200, common);
  }
  if (blob.open === undefined) return exchange.fail(500, 'UNKNOWN', 'the content was not kept');
  const span = quirks.rangeIgnored === true ? undefined : spanOf(request.headers.range, sizeBytes);
  if (span === 'unsatisfiable' || (span !== undefined && quirks.rangeRefused === true))
    return refuseRange(exchange, sizeBytes);
  const isFaulty = quirks.blobFaultTimes === undefined || exchange.spend(`fault ${digest}`, quirks.blobFaultTimes);
  const faults = isFaulty ? quirks : {};
  if (faults.contentEncoded === true) {
    const encoded = gzipSync(Buffer.concat([...blob.open()]));
    return exchange.reply(200, { ...common, 'content-encoding': 'gzip' }, encoded);
  }
  const { from, until } = span ?? { from: 0, until: sizeBytes };
  const length = until - from + (faults.extraBytes ?? 0);
  const isUnlengthed = quirks.lengthMissing === true || faults.truncateUnlengthedAt !== undefined;
  if (!isUnlengthed) common['content-length'] = String(length);
  if (span !== undefined) Object.assign(common, rangeHeaders(exchange, span, sizeBytes));
  exchange.response.writeHead(span === undefined ? 200 : 206, definedOf(common));
  const corruptAt = faults.corruptAt ?? (span === undefined ? undefined : faults.corruptResumedAt);
  await sendPieces(
    exchange,
    blob.open(),
    { from, until },
    { ...faults, ...(corruptAt === undefined ? {} : { corruptAt }) },
  );
}

async function sendPieces(
  exchange: Exchange,
  pieces: Iterable<Buffer>,
  span: Span,
  faults: Exchange['quirks'],
): Promise<void> {
  const { response } = exchange;
  const stops = [faults.truncateAt, faults.truncateUnlengthedAt, faults.stallAt, faults.resetAt];
  const stop = Math.min(...stops.map((at) => at ?? Infinity));
  let wake = (): void => undefined;
  for (const event of ['drain', 'close']) response.on(event, () => wake());
  let at = 0;
  let sent = 0;
  response.flushHeaders();
  const drip = faults.dripBytesPerSecond;
  const step = drip === undefined ? Infinity : Math.max(1, Math.round(drip / 20));
  for (const piece of pieces) {
    let part = piece.subarray(Math.max(0, span.from - at), Math.max(0, span.until - at));
    const partAt = Math.max(at, span.from);
    at += piece.length;
    const wrong = (faults.corruptAt ?? -1) - partAt;
    if (wrong >= 0 && wrong < part.length) {
      part = Buffer.from(part);
      part.writeUInt8(part.readUInt8(wrong) ^ 1, wrong);
    }
    part = part.subarray(0, Math.max(0, stop - sent));
    for (let from = 0; from < part.length; from += step) {
      const slice = part.subarray(from, from + step);
      sent += slice.length;
      if (response.destroyed) return;
      if (!response.write(slice)) await new Promise<void>((resolve) => (wake = resolve));
      if (drip !== undefined) await pause(50);
    }
    if (sent >= stop || at >= span.until) break;
  }
  if (sent < stop) {
    response.end(faults.extraBytes === undefined ? undefined : Buffer.alloc(faults.extraBytes));
    return;
  }
  if (faults.stallAt !== undefined) return;
  if (faults.truncateUnlengthedAt !== undefined) return void response.end();
  await pause(30); // a reset would drop what the kernel has not delivered
  if (faults.resetAt !== undefined) exchange.reset();
  else response.destroy();
}

function rangeHeaders(exchange: Exchange, span: Span, sizeBytes: number): Record<string, string> {
  const { quirks } = exchange;
  if (quirks.rangeMultipart === true) return { 'content-type': 'multipart/byteranges; boundary=THIS' };
  if (quirks.contentRangeMissing === true) return {};
  const from = span.from + (quirks.rangeShifted === true ? 1 : 0);
  const total = sizeBytes + (quirks.contentRangeOtherTotal === true ? 1 : 0);
  return { 'content-range': `bytes ${from}-${span.until - 1}/${total}` };
}

function refuseRange(exchange: Exchange, sizeBytes: number): void {
  const headers = { 'content-range': `bytes */${sizeBytes}` };
  if (exchange.quirks.rangeRefusalBroken !== true) return exchange.fail(416, 'RANGE_INVALID', 'invalid range', headers);
  exchange.response.writeHead(416, { ...headers, 'content-length': String(sizeBytes) });
  exchange.response.write('{"errors":[]}', () => exchange.response.destroy());
}

// RFC 9110 14.2: an unreadable or a multiple Range may be ignored.
function spanOf(header: string | undefined, sizeBytes: number): Span | 'unsatisfiable' | undefined {
  const found = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (found === null || (found[1] === '' && found[2] === '')) return undefined;
  if (found[1] === '') {
    const last = Number(found[2]);
    return last === 0 || sizeBytes === 0 ? 'unsatisfiable' : { from: Math.max(0, sizeBytes - last), until: sizeBytes };
  }
  const from = Number(found[1]);
  const until = found[2] === '' ? sizeBytes : Math.min(sizeBytes, Number(found[2]) + 1);
  if (found[2] !== '' && until <= from && Number(found[2]) < from) return undefined;
  return from >= sizeBytes ? 'unsatisfiable' : { from, until };
}
