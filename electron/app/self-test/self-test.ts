import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { checkState, checkText } from '../../contract/self-test-text.ts';
import type { Check, CheckId, SelfTest } from '../../contract/self-test.ts';
import { type Clock, type DataFolder, redactText, systemClock, withDeadline } from '../../engine/engine.ts';
import { checkDisk } from './disk-space.ts';
import { checkFolder } from './folder-access.ts';
import { type Found, found } from './found.ts';
import { checkLoopback, checkProxy } from './network.ts';
import { checkFuses, checkLibraries } from './program-files.ts';
import { checkCertificates, checkVersions, checkZstd } from './runtime.ts';
import { checkCache, checkDatabase, checkVault, type VaultOver } from './storage.ts';

/** What a self-test works with. */
export interface SelfTestParts {
  readonly version: string;
  /** Finds the data folder and makes it; rejects `disk` when it cannot be used. */
  readonly folder: () => Promise<DataFolder>;
  readonly vault: VaultOver;
  /** What keeps the key of the vault: `passphrase`, or the desktop's key store by its name. */
  readonly keeper: string;
  /** The packaged desktop's own file, which has fuses; undefined elsewhere. */
  readonly fusedProgram?: string | undefined;
  /** The proxy of the settings, of the program or of the machine. */
  readonly setProxy?: () => Promise<string | undefined>;
  readonly clock?: Clock;
}

type Work = (signal: AbortSignal) => Found | Promise<Found>;

const longestMs = 20_000;

/** What a check of storage found that broke, by check. */
const broken: Partial<Record<CheckId, 'database-broken' | 'cache-broken' | 'vault-broken' | 'folder-unusable'>> = {
  folder: 'folder-unusable',
  database: 'database-broken',
  cache: 'cache-broken',
  vault: 'vault-broken',
};

/** Looks at everything that a self-test looks at. Rejects only when `signal` fires. */
export async function runSelfTest(parts: SelfTestParts, signal: AbortSignal): Promise<SelfTest> {
  const { clock = systemClock, version } = parts;
  const checks: Check[] = [];
  const check = async (id: CheckId, work: Work): Promise<void> => {
    const startedMs = clock.monotonicMs();
    const { code, values } = await settled(id, work, clock, signal);
    const told = checkText({ code, values }, 'en');
    const milliseconds = Math.round(clock.monotonicMs() - startedMs);
    checks.push({ id, state: checkState(code), code, values, ...told, milliseconds });
  };
  await check('versions', () => checkVersions(version));
  await check('zstd', checkZstd);
  await check('certificates', checkCertificates);
  let place: { readonly folder: DataFolder; readonly scratch: string } | undefined;
  try {
    await check('folder', async (stop) => {
      const folder = await parts.folder();
      const scratch = await mkdtemp(join(folder.path, 'self-test-'));
      place = { folder, scratch };
      return checkFolder(folder, scratch, stop);
    });
    const { scratch, folder } = place ?? {};
    const inFolder = (work: (scratch: string, stop: AbortSignal) => Promise<Found>): Work => {
      return (stop) => (scratch === undefined ? found('folder-needed') : work(scratch, stop));
    };
    await check('database', inFolder(checkDatabase));
    await check('cache', inFolder(checkCache));
    await check(
      'vault',
      inFolder((path, stop) => checkVault(path, parts.vault, parts.keeper, stop)),
    );
    await check('loopback', checkLoopback);
    await check('proxy', () => checkProxy(process.env, parts.setProxy));
    await check(
      'disk',
      inFolder(() => checkDisk(folder?.path ?? '')),
    );
  } finally {
    if (place !== undefined) await rm(place.scratch, { recursive: true, force: true, maxRetries: 5 });
  }
  await check('fuses', (stop) => checkFuses(parts.fusedProgram, stop));
  await check('libraries', () => checkLibraries(process.execPath, process.platform));
  return { ok: checks.every(({ state }) => state !== 'failed'), checks };
}

/** What a check found, whatever becomes of it. */
async function settled(id: CheckId, work: Work, clock: Clock, signal: AbortSignal): Promise<Found> {
  signal.throwIfAborted();
  const late = new Error('late');
  try {
    // what hears of no signal is left alone when its time is over
    return await withDeadline(
      clock,
      longestMs,
      signal,
      () => late,
      (stop) => Promise.race([aborted(stop), work(stop)]),
    );
  } catch (thrown) {
    signal.throwIfAborted();
    if (thrown === late) return found('check-late', { seconds: String(longestMs / 1000) });
    const text = thrown instanceof Error ? thrown.message : String(thrown);
    return found(broken[id] ?? 'check-broken', { problem: redactText(text).slice(0, 2000) });
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
