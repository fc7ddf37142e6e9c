import type { Side } from '../../contract/errors.ts';
import type { HttpClient } from '../http/client.ts';
import type { Host } from '../http/hosts.ts';
import type { Meter } from '../kernel/meter.ts';
import type { Authorizer } from '../ports/authorizer.ts';
import { catalogScope } from '../rules/scopes.ts';
import { listPages } from './paging.ts';

/** Every repository of a host by `_catalog`, which many registries keep closed: the error then says so. */
export function listRepositories(
  client: HttpClient,
  authorizer: Authorizer,
  host: Host,
  context: { readonly side: Side; readonly meter: Meter },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const request = {
    host,
    ...context,
    scopes: [catalogScope],
    op: 'catalog.list',
    subject: host.name,
    target: '/v2/_catalog',
  };
  return listPages(client, authorizer, request, 'repositories', signal);
}
