import { parseChallenges } from '../../electron/engine/auth/challenge.ts';
import { CopyError } from '../../electron/engine/engine.ts';
import { namedPlace } from '../../electron/engine/http/redirects.ts';
import { retryAfterMs } from '../../electron/engine/http/retry-after.ts';
import { nextLink } from '../../electron/engine/registry/paging.ts';
import { readRegistryErrors } from '../../electron/oci/error-codes.ts';
import { childrenOf, parseManifest } from '../../electron/oci/manifest.ts';
import { OciError } from '../../electron/oci/oci-error.ts';
import { multiPlatform, nestedIndex, helmChart } from '../fakes/artifacts.ts';
import { generator } from '../fakes/fault-rules.ts';
import { image } from '../fakes/images.ts';
import type { Column, Tally } from './column.ts';

type Random = () => number;

const mostMs = 250;
const perPiece = 500;
const pool = [
  image({ seed: 'fuzz', layers: [1, 2, 3] }),
  image({ seed: 'fuzz', flavour: 'docker' }),
  multiPlatform(),
  multiPlatform({ flavour: 'docker', attestations: 'image' }),
  nestedIndex(),
  helmChart(),
].map(({ raw }) => raw.toString());
const inserts = [
  '',
  '"',
  '{',
  '}',
  '[',
  ']',
  ',',
  'null',
  '-1',
  '1e400',
  '9007199254740993',
  '"__proto__":{"polluted":1},',
  '"constructor":{"prototype":{"polluted":1}},',
  '"Layers":[],',
  '\\u0000',
  '\\ud800',
  '\ud800',
  '[[[[[[[[[[[[[[[[',
  '{"a":'.repeat(300),
  'x'.repeat(5000),
];
const pieces = [
  'Bearer ',
  'Basic ',
  'realm="',
  '"',
  '=',
  ',',
  ';',
  '<',
  '>',
  '/v2/_catalog?n=1&last=x',
  'rel="next"',
  'rel=next',
  'https://user:pw@host/',
  'http://',
  '//host:99999/',
  'file:///etc/passwd',
  'data:,x',
  '\\',
  '%',
  '%00',
  '%ff',
  '120',
  '1e9',
  '-5',
  '880.092µs',
  'Wed, 21 Oct 2015 07:28:00 GMT',
  '1700000000',
  '1700000000000',
  '3m1h',
  'ü',
  '\t',
  ' ',
  '__proto__',
  'a'.repeat(3000),
  '"'.repeat(200),
  ' ;'.repeat(2000),
  'x='.repeat(2000),
];

/** Documents and header values that nobody means well; nothing may be thrown but what parsers throw, slowly or into prototypes. */
export const fuzz: Column = {
  name: 'fuzz',
  unit: 'documents',
  open: async () => ({ piece: async (seed) => fuzzPiece(generator(seed)), close: async () => {} }),
};

function fuzzPiece(random: Random): Tally {
  let mostMsSeen = 0;
  let accepted = 0;
  for (let n = 0; n < perPiece; n++) {
    const text = mutilated(random);
    mostMsSeen = Math.max(
      mostMsSeen,
      timed(text, () => {
        accepted += isAccepted(text) ? 1 : 0;
        readRegistryErrors(text);
      }),
    );
    const value = headerValue(random);
    mostMsSeen = Math.max(
      mostMsSeen,
      timed(value, () => readHeader(value)),
    );
  }
  if (Object.keys(Object.prototype).length > 0 || 'polluted' in {}) throw new Error('a prototype was changed');
  return { documents: perPiece, 'header values': perPiece, accepted, 'most ms for one': Math.ceil(mostMsSeen) };
}

function timed(text: string, act: () => void): number {
  const startedMs = performance.now();
  try {
    act();
  } catch (thrown) {
    if (!(thrown instanceof OciError) && !(thrown instanceof CopyError))
      throw new Error(`${String(thrown)} of ${JSON.stringify(text.slice(0, 2000))}`, { cause: thrown });
  }
  const spentMs = performance.now() - startedMs;
  if (spentMs <= mostMs) return spentMs;
  // a pause of the collector or of the machine does not come twice
  const againMs = repeatedMs(act);
  if (againMs > mostMs) throw new Error(`${Math.round(againMs)} ms for ${JSON.stringify(text.slice(0, 2000))}`);
  return againMs;
}

function repeatedMs(act: () => void): number {
  const startedMs = performance.now();
  try {
    act();
  } catch {
    // judged before
  }
  return performance.now() - startedMs;
}

function isAccepted(text: string): boolean {
  for (const { digest, size } of childrenOf(parseManifest(Buffer.from(text)))) {
    if (!/^sha(?:256:[a-f0-9]{64}|512:[a-f0-9]{128})$/.test(digest)) throw new Error(`a digest was taken: ${digest}`);
    if (!Number.isSafeInteger(size) || size < 0) throw new Error(`a size was taken: ${size}`);
  }
  return true;
}

function readHeader(value: string): void {
  const base = new URL('https://registry.test/v2/a/tags/list');
  const pauseMs = retryAfterMs({ 'retry-after': value }, 1_700_000_000_000);
  if (pauseMs !== undefined && !(pauseMs >= 0 && pauseMs <= 15 * 60_000)) throw new Error(`a pause of ${pauseMs} ms`);
  parseChallenges([value, value]);
  nextLink({ status: 200, url: base, headers: { link: value }, body: new Uint8Array() });
  const context = { side: 'source', op: 'x', subject: 'x', host: 'registry.test', method: 'GET' } as const;
  const place = namedPlace(value, base, context);
  if (place.protocol !== 'https:' || place.username !== '') throw new Error(`a place was taken: ${place.href}`);
}

function pick<Value>(values: readonly Value[], random: Random): Value {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error('there is nothing to choose from');
  return value;
}

function mutilated(random: Random): string {
  let text = pick(pool, random);
  for (let cuts = Math.floor(random() * 4); cuts >= 0; cuts--) {
    const at = Math.floor(random() * text.length);
    const dropped = random() < 0.5 ? 0 : Math.floor(random() * 12);
    text = text.slice(0, at) + pick(inserts, random) + text.slice(at + dropped);
  }
  return text;
}

function headerValue(random: Random): string {
  return Array.from({ length: Math.floor(random() * 12) }, () => pick(pieces, random)).join('');
}
