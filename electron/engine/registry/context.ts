import type { Side } from '../../contract/errors.ts';
import { bareMediaType } from '../../oci/media-types.ts';
import { copyError, type CopyError, type ErrorFacts } from '../kernel/errors.ts';
import type { Meter } from '../kernel/meter.ts';
import type { ApiRequest, HttpClient } from '../http/client.ts';
import type { Host } from '../http/hosts.ts';
import type { HttpLimits } from '../http/limits.ts';
import { type ApiResponse, headerOf } from '../http/response.ts';
import type { Authorizer } from '../ports/authorizer.ts';
import { pullScope, pushScope, type Scope } from '../rules/scopes.ts';

/** What every request to one repository has in common. */
export interface RepositoryContext {
  readonly client: HttpClient;
  readonly authorizer: Authorizer;
  readonly host: Host;
  readonly path: string;
  readonly side: Side;
  readonly meter: Meter;
  readonly limits: HttpLimits;
}

/** The rights a request needs: reading at the source, reading and writing at the destination. */
export function scopesOf(context: RepositoryContext): readonly Scope[] {
  return [context.side === 'destination' ? pushScope(context.path) : pullScope(context.path)];
}

/** A request as its file writes it down; the context fills in the rest. */
export type RepositoryRequest = Pick<ApiRequest, 'method' | 'target' | 'op' | 'subject' | 'isIdempotent'> &
  Partial<ApiRequest>;

/** Sends a request of this repository. */
export function send(
  context: RepositoryContext,
  request: RepositoryRequest,
  signal: AbortSignal,
): Promise<ApiResponse> {
  const { client, authorizer, host, path, side, meter } = context;
  return client.send(
    { host, side, meter, repository: path, scopes: scopesOf(context), ...request },
    authorizer,
    signal,
  );
}

/** `/v2/<path>/<rest>`; the path was checked against the grammar, so it needs no escaping. */
export function apiPath(context: RepositoryContext, rest: string): string {
  return `/v2/${context.path}/${rest}`;
}

/** An error of this repository; the message begins with side and host. */
export function registryError(
  context: Pick<RepositoryContext, 'side' | 'host'>,
  kind: CopyError['kind'],
  what: string,
  facts: Pick<ErrorFacts, 'op' | 'subject'> & Partial<ErrorFacts>,
): CopyError {
  return copyError(kind, { side: context.side, message: `${context.side} ${context.host.name} ${what}`, ...facts });
}

/** Throws when a web page came where something else was due: a proxy or a sign-in page answers in the registry's place (F-13). */
export function refuseHtml(
  context: Pick<RepositoryContext, 'side' | 'host'>,
  response: ApiResponse,
  facts: Pick<ErrorFacts, 'op' | 'subject'>,
): void {
  if (bareMediaType(headerOf(response, 'content-type')) !== 'text/html') return;
  const what = `answered ${facts.op} of ${facts.subject} with a web page: something on the way answers in its place`;
  throw registryError(context, 'protocol', what, facts);
}
