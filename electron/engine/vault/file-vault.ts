import { timingSafeEqual } from 'node:crypto';
import { OciError } from '../../oci/oci-error.ts';
import type { Disk } from '../kernel/disk.ts';
import { cancelledError, CopyError } from '../kernel/errors.ts';
import { unlessAborted } from '../kernel/single-flight.ts';
import type { Credential } from '../ports/credentials.ts';
import type { KeptCredential, Vault, VaultStanding } from '../ports/vault.ts';
import { decodeCredential, encodeCredential, registryOf, shownOf } from './records.ts';
import { readVaultFile, replaceVaultFile, vaultError } from './vault-disk.ts';
import { type Box, VaultKey } from './vault-key.ts';
import {
  formatVaultFile,
  type KeyFacts,
  parseVaultFile,
  sealedContent,
  type VaultFile,
  type VaultRecord,
} from './vault-file.ts';

/** Where the key of a vault comes from. Messages of its errors must name the file and no secret. */
export interface KeyMethod {
  /** False when this machine has no way to a key that protects. */
  isAvailable(): Promise<boolean>;
  /** A key for a new vault, and what has to be kept to have it again. */
  create(file: string, signal: AbortSignal): Promise<{ readonly facts: KeyFacts; readonly master: Uint8Array }>;
  /** The key that the facts lead to; it may be a wrong one. */
  open(facts: KeyFacts, file: string, signal: AbortSignal): Promise<Uint8Array>;
  /** The error for a key that does not open this vault, whose file is undamaged. */
  wrongKey(file: string): CopyError;
}

interface Unlocked {
  readonly key: VaultKey;
  readonly facts: string;
}

interface ReadFile {
  readonly content: VaultFile;
  readonly stamp: string;
}

const checkLabel = 'image-ferry vault 1: check';
const checkPlain = Buffer.from('image-ferry');

/**
 * A vault in one encrypted file. The key is asked for when a secret is first needed and kept until `lock`; a refused key is
 * remembered until then too, so that nobody is asked again for every image. Operations go one after another.
 */
export class FileVault implements Vault {
  readonly kind: 'passphrase' | 'desktop';
  readonly #disk: Disk;
  readonly #file: string;
  #method: KeyMethod;
  #queue: Promise<unknown> = Promise.resolve();
  #read: ReadFile | undefined;
  #unlocked: Unlocked | undefined;
  /** The content whose seal was last found right. */
  #sealed: VaultFile | undefined;
  #refusal: { readonly facts: string; readonly error: CopyError } | undefined;
  #locks = 0;

  /** `file` is a name in the folder of `disk`, which need not be there yet. */
  constructor(kind: 'passphrase' | 'desktop', disk: Disk, file: string, method: KeyMethod) {
    this.kind = kind;
    this.#disk = disk;
    this.#file = file;
    this.#method = method;
  }

  get(host: string, signal: AbortSignal): Promise<Credential | undefined> {
    return this.#alone(signal, async () => {
      const registry = registryOf(host);
      const file = await this.#load(signal);
      const record = file?.records.find(({ host }) => host === registry);
      if (file === undefined || record === undefined) return undefined;
      return this.#credential(record, await this.#unlock(file, signal));
    });
  }

  set(host: string, credential: Credential, signal: AbortSignal): Promise<void> {
    return this.#alone(signal, async () => {
      const registry = registryOf(host);
      const plain = encodeCredential(credential);
      const file = (await this.#load(signal)) ?? (await this.#create(signal));
      const key = await this.#unlock(file, signal);
      const others = file.records.filter((record) => record.host !== registry);
      const box = key.box(plain, labelOf(registry, credential.kind), [file.check, ...file.records]);
      plain.fill(0);
      const records = [...others, { host: registry, kind: credential.kind, ...box }];
      await this.#save({ ...file, records: records.sort((a, b) => (a.host < b.host ? -1 : 1)) }, key, signal);
    });
  }

  remove(host: string, signal: AbortSignal): Promise<boolean> {
    return this.#alone(signal, async () => {
      const registry = registryOf(host);
      const file = await this.#load(signal);
      const records = file?.records.filter((record) => record.host !== registry);
      if (file === undefined || records?.length === file.records.length) return false;
      await this.#save({ ...file, records: records ?? [] }, await this.#unlock(file, signal), signal);
      return true;
    });
  }

  list(signal: AbortSignal): Promise<readonly KeptCredential[]> {
    return this.#alone(signal, async () => {
      const file = await this.#load(signal);
      if (file === undefined) return [];
      const open = this.#unlocked?.facts === factsOf(file) ? await this.#unlock(file, signal) : undefined;
      if (open === undefined) return file.records.map(({ host, kind }) => ({ host, kind }));
      return file.records.map((record) => shownOf(record.host, this.#credential(record, open)));
    });
  }

  standing(signal: AbortSignal): Promise<VaultStanding> {
    return this.#alone(signal, async () => {
      const file = await this.#load(signal);
      const isLocked = file === undefined || this.#unlocked?.facts !== factsOf(file);
      return { isThere: file !== undefined, isLocked, canKeep: await this.#method.isAvailable() };
    });
  }

  unlock(signal: AbortSignal): Promise<void> {
    return this.#alone(signal, async () => {
      this.#refusal = undefined;
      const file = await this.#load(signal);
      const opened = file ?? (await this.#create(signal));
      const key = await this.#unlock(opened, signal);
      if (file === undefined) await this.#save(opened, key, signal);
    });
  }

  lock(): void {
    this.#locks++;
    this.#unlocked?.key.wipe();
    this.#unlocked = undefined;
    this.#sealed = undefined;
    this.#refusal = undefined;
  }

  /** Encrypts everything anew under a key of another method, which this vault opens with from then on. */
  protected rekey(method: KeyMethod, signal: AbortSignal): Promise<void> {
    return this.#alone(signal, async () => {
      const locks = this.#locks;
      const file = await this.#load(signal);
      const kept = file === undefined ? [] : await this.#opened(file, signal);
      const { facts, master } = await method.create(this.#file, signal);
      const key = this.#hold(new VaultKey(master), locks);
      const content = emptyFile(facts, key);
      const boxes: Box[] = [content.check];
      const records = kept.map(([host, credential]): VaultRecord => {
        const box = key.box(encodeCredential(credential), labelOf(host, credential.kind), boxes);
        boxes.push(box);
        return { host, kind: credential.kind, ...box };
      });
      await this.#save({ ...content, records }, key, signal);
      this.lock();
      this.#method = method;
      this.#keep(key, content);
    });
  }

  /** One operation at a time: what one reads must still be so when it writes, and nobody is asked twice at once. */
  #alone<Value>(signal: AbortSignal, work: () => Promise<Value>): Promise<Value> {
    const turn = this.#queue.then(() => {
      if (signal.aborted) throw signal.reason;
      return work();
    });
    this.#queue = turn.catch(() => {});
    return unlessAborted(turn, signal);
  }

  /** What the file says now, another process may have written it; undefined when there is none. */
  async #load(signal: AbortSignal): Promise<VaultFile | undefined> {
    const found = await this.#disk.stat(this.#file);
    const stamp = found && `${found.sizeBytes} ${found.touchedMs}`;
    if (stamp !== undefined && this.#read?.stamp === stamp) return this.#read.content;
    const bytes = await readVaultFile(this.#disk, this.#file, signal);
    if (bytes === undefined) return undefined;
    try {
      const content = parseVaultFile(bytes);
      if (stamp !== undefined) this.#read = { content, stamp };
      return content;
    } catch (thrown) {
      if (!(thrown instanceof OciError)) throw thrown;
      if (thrown.reason === 'unsupported')
        throw vaultError('unsupported', this.#file, `was written by a later version: ${thrown.message}`, thrown);
      throw this.#damaged(thrown.message);
    }
  }

  async #create(signal: AbortSignal): Promise<VaultFile> {
    const locks = this.#locks;
    const { facts, master } = await this.#method.create(this.#file, signal);
    const key = this.#hold(new VaultKey(master), locks);
    const content = emptyFile(facts, key);
    this.#keep(key, content);
    return content;
  }

  async #unlock(file: VaultFile, signal: AbortSignal): Promise<VaultKey> {
    const facts = factsOf(file);
    if (this.#unlocked?.facts === facts) {
      this.#refuseBroken(file, this.#unlocked.key);
      return this.#unlocked.key;
    }
    if (this.#refusal?.facts === facts) throw this.#refusal.error;
    const locks = this.#locks;
    try {
      const key = this.#hold(new VaultKey(await this.#method.open(file.key, this.#file, signal)), locks);
      if (key.open(file.check, checkLabel) === undefined) throw this.#method.wrongKey(this.#file);
      this.#refuseBroken(file, key);
      this.#keep(key, file);
      return key;
    } catch (thrown) {
      if (thrown instanceof CopyError && thrown.kind !== 'cancelled' && locks === this.#locks)
        this.#refusal = { facts, error: thrown };
      throw thrown;
    }
  }

  #keep(key: VaultKey, content: VaultFile): void {
    this.#unlocked?.key.wipe();
    this.#unlocked = { key, facts: factsOf(content) };
    this.#sealed = content;
  }

  /** Throws when somebody without the key has taken records away, moved or renamed them. */
  #refuseBroken(file: VaultFile, key: VaultKey): void {
    if (file === this.#sealed) return;
    if (!timingSafeEqual(key.seal(sealedContent(file)), file.seal)) throw this.#damaged('its seal is wrong');
    this.#sealed = file;
  }

  /** The key, unless the vault was locked while it was made. */
  #hold(key: VaultKey, locks: number): VaultKey {
    if (locks === this.#locks) return key;
    key.wipe();
    throw cancelledError(this.#file);
  }

  async #opened(file: VaultFile, signal: AbortSignal): Promise<readonly (readonly [string, Credential])[]> {
    const key = await this.#unlock(file, signal);
    return file.records.map((record) => [record.host, this.#credential(record, key)] as const);
  }

  #credential({ host, kind, ...box }: VaultRecord, key: VaultKey): Credential {
    const plain = key.open(box, labelOf(host, kind));
    if (plain === undefined) throw this.#damaged(`its record for ${host} does not open`);
    try {
      return decodeCredential(kind, plain);
    } finally {
      plain.fill(0);
    }
  }

  async #save(content: Omit<VaultFile, 'seal'>, key: VaultKey, signal: AbortSignal): Promise<void> {
    const file: VaultFile = { ...content, seal: key.seal(sealedContent(content)) };
    this.#read = undefined;
    await replaceVaultFile(this.#disk, this.#file, formatVaultFile(file), signal);
  }

  #damaged(how: string): CopyError {
    return vaultError('integrity', this.#file, `is damaged, and was left as it is: ${how}`);
  }
}

function emptyFile(key: KeyFacts, opened: VaultKey): VaultFile {
  const check = opened.box(checkPlain, checkLabel, []);
  return { key, check, records: [], seal: opened.seal(sealedContent({ key, check, records: [] })) };
}

/** A record belongs to one registry and is of one kind: moved to another it does not open (SECURITY S-CRED-5). */
function labelOf(host: string, kind: Credential['kind']): string {
  return `image-ferry vault 1: ${kind} of ${host}`;
}

function factsOf(file: VaultFile): string {
  return JSON.stringify([file.key, Buffer.from(file.check.bytes).toString('base64')]);
}
