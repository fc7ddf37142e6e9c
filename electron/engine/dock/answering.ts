import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../kernel/log.ts';
import type { Access } from './access.ts';
import { neededScope } from './access.ts';
import { answerRefusal, setCommonHeaders } from './answers.ts';
import { breakConnection } from './connection-end.ts';
import { plainAddress } from './client-address.ts';
import { assertMethod, dispatch } from './dispatch.ts';
import type { DockState, Exchange } from './exchange.ts';
import type { DockRequest } from './options.ts';
import { internalRefusal, refusal, refusalOf } from './refusal.ts';
import { parseRoute, type Route, splitTarget, type Target } from './routes.ts';

/** What answering needs besides the request. */
export interface AnsweringParts {
  readonly state: DockState;
  readonly access: Access;
  readonly isWritable: boolean;
  readonly hasCatalog: boolean;
  readonly logger: Logger;
  readonly onRequest: (request: DockRequest) => void;
}

/** What is known of a request by the time it ends. */
interface Told {
  path: string;
  user: string | undefined;
  route: Route | undefined;
}

const namespaceGrammar = /^[A-Za-z0-9.:[\]-]{1,255}$/;

/** Answers requests, one after the other way through: target, route, method, visitor, work; whatever is thrown becomes an answer. */
export class Answering {
  readonly #parts: AnsweringParts;
  readonly #open = new Set<AbortController>();

  constructor(parts: AnsweringParts) {
    this.#parts = parts;
  }

  /** Answers one request; never rejects. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const stop = new AbortController();
    // a socket that is gone has forgotten it
    const clientAddress = plainAddress(request.socket.remoteAddress ?? '');
    this.#open.add(stop);
    const sentBefore = request.socket.bytesWritten;
    const told: Told = { path: '', user: undefined, route: undefined };
    response.once('close', () => {
      stop.abort();
      this.#open.delete(stop);
      this.#tell(request, response, told, { clientAddress, sentBefore });
    });
    setCommonHeaders(response);
    try {
      const target = splitTarget(request.url ?? '');
      told.path = target.path;
      echoNamespace(response, target);
      const route = parseRoute(target.path);
      told.route = route;
      const exchange = await this.#admit(request, response, target, route, stop.signal, told);
      await dispatch(exchange, route, this.#parts.access.realm);
    } catch (thrown) {
      this.#refuse(request, response, thrown);
    }
  }

  /** Stops everything that is being answered. */
  close(): void {
    for (const stop of this.#open) stop.abort();
  }

  async #admit(
    request: IncomingMessage,
    response: ServerResponse,
    { path, query }: Target,
    route: Route,
    signal: AbortSignal,
    told: Told,
  ): Promise<Exchange> {
    const { state, access, isWritable, hasCatalog } = this.#parts;
    const method = request.method ?? '';
    assertMethod(route, method, isWritable);
    const isTokenRequest = route.kind === 'token';
    const visitor = isTokenRequest ? undefined : await access.admit(request, neededScope(route, method));
    if (route.kind === 'catalog' && !hasCatalog) throw refusal(404, 'DENIED', 'this registry lists no repositories');
    told.user = visitor?.user;
    return { ...state, request, response, path, query, signal, allows: (scope) => visitor?.allows(scope) ?? false };
  }

  #refuse(request: IncomingMessage, response: ServerResponse, thrown: unknown): void {
    const known = refusalOf(thrown);
    const isGone = response.destroyed || request.errored !== null;
    if (known === undefined && !isGone) {
      this.#parts.logger.log('error', 'the dock could not answer', { method: request.method, error: thrown });
    }
    // Once the head is out the only honest end is a broken one.
    if (response.headersSent || isGone) breakConnection(request.socket);
    else answerRefusal({ request, response, clock: this.#parts.state.clock }, known ?? internalRefusal());
  }

  #tell(
    request: IncomingMessage,
    response: ServerResponse,
    { path, user, route }: Told,
    { clientAddress, sentBefore }: { readonly clientAddress: string; readonly sentBefore: number },
  ): void {
    const facts = {
      method: request.method ?? '',
      path,
      status: response.headersSent ? response.statusCode : 0,
      sentBytes: request.socket.bytesWritten - sentBefore,
      user,
      clientAddress,
      isComplete: response.writableFinished,
      atMs: this.#parts.state.clock.wallMs(),
      ...subjectOf(route),
    };
    this.#parts.logger.log('debug', 'the dock answered', facts);
    this.#parts.onRequest(facts);
  }
}

function subjectOf(route: Route | undefined): Pick<DockRequest, 'repository' | 'reference'> {
  if (route === undefined || !('repository' in route)) return { repository: undefined, reference: undefined };
  const reference = 'reference' in route ? route.reference : 'digest' in route ? route.digest : undefined;
  return { repository: route.repository, reference };
}

/** containerd names the registry it mirrors in `ns` and likes to hear it back. */
function echoNamespace(response: ServerResponse, { query }: Target): void {
  const namespace = query.get('ns');
  if (namespace !== null && namespaceGrammar.test(namespace)) response.setHeader('OCI-Namespace', namespace);
}
