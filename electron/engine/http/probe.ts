import { connect } from 'node:tls';

/** What a port speaks; `nothing` when it refuses connections. */
export type Spoken = 'tls' | 'plain' | 'nothing';

const probeMs = 3000;

/** Asks `host[:port]` for a TLS handshake, and sends nothing else. */
export function probe(authority: string): Promise<Spoken> {
  const { hostname, port } = new URL(`https://${authority}`);
  return new Promise((resolve) => {
    const socket = connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port) || 443,
      rejectUnauthorized: false,
      timeout: probeMs,
    });
    let isConnected = false;
    const answer = (spoken: Spoken): void => {
      socket.destroy();
      resolve(spoken);
    };
    socket.once('connect', () => {
      isConnected = true;
    });
    socket.once('secureConnect', () => answer('tls'));
    socket.once('timeout', () => answer('plain'));
    socket.once('close', () => answer('plain'));
    // without a port the one of http may still answer
    socket.on('error', () => answer(isConnected || port === '' ? 'plain' : 'nothing'));
  });
}
