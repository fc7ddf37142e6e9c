import type { Side } from '../../contract/errors.ts';
import type { HttpClient } from '../http/client.ts';
import type { Host } from '../http/hosts.ts';
import type { Meter } from '../kernel/meter.ts';
import type { Authorizer } from '../ports/authorizer.ts';

/** Asks for the base of the API, which lets in whom the host knows (distribution-spec v1.1.1, "Determining Support"). */
export async function ping(
  client: HttpClient,
  authorizer: Authorizer,
  host: Host,
  context: { readonly side: Side; readonly meter: Meter },
  signal: AbortSignal,
): Promise<void> {
  const request = { host, ...context, scopes: [], op: 'ping', subject: host.name, target: '/v2/' };
  await client.send({ ...request, method: 'GET', isIdempotent: true }, authorizer, signal);
}
