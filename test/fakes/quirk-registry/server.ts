import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { blobsOf, closureOf, type SampleBlob, type SampleManifest } from '../images.ts';
import { closeServer, createServer, listen, pause, type TlsMaterial } from '../listening.ts';
import { Recorder, type RecordedRequest } from '../recorder.ts';
import { isAllowed, serveTokens } from './access.ts';
import { serveBlob, serveSigned } from './blobs.ts';
import { Exchange, type AccessSetup, type RegistryContext } from './exchange.ts';
import { isStopped, isWithoutProject, serveProjects } from './gate.ts';
import { serveCatalog, serveReferrers, serveTags } from './listing.ts';
import { deleteManifest, serveManifest, storeManifest } from './manifests.ts';
import type { Quirks } from './quirks.ts';
import { digestOfBytes, RegistryState } from './state.ts';
import { continueUpload, startUpload } from './uploads.ts';

export type { Quirks, Refusals, RetryAfterForm } from './quirks.ts';
export type { AccessSetup } from './exchange.ts';

/** How to start a quirk registry. */
export interface QuirkRegistrySetup {
  readonly quirks?: Quirks;
  readonly tls?: TlsMaterial;
  readonly access?: AccessSetup;
  /** Images to hold from the start: `repository:tag` → image. */
  readonly content?: Readonly<Record<string, SampleManifest>>;
  /** Hash what is uploaded and keep only its size: for layers larger than memory. */
  readonly discardsContent?: boolean;
  /** Called before each request is answered, with its number from 1; may change quirks and content. */
  readonly onRequest?: (request: RecordedRequest, number: number) => void;
}

/** A running quirk registry. */
export interface QuirkRegistry {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** Its origin, https with `tls`. */
  readonly url: string;
  /** The second origin: object store, other upload host. */
  readonly elsewhere: string;
  /** Blobs, repositories (manifests and tags), open upload sessions. */
  readonly state: RegistryState;
  /** Requests at the registry, and at its second origin. */
  readonly records: readonly RecordedRequest[];
  readonly elsewhereRecords: readonly RecordedRequest[];
  /** How many requests of that method and path came to the registry. */
  requestCount(method?: string, path?: RegExp): number;
  /** Replaces all quirks and starts their counters anew. */
  setQuirks(quirks: Quirks): void;
  connectionCount(): number;
  seedBlob(repository: string, blob: SampleBlob | Uint8Array): string;
  /** Stores bytes as they are under their digest and, if given, a tag; returns the digest. */
  seedManifest(repository: string, tag: string | undefined, bytes: Uint8Array, mediaType: string): string;
  /** Stores an image with its whole closure. */
  seed(repository: string, tag: string | undefined, content: SampleManifest): void;
  close(): Promise<void>;
}

/** Starts an in-memory registry; correct unless told otherwise. */
export async function startQuirkRegistry(setup: QuirkRegistrySetup = {}): Promise<QuirkRegistry> {
  const state = new RegistryState(setup.discardsContent === true);
  const context: RegistryContext = {
    state,
    quirks: setup.quirks ?? {},
    counters: new Map(),
    origin: '',
    elsewhere: '',
    access: setup.access ?? {},
  };
  const recorder = new Recorder('quirk registry', '');
  const elsewhereRecorder = new Recorder('quirk registry, second origin', '');
  let requestCount = 0;
  let connectionCount = 0;

  const listener = (isElsewhere: boolean) => (request: IncomingMessage, response: ServerResponse) => {
    const record = (isElsewhere ? elsewhereRecorder : recorder).record(request);
    requestCount += 1;
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    setup.onRequest?.(record, requestCount);
    // After the answer the rest of an unread body is drained, or the connection could not be used again.
    response.once('finish', () => request.resume());
    closeWhenIdle(request, response, context.quirks.keepAliveMs);
    const exchange = new Exchange(request, response, context, isElsewhere);
    answer(exchange).catch((error: Error) => {
      if (response.headersSent || response.destroyed || request.destroyed) response.destroy();
      else exchange.fail(500, 'UNKNOWN', `the fake itself failed: ${error.stack ?? error.message}`);
    });
  };
  const server = createServer(setup.tls, listener(false));
  const second = createServer(setup.tls, listener(true));
  server.on('connection', (socket: Socket) => {
    connectionCount += 1;
    socket.on('error', () => undefined);
  });
  const scheme = setup.tls === undefined ? 'http' : 'https';
  const host = `127.0.0.1:${await listen(server)}`;
  context.origin = recorder.origin = `${scheme}://${host}`;
  context.elsewhere = elsewhereRecorder.origin = `${scheme}://127.0.0.1:${await listen(second)}`;

  function seedManifest(repository: string, tag: string | undefined, given: Uint8Array, mediaType: string): string {
    const bytes = Buffer.from(given);
    const digest = digestOfBytes(bytes);
    state.repository(repository).manifests.set(digest, { bytes, mediaType });
    if (tag !== undefined) state.repository(repository).tags.set(tag, digest);
    return digest;
  }

  function seedBlob(repository: string, blob: SampleBlob | Uint8Array): string {
    if (!(blob instanceof Uint8Array)) {
      state.addSample(repository, blob);
      return blob.digest;
    }
    const digest = digestOfBytes(blob);
    state.addBlob(repository, digest, { sizeBytes: blob.length, open: () => [Buffer.from(blob)] });
    return digest;
  }

  function seed(repository: string, tag: string | undefined, content: SampleManifest): void {
    for (const blob of blobsOf(content)) if (blob.urls === undefined) state.addSample(repository, blob);
    for (const manifest of closureOf(content)) {
      seedManifest(repository, manifest === content ? tag : undefined, manifest.raw, manifest.mediaType);
    }
  }

  for (const [reference, content] of Object.entries(setup.content ?? {})) {
    const at = reference.lastIndexOf(':');
    seed(reference.slice(0, at), reference.slice(at + 1), content);
  }
  return {
    host,
    url: context.origin,
    elsewhere: context.elsewhere,
    state,
    records: recorder.records,
    elsewhereRecords: elsewhereRecorder.records,
    requestCount: (method, path) =>
      recorder.records.filter(
        (one) => (method === undefined || one.method === method) && (path === undefined || path.test(one.url)),
      ).length,
    setQuirks: (quirks) => {
      context.quirks = quirks;
      context.counters.clear();
    },
    connectionCount: () => connectionCount,
    seedBlob,
    seedManifest,
    seed,
    close: async () => {
      await Promise.all([closeServer(server), closeServer(second)]);
    },
  };
}

const requestsOf = new WeakMap<Socket, number>();

// Not node's own keepAliveTimeout: that tells the client the time, and adds a second to it.
function closeWhenIdle(request: IncomingMessage, response: ServerResponse, delayMs: number | undefined): void {
  const { socket } = request;
  const number = (requestsOf.get(socket) ?? 0) + 1;
  requestsOf.set(socket, number);
  if (delayMs === undefined) return;
  const close = (): void => {
    if (requestsOf.get(socket) === number) socket.destroySoon();
  };
  response.once('finish', () => setTimeout(close, delayMs).unref());
}

const NAME = '([a-z0-9]+(?:[._/-]+[a-z0-9]+)*)';
const ROUTE = new RegExp(`^/v2/${NAME}/(?:(tags)/list|(manifests|blobs|referrers)/([^/]+)|blobs/(uploads)/([^/]*))$`);

async function answer(exchange: Exchange): Promise<void> {
  const { quirks, url, method } = exchange;
  const path = url.pathname;
  if (quirks.delayMs !== undefined) await pause(quirks.delayMs);
  if (isStopped(exchange)) return;
  if (path.startsWith('/signed/')) return serveSigned(exchange, path);
  if (path === '/token') return serveTokens(exchange);
  if (path === '/api/v2.0/projects') return isAllowed(exchange, undefined) ? serveProjects(exchange) : undefined;
  exchange.response.setHeader('docker-distribution-api-version', 'registry/2.0');
  if (path === '/v2/' && quirks.pingMissing === true) return exchange.page(404, '404 page not found');
  if (path === '/v2/') return isAllowed(exchange, undefined) ? exchange.json(200, {}) : undefined;
  if (path === '/v2/_catalog') return isAllowed(exchange, undefined) ? serveCatalog(exchange) : undefined;
  const found = ROUTE.exec(path);
  if (found === null) return exchange.fail(404, 'NAME_INVALID', 'no such path');
  const [, repository = '', tags, kind, name = '', uploads, session = ''] = found;
  if (!isAllowed(exchange, repository) || isWithoutProject(exchange, repository)) return;
  if (tags !== undefined && method === 'GET') return serveTags(exchange, repository);
  if (uploads !== undefined && session === '' && method === 'POST') return startUpload(exchange, repository);
  if (uploads !== undefined && session !== '') return continueUpload(exchange, repository, session);
  const isReading = method === 'GET' || method === 'HEAD';
  if (kind === 'referrers' && method === 'GET') return serveReferrers(exchange, repository, name);
  if (kind === 'blobs' && isReading) return serveBlob(exchange, repository, name);
  if (kind === 'blobs' && method === 'DELETE') {
    const isGone = exchange.state.repositories.get(repository)?.blobs.delete(name) === true;
    return isGone ? exchange.reply(202) : exchange.fail(404, 'BLOB_UNKNOWN', 'blob unknown to registry');
  }
  if (kind === 'manifests' && isReading) return serveManifest(exchange, repository, name);
  if (kind === 'manifests' && method === 'PUT') return storeManifest(exchange, repository, name);
  if (kind === 'manifests' && method === 'DELETE') return deleteManifest(exchange, repository, name);
  exchange.fail(405, 'UNSUPPORTED', 'The operation is unsupported.');
}
