import { spawn } from 'node:child_process';

/** How a run of skopeo ended; `status` is null if it was killed at its time limit. */
export interface SkopeoRun {
  readonly status: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs skopeo; flags such as `--src-tls-verify=false` are the caller's. */
export function skopeo(args: readonly string[], timeoutMs = 60_000): Promise<SkopeoRun> {
  return new Promise((resolve, reject) => {
    const child = spawn('skopeo', ['--insecure-policy', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      // A home of its own: whatever logins or proxies the machine has must not decide a test.
      env: { PATH: process.env['PATH'], HOME: '/nonexistent', REGISTRY_AUTH_FILE: '/nonexistent/auth.json' },
    });
    const stdout: Buffer[] = [];
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, stdout: Buffer.concat(stdout), stderr }));
  });
}

/** The raw manifest bytes of `reference` (`repo:tag` or `repo@digest`) on a plain http `host`, as skopeo sees them. */
export async function skopeoRaw(host: string, reference: string, credentials?: string): Promise<Buffer> {
  const login = credentials === undefined ? [] : ['--creds', credentials];
  const run = await skopeo(['inspect', '--raw', '--tls-verify=false', ...login, `docker://${host}/${reference}`]);
  if (run.status !== 0) throw new Error(`skopeo inspect of ${host}/${reference}: ${run.stderr}`);
  return run.stdout;
}
