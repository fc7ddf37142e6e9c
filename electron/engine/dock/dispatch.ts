import { assertNever } from '../kernel/errors.ts';
import { answerUploadStatus, cancelUpload, closeUpload, openUpload, patchUpload } from './blob-uploads.ts';
import { answerBlob, deleteBlob } from './blobs.ts';
import { answerJson } from './answers.ts';
import type { Exchange } from './exchange.ts';
import { answerCatalog, answerReferrers, answerTags } from './listing.ts';
import { answerManifest, deleteManifest, putManifest } from './manifests.ts';
import { refusal } from './refusal.ts';
import type { Route } from './routes.ts';
import type { TokenRealm } from './token-realm.ts';

const reading: readonly string[] = ['GET', 'HEAD'];

/** The methods that a route knows, before asking whether the dock takes writes. */
export function methodsOf(route: Route): readonly string[] {
  switch (route.kind) {
    case 'base':
    case 'catalog':
    case 'tags':
    case 'referrers':
      return reading;
    case 'token':
      return ['GET', 'HEAD', 'POST'];
    case 'manifest':
      return [...reading, 'PUT', 'DELETE'];
    case 'blob':
      return [...reading, 'DELETE'];
    case 'uploads':
      return ['POST'];
    case 'upload':
      return [...reading, 'PATCH', 'PUT', 'DELETE'];
    default:
      return assertNever(route);
  }
}

/** Refuses what the route does not know and, unless `isWritable`, every change; nothing of a body was read by then. */
export function assertMethod(route: Route, method: string, isWritable: boolean): void {
  const known = methodsOf(route);
  const isUploadRoute = route.kind === 'uploads' || route.kind === 'upload';
  const allowed = isWritable || route.kind === 'token' ? known : isUploadRoute ? [] : reading;
  if (allowed.includes(method)) return;
  const message = known.includes(method) ? 'this registry is read-only' : 'the method is not for this address';
  throw refusal(405, 'UNSUPPORTED', message, { Allow: allowed.join(', ') });
}

/** Does what route and method ask. */
export async function dispatch(exchange: Exchange, route: Route, realm: TokenRealm | undefined): Promise<void> {
  const method = exchange.request.method ?? '';
  switch (route.kind) {
    case 'base':
      return answerJson(exchange, {});
    case 'token':
      if (realm === undefined) throw refusal(404, 'NAME_UNKNOWN', 'there is no such address');
      return realm.answer(exchange);
    case 'catalog':
      return answerCatalog(exchange);
    case 'tags':
      return answerTags(exchange, route.repository);
    case 'referrers':
      return answerReferrers(exchange, route.repository, route.digest);
    case 'manifest':
      if (method === 'PUT') return putManifest(exchange, route.repository, route.reference);
      if (method === 'DELETE') return deleteManifest(exchange, route.repository, route.reference);
      return answerManifest(exchange, route.repository, route.reference);
    case 'blob':
      if (method === 'DELETE') return deleteBlob(exchange, route.repository, route.digest);
      return answerBlob(exchange, route.repository, route.digest);
    case 'uploads':
      return openUpload(exchange, route.repository);
    case 'upload':
      if (method === 'PATCH') return patchUpload(exchange, route.repository, route.id);
      if (method === 'PUT') return closeUpload(exchange, route.repository, route.id);
      if (method === 'DELETE') return cancelUpload(exchange, route.repository, route.id);
      return answerUploadStatus(exchange, route.repository, route.id);
    default:
      return assertNever(route);
  }
}
