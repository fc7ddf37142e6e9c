import { expect, test } from 'vitest';
import { memoryLibrary } from '../../../../electron/engine/content/memory-library.ts';
import type { Library } from '../../../../electron/engine/ports/library.ts';
import { isDigest } from '../../../../electron/oci/digest.ts';
import { isRepositoryPath, isTag } from '../../../../electron/oci/reference.ts';
import { call } from '../../../fakes/plain-http.ts';
import { fuzzSeed } from '../../fuzzing.ts';
import { say, startTestDock } from './started-docks.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const parts = [
  '/',
  '//',
  '..',
  '/../',
  '/./',
  '.',
  '%2e%2e',
  '%2f',
  '%00',
  '%',
  '\\',
  '\\..\\',
  'v2',
  '/v2/',
  '/v2//',
  'a',
  'A',
  'a/b',
  '_',
  '__',
  '-',
  'blobs',
  'manifests',
  'tags/list',
  'uploads',
  '/blobs/uploads/',
  '/manifests/',
  '/blobs/',
  '/referrers/',
  '_catalog',
  digest,
  digest.toUpperCase(),
  'sha256:..',
  'sha512:',
  ':',
  '@',
  '?',
  '?n=1',
  '#',
  ';',
  '&',
  '~',
  'etc/passwd',
  'C:',
  'con',
  'é',
  '\u0001',
  '\t',
  'x'.repeat(300),
  'http://other.example/v2/',
  '*',
  'latest',
  '1.0',
  'list',
  'token',
];

/** mulberry32: small, and the same on every machine. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A library that fails the test when a name reaches it that breaks a grammar. */
function suspicious(seen: string[]): Library {
  const library = memoryLibrary();
  return new Proxy(library, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...given: unknown[]) => {
        for (const text of given.filter((value) => typeof value === 'string')) {
          if (!isRepositoryPath(text) && !isTag(text) && !isDigest(text)) seen.push(text);
        }
        return Reflect.apply(member, target, given) as unknown;
      };
    },
  });
}

test(`5,000 raw targets end in a plain answer and bring no unchecked name to the library (FUZZ_SEED=${fuzzSeed})`, async () => {
  const seen: string[] = [];
  const dock = await startTestDock({ library: suspicious(seen) });
  const random = randomFrom(fuzzSeed);
  const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)] ?? '';
  const targets = Array.from({ length: 5000 }, () => {
    const pieces = Array.from({ length: 1 + Math.floor(random() * 6) }, () => pick(parts)).join('');
    return random() < 0.8 ? `/v2/${pieces}` : pieces;
  });
  const statuses = new Map<string, number>();
  const askNext = async (): Promise<void> => {
    for (let target = targets.pop(); target !== undefined; target = targets.pop()) {
      const method = pick(['GET', 'HEAD', 'GET', 'DELETE']);
      const said = await say(dock, Buffer.from(`${method} ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`));
      const status = /^HTTP\/1\.1 (\d{3}) /.exec(said)?.[1] ?? 'none';
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (!['200', '202', '400', '404', '405'].includes(status)) throw new Error(`${method} ${target}: ${said}`);
      if (/passwd|electron|node:|\.ts/.test(said)) throw new Error(`${method} ${target} tells too much: ${said}`);
    }
  };
  await Promise.all(Array.from({ length: 20 }, askNext));
  expect(seen).toEqual([]);
  expect(statuses.get('200') ?? 0, 'some of them are good').toBeGreaterThan(0);
});

test.each([
  '/v2/a/../b/tags/list',
  '/v2/a//b/tags/list',
  '/v2/%61/tags/list',
  '/v2/a%2fb/tags/list',
  '/v2/a\\b/tags/list',
  '/v2/A/tags/list',
  '/v2/./tags/list',
  `/v2/${'a'.repeat(256)}/tags/list`,
  `/v2/a/blobs/${digest.toUpperCase()}`,
  '/v2/a/blobs/sha256:..',
  `/v2/a/blobs/${digest}/`,
  `/v2/a/blobs/${digest}%00`,
  '/v2/a/manifests/../../x',
  '/etc/passwd',
  '//v2/',
  '/v2/a/tags/list/',
  `/v2/a/manifests/${'t'.repeat(129)}`,
  '/V2/',
  '/token',
])('refuses %s', async (target) => {
  const dock = await startTestDock();
  const said = await say(dock, `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  expect(said).toMatch(/^HTTP\/1\.1 (400|404) /);
  expect(said).toMatch(/"errors":\[\{"code":"[A-Z_]+"/);
});

test.each([
  ['-1', 400],
  ['0', 200],
  ['1000000000', 200],
  ['1e309', 400],
  ['', 400],
  ['1.5', 400],
  ['9'.repeat(400), 400],
  ['%00', 400],
])('answers n=%s with %i', async (n, status) => {
  const dock = await startTestDock();
  await call('PUT', `${dock.url}/v2/a/manifests/one`, { body: '{"schemaVersion":2,"manifests":[]}' });
  for (const path of ['_catalog', 'a/tags/list', `a/referrers/${digest}`]) {
    const answer = await call('GET', `${dock.url}/v2/${path}?n=${n}`);
    expect(`${path} ${answer.status}`).toBe(`${path} ${status}`);
  }
});
