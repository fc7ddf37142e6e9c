import { timingSafeEqual } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { encipher, expandKey, newState } from './blowfish.ts';

/** A password as htpasswd keeps it. */
export interface BcryptHash {
  /** Twofold more work with each. */
  readonly cost: number;
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
}

const grammar = /^\$2[aby]\$(\d\d)\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})$/;
const alphabet = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const plaintext = 'OrpheanBeholderScryDoubt';
const longestPassword = 72;
/** So much is done in one turn of the event loop: about 5 ms. */
const stepsAtOnce = 32;

/** The hash in its usual spelling; undefined for any other text. */
export function parseBcrypt(text: string): BcryptHash | undefined {
  const [, cost, salt, hash] = grammar.exec(text) ?? [];
  if (cost === undefined || salt === undefined || hash === undefined) return undefined;
  return { cost: Number(cost), salt: bytesOf(salt, 16), hash: bytesOf(hash, 23) };
}

/** True when the password has this hash; others get their turn meanwhile. */
export async function isPassword(password: string, { cost, salt, hash }: BcryptHash): Promise<boolean> {
  const bytes = Buffer.from(password, 'utf8').subarray(0, longestPassword);
  // bcrypt hashes the zero behind the text too, and repeats both
  const key = wordsOf(Buffer.concat([bytes, Buffer.of(0)]), 18);
  const saltKey = wordsOf(salt, 18);
  const nothing = new Uint32Array(4);
  const state = newState();
  expandKey(state, key, wordsOf(salt, 4));
  const steps = 2 ** cost;
  for (let step = 0; step < steps; step++) {
    if (step % stepsAtOnce === stepsAtOnce - 1) await setImmediate();
    expandKey(state, key, nothing);
    expandKey(state, saltKey, nothing);
  }
  const words = wordsOf(Buffer.from(plaintext, 'latin1'), 6);
  for (let at = 0; at < words.length; at += 2) for (let time = 0; time < 64; time++) encipher(state, words, at);
  const found = Buffer.alloc(24);
  words.forEach((word, at) => found.writeUInt32BE(word, at * 4));
  return timingSafeEqual(found.subarray(0, 23), hash);
}

/** Bytes, again and again, as so many words. */
function wordsOf(bytes: Uint8Array, count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, word) => {
    let value = 0;
    for (let byte = 0; byte < 4; byte++) value = (value << 8) | (bytes[(word * 4 + byte) % bytes.length] ?? 0);
    return value;
  });
}

/** bcrypt's own base64: another alphabet, no padding. */
function bytesOf(text: string, count: number): Uint8Array {
  let bits = 0n;
  for (const letter of text) bits = (bits << 6n) | BigInt(alphabet.indexOf(letter));
  const spare = BigInt(text.length * 6 - count * 8);
  return Buffer.from((bits >> spare).toString(16).padStart(count * 2, '0'), 'hex');
}
