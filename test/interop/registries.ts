import type { Credential } from '../../electron/engine/ports/credentials.ts';
import { afterwards, proxy } from '../engine/harness.ts';
import type { Exchange, FaultProxy } from '../fakes/fault-proxy.ts';
import {
  type DockerRegistry,
  type DockerRegistryOptions,
  hasPeer,
  type PeerName,
  startDockerRegistry,
} from '../fakes/peers.ts';

/** Why a suite is skipped, for its name; empty when every program is there. */
export function missing(...names: readonly PeerName[]): string {
  const absent = names.filter((name) => !hasPeer(name));
  return absent.length === 0 ? '' : ` (skipped: ${absent.join(' and ')} not installed)`;
}

/** A real registry with a line before it that keeps a log. */
export interface Peer {
  readonly registry: DockerRegistry;
  readonly line: FaultProxy;
  /** What references say. */
  readonly host: string;
}

/** A docker-registry that stops after the test; all that goes there goes through its line. */
export async function peer(options: DockerRegistryOptions = {}): Promise<Peer> {
  // relative addresses keep uploads on the line
  const registry = await startDockerRegistry({ relativeUrls: true, ...options });
  afterwards(() => registry.stop());
  const line = await proxy(registry.host);
  return { registry, line, host: line.host };
}

/** The requests at a peer that match. */
export function requestsOf(at: Peer, method?: string, path?: RegExp): readonly Exchange[] {
  return at.line.exchanges.filter(
    ({ request }) =>
      (method === undefined || request.method === method) && (path === undefined || path.test(request.url)),
  );
}

/** One credential a host. */
export function credentialsFor(known: Readonly<Record<string, { user: string; password: string }>>) {
  return {
    credentialFor: async (host: string): Promise<Credential | undefined> => {
      const found = known[host];
      return found === undefined ? undefined : { kind: 'basic', ...found };
    },
  };
}
