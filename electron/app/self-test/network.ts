import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { type Found, found } from './found.ts';

/** Whether a program of this machine can listen on loopback and be reached there. */
export async function checkLoopback(signal: AbortSignal): Promise<Found> {
  const server = createServer((socket) => socket.on('error', () => {}).end('here'));
  try {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening', { signal });
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('no port');
    const socket = connect({ host: '127.0.0.1', port: address.port });
    try {
      const [answer]: unknown[] = await once(socket, 'data', { signal });
      if (String(answer) !== 'here') throw new Error('another program answers');
      return found('loopback-works');
    } finally {
      socket.destroy();
    }
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    return found('loopback-broken', { problem: thrown instanceof Error ? thrown.message : String(thrown) });
  } finally {
    server.close();
  }
}

/**
 * The proxy that registries are asked through: the one that is set, else the environment's, as curl reads it. Shown without
 * user and password.
 */
export async function checkProxy(
  environment: Readonly<Record<string, string | undefined>>,
  setProxy?: () => Promise<string | undefined>,
): Promise<Found> {
  const set = await setProxy?.();
  const setShown = set === undefined ? undefined : shownProxy(set);
  if (setShown !== undefined) return found('proxy-set', { proxy: setShown });
  const variable = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'].find((name) => environment[name]);
  if (variable === undefined) return found('proxy-none');
  const proxy = shownProxy(environment[variable] ?? '');
  if (proxy === undefined) return found('proxy-unreadable', { variable });
  return found('proxy-environment', { proxy, except: environment['no_proxy'] ?? environment['NO_PROXY'] ?? '-' });
}

/** Scheme, host and port; undefined for what is no address. */
function shownProxy(text: string): string | undefined {
  const spelled = text.includes('://') ? text : `http://${text}`;
  if (!URL.canParse(spelled)) return undefined;
  const { protocol, host } = new URL(spelled);
  return host === '' ? undefined : `${protocol}//${host}`;
}
