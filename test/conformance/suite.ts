import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJunit, type SpecResult } from './junit.ts';

/** The four workflows of the official suite, by the switches that turn them on. */
export const workflows = ['PULL', 'PUSH', 'CONTENT_DISCOVERY', 'CONTENT_MANAGEMENT'] as const;

/** Runs the official suite against a registry, all four workflows, and gives what its result file says. */
export async function runSuite(program: string, url: string, folder: string): Promise<readonly SpecResult[]> {
  const environment: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    OCI_ROOT_URL: url,
    OCI_NAMESPACE: 'conformance/app',
    OCI_CROSSMOUNT_NAMESPACE: 'conformance/other',
    // the dock mounts only from a repository that is named
    OCI_AUTOMATIC_CROSSMOUNT: '0',
    OCI_REPORT_DIR: folder,
    OCI_DEBUG: '0',
    OCI_HIDE_SKIPPED_WORKFLOWS: '0',
  };
  for (const workflow of workflows) environment[`OCI_TEST_${workflow}`] = '1';
  const child = spawn(program, [], { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  // it ends with 1 when a test failed: the result file is the judge
  await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const file = join(folder, 'junit.xml');
  try {
    return parseJunit(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new Error(`the suite left no result file:\n${output.slice(-3000)}`, { cause });
  }
}
