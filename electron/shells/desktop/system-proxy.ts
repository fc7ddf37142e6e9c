import type { Session } from 'electron';

/** Settings are asked for an address; nothing is sent there. */
const anyRegistry = 'https://registry-1.docker.io/';

/** The first HTTP proxy of an answer in the words of proxy auto-configuration; undefined for a direct line. */
export function proxyOf(answer: string): string | undefined {
  for (const entry of answer.split(';')) {
    const [kind = '', address = ''] = entry.trim().split(/\s+/);
    if (kind.toUpperCase() === 'DIRECT') return undefined;
    const protocol = { PROXY: 'http', HTTP: 'http', HTTPS: 'https' }[kind.toUpperCase()];
    // a kind we do not speak, such as SOCKS, is passed over as browsers do with one that is down
    if (protocol !== undefined && URL.canParse(`${protocol}://${address}`)) return `${protocol}://${address}`;
  }
  return undefined;
}

/** The proxy that this machine takes to registries: its settings, or the script that they name. */
export async function systemProxy(session: Pick<Session, 'resolveProxy'>): Promise<string | undefined> {
  return proxyOf(await session.resolveProxy(anyRegistry));
}
