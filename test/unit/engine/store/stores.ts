import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Failure } from '../../../../electron/contract/errors.ts';
import type { ImageResult } from '../../../../electron/contract/models.ts';
import { type ProcessIdentity, thisProcess } from '../../../../electron/engine/kernel/process-identity.ts';
import type { JobIntent, Traffic } from '../../../../electron/engine/ports/journal.ts';
import { openStore, type Store, type StoreOptions } from '../../../../electron/engine/store/store.ts';

/** A signal that never fires. */
export const { signal } = new AbortController();

/** A process that ended with the machine's last start. */
export const deadProcess: ProcessIdentity = { ...thisProcess(), bootId: 'before' };

/** Traffic where every number is `n`. */
export function trafficOf(n: number): Traffic {
  return { bytes: { received: n, sent: n, reused: n }, requests: { source: n, destination: n, token: n } };
}

/** What a job needs to end well. */
export const wellDone = { ok: true, ...trafficOf(0) };

/** Stores in folders of their own, closed and removed by `clean`. */
export class Stores {
  readonly #open = new Set<Store>();
  readonly #folders: string[] = [];

  async folder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'ferry-store-'));
    this.#folders.push(folder);
    return folder;
  }

  async open(options: Partial<StoreOptions> = {}): Promise<Store> {
    const store = await openStore({ folder: options.folder ?? (await this.folder()), isOwner: true, ...options });
    this.#open.add(store);
    return store;
  }

  async clean(): Promise<void> {
    for (const store of this.#open) await store.close();
    this.#open.clear();
    for (const folder of this.#folders.splice(0)) await rm(folder, { recursive: true });
  }
}

/** A wish to copy; `of` makes wishes differ. */
export function intentOf(of: string, more: Partial<JobIntent> = {}): JobIntent {
  return { command: 'copy', fingerprint: of, title: `copy ${of}`, wish: { of }, account: 'operator', ...more };
}

/** How the image number `n` ended. */
export function resultOf(n: number | string, more: Partial<ImageResult> = {}): ImageResult {
  return {
    source: `source.example/team/app${n}:v1`,
    destination: `target.example/team/app${n}:v1`,
    outcome: 'copied',
    digest: `sha256:${'a'.repeat(64)}`,
    blobs: { sent: 1, mounted: 2, present: 3 },
    referrers: 0,
    seconds: 0.5,
    notices: [],
    ...more,
  };
}

/** A failure that says `message`. */
export function failureOf(message: string): Failure {
  return {
    kind: 'unavailable',
    side: 'destination',
    op: 'upload.chunk',
    subject: 'team/app',
    message,
    remedy: 'Run again later',
    codes: [],
  };
}
