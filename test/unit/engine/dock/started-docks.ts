import { connect } from 'node:net';
import { afterEach } from 'vitest';
import { memoryLibrary } from '../../../../electron/engine/content/memory-library.ts';
import type { DockOptions } from '../../../../electron/engine/dock/options.ts';
import { type Dock, startDock } from '../../../../electron/engine/dock/server.ts';

const docks: Dock[] = [];

afterEach(async () => {
  for (const dock of docks.splice(0)) await dock.close();
});

/** A dock on a free port that is closed after the test; writable, with a catalog, over an empty library unless told. */
export async function startTestDock(options: Partial<DockOptions> = {}): Promise<Dock> {
  const dock = await startDock({ library: memoryLibrary(), writable: true, catalog: true, ...options });
  docks.push(dock);
  return dock;
}

/** Sends raw bytes to a dock and gives everything it says until it closes the connection. */
export function say(dock: Dock, text: string | Uint8Array, timeoutMs = 5000): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(dock.url).port), '127.0.0.1');
    let said = '';
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`no end after ${timeoutMs} ms: ${said}`)));
    socket.on('data', (chunk) => (said += chunk.toString('latin1')));
    socket.once('close', () => resolve(said));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
    });
    socket.write(text);
  });
}
