/** Which way a fault looks: at what the client sends or at what the upstream answers. */
export type Direction = 'request' | 'response';

/** What happens to a matched exchange; byte positions count body bytes, without framing. */
export type FaultAction =
  /** Wait before the head is passed on. */
  | { readonly kind: 'delay'; readonly delayMs: number }
  /** Pass `atByte` bytes, then nothing more and no end; -1 stalls before the head. */
  | { readonly kind: 'stall'; readonly atByte: number }
  /** Pass `atByte` bytes, then reset the client's connection; -1 resets before the head. */
  | { readonly kind: 'reset'; readonly atByte: number }
  /** Pass `atByte` bytes, then close the client's connection with FIN; -1 closes before the head. */
  | { readonly kind: 'end'; readonly atByte: number }
  /** Flip the lowest bit of the byte at that position. */
  | { readonly kind: 'flip'; readonly atByte: number }
  /** Pass bytes at this rate, one piece every 50 ms. */
  | { readonly kind: 'drip'; readonly bytesPerSecond: number }
  /** Response only: without Content-Length and framing, `atByte` bytes, then FIN. */
  | { readonly kind: 'end-unlengthed'; readonly atByte: number }
  /** Response only: change the head and, if given, the whole body. */
  | {
      readonly kind: 'replace';
      readonly status?: number;
      /** Set or, with `undefined`, removed; names in lower case. */
      readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>;
      readonly body?: string | Uint8Array;
    }
  /** Response only: change the Location header. */
  | { readonly kind: 'rewrite-location'; readonly rewrite: (location: string) => string }
  /** Response only: let the upstream finish, then reset the client's connection (a lost acknowledgement). */
  | { readonly kind: 'swallow' }
  /** Request only: answer without asking the upstream. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string | readonly string[]>>;
      readonly body?: string | Uint8Array;
    }
  /** Request only: 413 as soon as the body passes that size, then close without reading the rest. */
  | { readonly kind: 'limit-body'; readonly sizeBytes: number };

/** One fault: when and what. All matching rules of an exchange apply together. */
export interface FaultRule {
  /** Shown in the log of the proxy. */
  readonly name?: string;
  readonly method?: string;
  readonly path?: RegExp;
  readonly direction: Direction;
  /** Only the n-th match (from 1), or every one; every one if not given. */
  readonly nth?: number | 'every';
  /** At most that many times. */
  readonly times?: number;
  /** Strike by chance; repeatable from the seed, which the test must print. */
  readonly chance?: { readonly oneIn: number; readonly seed: number };
  readonly action: FaultAction;
}

/** Rules with their counters. */
export class FaultRules {
  #rules: { rule: FaultRule; matches: number; strikes: number; random: () => number }[] = [];

  /** Adds a rule; the returned function tells how often it struck. */
  add(rule: FaultRule): () => number {
    const entry = { rule, matches: 0, strikes: 0, random: generator(rule.chance?.seed ?? 1) };
    this.#rules.push(entry);
    return () => entry.strikes;
  }

  /** Removes all rules. */
  clear(): void {
    this.#rules = [];
  }

  /** The rules that strike this exchange; counts them. */
  strike(method: string, path: string): FaultRule[] {
    return this.#rules.flatMap((entry) => {
      const { rule } = entry;
      if (rule.method !== undefined && rule.method !== method) return [];
      if (rule.path !== undefined && !rule.path.test(path)) return [];
      entry.matches += 1;
      if (typeof rule.nth === 'number' && rule.nth !== entry.matches) return [];
      if (rule.times !== undefined && entry.strikes >= rule.times) return [];
      if (rule.chance !== undefined && entry.random() >= 1 / rule.chance.oneIn) return [];
      entry.strikes += 1;
      return [rule];
    });
  }
}

/** Repeatable numbers in [0, 1): mulberry32. */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
