import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../../../electron/engine/kernel/clock.ts';
import type { Disk } from '../../../../electron/engine/kernel/disk.ts';
import { realDisk } from '../../../../electron/engine/kernel/durable-disk.ts';
import type { KeyWrapper, PassphraseSource } from '../../../../electron/engine/ports/vault.ts';

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vault-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A data folder that is not there yet, and is gone after the test. */
export async function dataFolder(): Promise<{ disk: Disk; folder: string; file: string }> {
  const folder = join(await temporaryFolder(), 'data');
  return { disk: realDisk(folder, systemClock), folder, file: join(folder, 'vault.json') };
}

/** Somebody who always types the same, and how often they were asked for what. */
export function typist(passphrase: string): { source: PassphraseSource; asked: ('open' | 'new')[] } {
  const asked: ('open' | 'new')[] = [];
  return {
    asked,
    source: async (purpose) => {
      asked.push(purpose);
      return new TextEncoder().encode(passphrase);
    },
  };
}

/** A key store of one user of one machine; another one cannot unwrap what this one wrapped. */
export class FakeKeyStore implements KeyWrapper {
  isThere = true;
  readonly #pad = randomBytes(32);
  readonly #mark = randomBytes(8);

  isAvailable(): Promise<boolean> {
    return Promise.resolve(this.isThere);
  }

  async wrap(key: Uint8Array): Promise<Uint8Array> {
    return Buffer.concat([this.#mark, key.map((byte, at) => byte ^ (this.#pad[at] ?? 0))]);
  }

  async unwrap(wrapped: Uint8Array): Promise<Uint8Array> {
    if (!this.#mark.equals(wrapped.subarray(0, 8))) throw new Error(`secret store says no to ${String(wrapped)}`);
    return wrapped.slice(8).map((byte, at) => byte ^ (this.#pad[at] ?? 0));
  }
}
