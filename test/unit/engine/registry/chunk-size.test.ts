import { describe, expect, test } from 'vitest';
import { Hosts } from '../../../../electron/engine/http/hosts.ts';
import { defaultLimits } from '../../../../electron/engine/http/limits.ts';
import { copyError, CopyError } from '../../../../electron/engine/kernel/errors.ts';
import type { RepositoryContext } from '../../../../electron/engine/registry/context.ts';
import {
  chunkBytesOf,
  halveChunks,
  learnFromChunks,
  learnFromWhole,
  needsChunks,
  obeyMinimum,
  wholeBodyArrived,
} from '../../../../electron/engine/registry/chunk-size.ts';
import { quirksOf } from '../../../../electron/engine/registry/quirks.ts';
import { FakeClock } from '../../../fakes/clock.ts';

const mebibyte = 2 ** 20;

function contextOf(host = 'registry.test'): RepositoryContext {
  const hosts = new Hosts({
    clock: new FakeClock(),
    random: () => 0,
    limits: defaultLimits,
    streamsPerHost: 1,
    proxy: {},
    settings: new Map(),
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nothing else of it is looked at
  return { host: hosts.get(host) } as RepositoryContext;
}

const facts = { side: 'destination', op: 'upload.put', subject: 'x' } as const;
const refused = (status: number, code = ''): CopyError =>
  copyError(status === 405 ? 'unsupported' : 'refused', {
    ...facts,
    http: { method: 'PUT', url: 'https://x/', status },
    codes: code === '' ? [] : [code],
  });
const cut = (): CopyError => copyError('unreachable', { ...facts, hint: 'line-broken', advice: { do: 'again' } });
const adviceOf = (thrown: unknown): string => (thrown instanceof CopyError ? thrown.advice.do : 'none');

describe('a body that was refused as a whole', () => {
  test('413: chunks from then on, half as large as it at most', () => {
    const context = contextOf();
    expect(needsChunks(context, 100 * mebibyte)).toBe(false);
    expect(adviceOf(learnFromWhole(context, 100 * mebibyte, refused(413)))).toBe('again');
    expect(chunkBytesOf(context)).toBe(8 * mebibyte);
    expect(needsChunks(context, 100 * mebibyte)).toBe(true);
    expect(needsChunks(context, mebibyte)).toBe(false);
    expect(adviceOf(learnFromWhole(context, 6 * mebibyte, refused(413)))).toBe('again');
    expect(chunkBytesOf(context)).toBe(3 * mebibyte);
  });

  test('413 below a mebibyte has no remedy here', () => {
    const context = contextOf();
    expect(adviceOf(learnFromWhole(context, mebibyte, refused(413)))).toBe('never');
    expect(needsChunks(context, mebibyte)).toBe(false);
  });

  test('one cut is a line, two in a row are a limit', () => {
    const context = contextOf();
    learnFromWhole(context, 100 * mebibyte, cut());
    expect(needsChunks(context, 100 * mebibyte)).toBe(false);
    wholeBodyArrived(context);
    learnFromWhole(context, 100 * mebibyte, cut());
    expect(needsChunks(context, 100 * mebibyte)).toBe(false);
    learnFromWhole(context, 100 * mebibyte, cut());
    expect(needsChunks(context, 100 * mebibyte)).toBe(true);
  });

  test('a redirect after it had flowed', () => {
    const context = contextOf();
    expect(adviceOf(learnFromWhole(context, 20 * mebibyte, refused(307)))).toBe('again');
    expect(needsChunks(context, 20 * mebibyte)).toBe(true);
  });

  test('not understood twice, or not supported: everything goes in chunks, but for nothing', () => {
    for (const errors of [[refused(400, 'BLOB_UPLOAD_INVALID'), refused(400, 'BLOB_UPLOAD_INVALID')], [refused(405)]]) {
      const context = contextOf();
      for (const error of errors) learnFromWhole(context, 100, error);
      expect([needsChunks(context, 100), needsChunks(context, 0)]).toEqual([true, false]);
    }
  });

  test('other errors teach nothing, and what is no CopyError passes', () => {
    const context = contextOf();
    for (const error of [refused(400), refused(403), new Error('x'), 'text']) {
      expect(learnFromWhole(context, 100 * mebibyte, error)).toBe(error);
    }
    expect(needsChunks(context, 100 * mebibyte)).toBe(false);
  });
});

describe('chunks that are not supported', () => {
  const noChunks = copyError('unsupported', {
    ...facts,
    op: 'upload.chunk',
    http: { method: 'PATCH', url: 'x', status: 405 },
  });

  test('bodies go whole for good; nothing swings back and forth', () => {
    const context = contextOf();
    learnFromWhole(context, 100 * mebibyte, refused(413));
    expect(adviceOf(learnFromChunks(context, noChunks))).toBe('again');
    expect(needsChunks(context, 100 * mebibyte)).toBe(false);
    expect(adviceOf(learnFromWhole(context, 100 * mebibyte, refused(413)))).toBe('never');
    expect(adviceOf(learnFromChunks(context, noChunks))).toBe('never');
  });

  test('both refused ends', () => {
    const context = contextOf();
    expect(adviceOf(learnFromWhole(context, 100, refused(405)))).toBe('again');
    expect(adviceOf(learnFromChunks(context, noChunks))).toBe('never');
  });

  test('Google Artifact Registry is known beforehand', () => {
    const context = contextOf('europe-docker.pkg.dev');
    expect(adviceOf(learnFromWhole(context, 100 * mebibyte, refused(413)))).toBe('never');
    expect(needsChunks(context, 100 * mebibyte)).toBe(false);
  });
});

describe('sizes', () => {
  test('halve down to a mebibyte, and then give the cause', () => {
    const context = contextOf();
    const cause = refused(413);
    const sizes: number[] = [];
    for (let at = 0; at < 3; at++) {
      halveChunks(context, cause);
      sizes.push(chunkBytesOf(context) / mebibyte);
    }
    expect(sizes).toEqual([4, 2, 1]);
    expect(() => halveChunks(context, cause)).toThrow(cause);
  });

  test('ECR takes nothing below five mebibytes', () => {
    const context = contextOf('123456789012.dkr.ecr.eu-west-1.amazonaws.com');
    halveChunks(context, refused(413));
    expect(chunkBytesOf(context)).toBe(5 * mebibyte);
    expect(() => halveChunks(context, refused(413))).toThrow(CopyError);
  });

  test.each([
    ['2097152', 2 * mebibyte],
    ['0', mebibyte],
    ['-1', mebibyte],
    ['many', mebibyte],
    [String(2 ** 40), mebibyte],
    ['1e3', mebibyte],
  ])('OCI-Chunk-Min-Length %s', (value, smallest) => {
    const context = contextOf();
    const answer = {
      status: 202,
      headers: { 'oci-chunk-min-length': value },
      url: new URL('https://x/'),
      body: new Uint8Array(),
    };
    obeyMinimum(context, answer);
    learnFromWhole(context, 2.5 * mebibyte, refused(413));
    expect(chunkBytesOf(context)).toBe(Math.max(smallest, 1.25 * mebibyte));
  });
});

test.each([
  ['123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn', 'Amazon ECR'],
  ['public.ecr.aws', 'Amazon ECR'],
  ['eu.gcr.io', 'Google Artifact Registry'],
  ['gcr.io:443', 'Google Artifact Registry'],
  ['us-docker.pkg.dev', 'Google Artifact Registry'],
  ['gcr.io.example.com', undefined],
  ['notgcr.io', undefined],
  ['dkr.ecr.example.com', undefined],
])('%s is of %s', (host, vendor) => expect(quirksOf(host)?.vendor).toBe(vendor));
