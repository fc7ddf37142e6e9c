// Runs before the tests. Installs the real peers of the tests where that is possible, and never fails.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { hasProgram } from '../../build/package/programs.ts';
import type { PeerName } from '../fakes/peers.ts';

const PACKAGES: readonly (readonly [program: PeerName | 'makensis', packageName: string])[] = [
  ['docker-registry', 'docker-registry'],
  ['skopeo', 'skopeo'],
  ['htpasswd', 'apache2-utils'],
  ['chromium', 'chromium'],
  ['makensis', 'nsis'],
];

const missing = PACKAGES.filter(([program]) => !hasProgram(program));
if (missing.length > 0) {
  const packages = missing.map(([, packageName]) => packageName);
  const reason = whyNot() ?? install(packages);
  process.stdout.write(
    reason === undefined
      ? `interop: installed ${packages.join(' ')} with apt-get\n`
      : `interop: ${missing.map(([program]) => program).join(', ')} missing (${reason}); the tests that need them are skipped\n`,
  );
}

function whyNot(): string | undefined {
  if (process.env['FERRY_INSTALL_PEERS'] === 'no') return 'FERRY_INSTALL_PEERS=no';
  if (!existsSync('/etc/debian_version') || !existsSync('/usr/bin/apt-get')) return 'not a Debian system';
  return process.getuid?.() === 0 ? undefined : 'not root';
}

function install(packages: readonly string[]): string | undefined {
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args: string[]): boolean => {
    const options = ['-qq', '-o', 'Acquire::Retries=1', '-o', 'DPkg::Lock::Timeout=60'];
    const run = spawnSync('apt-get', [...options, ...args], { stdio: 'ignore', env: environment, timeout: 240_000 });
    return run.status === 0;
  };
  const wanted = ['install', '-y', '--no-install-recommends', ...packages];
  if (!apt(...wanted) && !(apt('update') && apt(...wanted))) return 'apt-get could not install them';
  return missing.every(([program]) => hasProgram(program)) ? undefined : 'apt-get ran, they are still not there';
}
