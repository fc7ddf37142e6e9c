/** Boxes of Blowfish, as they are changed by a key. */
export interface BlowfishState {
  readonly subkeys: Uint32Array;
  /** Four boxes of 256, one behind the other. */
  readonly boxes: Uint32Array;
}

const rounds = 16;
const subkeyWords = rounds + 2;
const boxWords = 4 * 256;

let initial: Uint32Array | undefined;

/** The state before any key: the first bits of pi behind its point. */
export function newState(): BlowfishState {
  initial ??= piWords(subkeyWords + boxWords);
  return { subkeys: initial.slice(0, subkeyWords), boxes: initial.slice(subkeyWords) };
}

/** Enciphers the two words at `at` in place. */
export function encipher({ subkeys, boxes }: BlowfishState, words: Uint32Array, at: number): void {
  let left = word(words, at) ^ word(subkeys, 0);
  let right = word(words, at + 1);
  for (let round = 1; round <= rounds; round += 2) {
    right ^= mixed(boxes, left) ^ word(subkeys, round);
    left ^= mixed(boxes, right) ^ word(subkeys, round + 1);
  }
  words[at] = right ^ word(subkeys, rounds + 1);
  words[at + 1] = left;
}

/** Mixes a key, and a salt of four words, into the state (Provos and Mazières 1999, ExpandKey). */
export function expandKey(state: BlowfishState, key: Uint32Array, salt: Uint32Array): void {
  const { subkeys, boxes } = state;
  for (let at = 0; at < subkeyWords; at++) subkeys[at] = word(subkeys, at) ^ word(key, at % key.length);
  const pair = new Uint32Array(2);
  let from = 0;
  for (const words of [subkeys, boxes]) {
    for (let at = 0; at < words.length; at += 2) {
      pair[0] = word(pair, 0) ^ word(salt, from);
      pair[1] = word(pair, 1) ^ word(salt, from + 1);
      from = (from + 2) % 4;
      encipher(state, pair, 0);
      words[at] = word(pair, 0);
      words[at + 1] = word(pair, 1);
    }
  }
}

function mixed(boxes: Uint32Array, value: number): number {
  const sum = (word(boxes, value >>> 24) + word(boxes, 256 + ((value >>> 16) & 255))) | 0;
  return ((sum ^ word(boxes, 512 + ((value >>> 8) & 255))) + word(boxes, 768 + (value & 255))) | 0;
}

function word(words: Uint32Array, at: number): number {
  return words[at] ?? 0;
}

/** Pi behind its point in words of 32 bits, by Machin's formula: pi = 16 atan(1/5) - 4 atan(1/239). */
function piWords(count: number): Uint32Array {
  const guardBits = 64n;
  const bits = BigInt(count) * 32n;
  const one = 1n << (bits + guardBits);
  const pi = (16n * arctan(5n, one) - 4n * arctan(239n, one)) >> guardBits;
  const hex = (pi & ((1n << bits) - 1n)).toString(16).padStart(count * 8, '0');
  return Uint32Array.from({ length: count }, (_, at) => Number.parseInt(hex.slice(at * 8, at * 8 + 8), 16));
}

function arctan(inverse: bigint, one: bigint): bigint {
  let power = one / inverse;
  let sum = power;
  for (let divisor = 3n, sign = -1n; power > 0n; divisor += 2n, sign = -sign) {
    power /= inverse * inverse;
    sum += (sign * power) / divisor;
  }
  return sum;
}
