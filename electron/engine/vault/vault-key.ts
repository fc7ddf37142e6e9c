import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { cancelledError } from '../kernel/errors.ts';

/** Bytes under AES-256-GCM: the ciphertext with its tag behind it. */
export interface Box {
  readonly nonce: Uint8Array;
  readonly bytes: Uint8Array;
}

/** How many bytes of key a vault is opened with. */
export const keyBytes = 32;
/** A nonce of AES-GCM (NIST SP 800-38D, 8.2.2: 96 random bits). */
export const nonceBytes = 12;
/** The tag at the end of a box. */
export const tagBytes = 16;

/** The open key of a vault: encrypts records, and seals the file they stand in. */
export class VaultKey {
  readonly #boxes: Buffer;
  readonly #seals: Buffer;
  #isWiped = false;

  /** Takes `master` over: it is wiped here. */
  constructor(master: Uint8Array) {
    this.#boxes = Buffer.from(hkdfSync('sha256', master, '', 'image-ferry vault: boxes', keyBytes));
    this.#seals = Buffer.from(hkdfSync('sha256', master, '', 'image-ferry vault: seal', keyBytes));
    master.fill(0);
  }

  /** Encrypts `plain`, bound to `label`; the nonce is none of `used`. */
  box(plain: Uint8Array, label: string, used: readonly Box[]): Box {
    this.#refuseWiped();
    const nonce = freshNonce(used);
    const cipher = createCipheriv('aes-256-gcm', this.#boxes, nonce);
    cipher.setAAD(Buffer.from(label, 'utf8'));
    return { nonce, bytes: Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]) };
  }

  /** What was boxed under this key and `label`; undefined when it was not, or was changed since. */
  open(box: Box, label: string): Buffer | undefined {
    this.#refuseWiped();
    const decipher = createDecipheriv('aes-256-gcm', this.#boxes, box.nonce, { authTagLength: tagBytes });
    decipher.setAAD(Buffer.from(label, 'utf8'));
    decipher.setAuthTag(box.bytes.subarray(-tagBytes));
    const plain = decipher.update(box.bytes.subarray(0, -tagBytes));
    try {
      return Buffer.concat([plain, decipher.final()]);
    } catch {
      return undefined;
    } finally {
      plain.fill(0);
    }
  }

  /** What proves that `content` was written with this key. */
  seal(content: Uint8Array): Buffer {
    this.#refuseWiped();
    return createHmac('sha256', this.#seals).update(content).digest();
  }

  /** Drops the key; whatever asks for it afterwards is cancelled. */
  wipe(): void {
    this.#isWiped = true;
    this.#boxes.fill(0);
    this.#seals.fill(0);
  }

  #refuseWiped(): void {
    if (this.#isWiped) throw cancelledError('the locked vault');
  }
}

function freshNonce(used: readonly Box[]): Buffer {
  for (;;) {
    const nonce = randomBytes(nonceBytes);
    if (!used.some((box) => nonce.equals(box.nonce))) return nonce;
  }
}
