import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { jsonOf } from '../fakes/listening.ts';
import { hasPeer, startDockerRegistry } from '../fakes/peers.ts';
import { afterwards, registerEnds } from './harness.ts';

registerEnds();

const folder = join(import.meta.dirname, 'memory');
const GIB = 1024 ** 3;
const mostMiB = 180;

interface Report {
  readonly peakMiB: number;
  readonly failures: readonly string[];
  readonly bytes: { readonly received: number; readonly sent: number };
}

function run(
  script: string,
  ...args: string[]
): { child: ChildProcess; output: Promise<string>; first: Promise<string> } {
  const child = spawn(process.execPath, [join(folder, script), ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  afterwards(async () => void child.kill('SIGKILL'));
  let text = '';
  const first = Promise.withResolvers<string>();
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    if (text.includes('\n')) first.resolve(text.split('\n')[0] ?? '');
  });
  const output = new Promise<string>((resolve) => void child.once('close', () => resolve(text)));
  output.then(() => first.reject(new Error(`${script} ended`))).catch(() => undefined);
  first.promise.catch(() => undefined);
  return { child, output, first: first.promise };
}

async function copyIn(childArgs: readonly string[]): Promise<Report> {
  return jsonOf<Report>(await run('copy-child.ts', ...childArgs).output);
}

describe(`a large layer stays within ${mostMiB} MiB of memory`, () => {
  const name = hasPeer('docker-registry')
    ? 'docker-registry'
    : 'a registry that forgets (docker-registry is not installed)';

  test(`1 GiB to ${name}`, { timeout: 120_000 }, async () => {
    const source = await run('registry-child.ts', 'source', String(GIB)).first;
    const report = await copyIn([`${source}/big:1`, `${await realDestination()}/big:1`]);
    expect(report).toMatchObject({ failures: [] });
    expect(report.bytes.sent).toBeGreaterThan(GIB);
    expect(report.peakMiB, JSON.stringify(report)).toBeLessThan(mostMiB);
  });

  test('256 MiB to two registries at once, read once', { timeout: 120_000 }, async () => {
    const source = await run('registry-child.ts', 'source', String(GIB / 4)).first;
    const targets = await Promise.all([1, 2].map(() => run('registry-child.ts', 'destination').first));
    const report = await copyIn([source, ...targets].map((host) => `${host}/big:1`));
    expect(report).toMatchObject({ failures: [] });
    expect(report.bytes.sent).toBe(2 * report.bytes.received);
    expect(report.peakMiB, JSON.stringify(report)).toBeLessThan(mostMiB);
  });
});

async function realDestination(): Promise<string> {
  if (!hasPeer('docker-registry')) return run('registry-child.ts', 'destination').first;
  const registry = await startDockerRegistry();
  afterwards(() => registry.stop());
  return registry.host;
}
