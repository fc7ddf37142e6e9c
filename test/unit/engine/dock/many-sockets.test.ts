import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { memoryLibrary } from '../../../../electron/engine/content/memory-library.ts';
import { putBlob } from '../../../../electron/engine/content/put-content.ts';
import { blob } from '../../../fakes/images.ts';
import { call } from '../../../fakes/plain-http.ts';
import { startTestDock } from './started-docks.ts';

const slowClients = fileURLToPath(new URL('slow-clients.ts', import.meta.url));

function openFiles(): number {
  return readdirSync('/proc/self/fd').length;
}

// Only Linux has all of 127.0.0.0/8 without being told so.
test.runIf(process.platform === 'linux')(
  '1,000 connections that never end their request hinder nobody, and all are closed',
  async () => {
    const library = memoryLibrary();
    const content = blob(2_000_000, 'wanted');
    const { digest } = await putBlob(library, 'a', content.bytes());
    const dock = await startTestDock({ library, limits: { headersMs: 3000 } });
    const before = openFiles();
    const port = new URL(dock.url).port;
    const child = spawn(process.execPath, [slowClients, port, '1000'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const said: string[] = [];
    const lines = createInterface(child.stdout);
    lines.on('line', (line) => said.push(line));
    try {
      await expect.poll(() => said, { timeout: 20_000 }).toContain('connected');
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => call('GET', `${dock.url}/v2/a/blobs/${digest}`)),
      );
      for (const { body } of answers) expect(body.length).toBe(2_000_000);
      await expect.poll(() => said, { timeout: 20_000 }).toContain('closed');
      await expect.poll(openFiles, { timeout: 5000 }).toBeLessThan(before + 30);
    } finally {
      lines.close();
      child.kill('SIGKILL');
    }
  },
);

test('a flood of HEAD requests and of connections that leave early costs no open file', async () => {
  const library = memoryLibrary();
  const { digest } = await putBlob(library, 'a', blob(5_000_000, 'left').bytes());
  const dock = await startTestDock({ library });
  const url = `${dock.url}/v2/a/blobs/${digest}`;
  const before = process.getActiveResourcesInfo().length;
  for (let round = 0; round < 10; round++) {
    const heads = Array.from({ length: 50 }, () => call('HEAD', url));
    const leaving = Array.from({ length: 20 }, async () => {
      const controller = new AbortController();
      const answer = await fetch(url, { signal: controller.signal });
      expect(answer.status).toBe(200);
      controller.abort();
    });
    for (const { status } of await Promise.all(heads)) expect(status).toBe(200);
    await Promise.all(leaving);
  }
  await expect.poll(() => process.getActiveResourcesInfo().length, { timeout: 5000 }).toBeLessThan(before + 60);
});
