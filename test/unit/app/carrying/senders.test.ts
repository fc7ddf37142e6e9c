import { describe, expect, test } from 'vitest';
import { FindingError } from '../../../../electron/app/findings.ts';
import { judgeSender, knownSenders, type KnownSender } from '../../../../electron/app/carrying/senders.ts';
import { parseDigest } from '../../../../electron/oci/digest.ts';

const digest = parseDigest(`sha256:${'a'.repeat(64)}`);
const [ours, theirs] = ['A', 'B'].map((letter) => Buffer.alloc(32, letter).toString('base64'));

/** A file with these images, signed by `signer`. */
function file(signer: string | undefined, ...names: readonly [host: string | undefined, path: string | undefined][]) {
  const descriptor = { mediaType: 'x', digest, size: 1 };
  const images = names.map(([host, path]) => ({
    host,
    path,
    tag: '1',
    name: undefined,
    descriptor,
    subject: undefined,
  }));
  return { name: 'out.tar', images, bundle: { set: digest, volumes: 1, created: undefined, signer } };
}

function codeOf(act: () => unknown): string {
  try {
    act();
    return 'taken';
  } catch (thrown) {
    if (thrown instanceof FindingError) return thrown.finding.code;
    throw thrown;
  }
}

describe('a sender', () => {
  const known: readonly KnownSender[] = [{ names: 'q.example/team', signer: ours ?? '' }];

  test('is known for every host and first part of a path that came', () => {
    const judged = judgeSender(
      file(ours, ['q.example', 'team/app'], ['q.example', 'team/web'], [undefined, 'tools']),
      [],
      undefined,
    );
    expect(judged).toEqual({
      state: 'first',
      known: ['q.example/team', 'tools'].map((names) => ({ names, signer: ours })),
    });
  });

  test.each<
    [
      what: string,
      signer: string | undefined,
      host: string | undefined,
      path: string,
      wanted: string | undefined,
      end: string,
    ]
  >([
    ['the same', ours, 'q.example', 'team/other', undefined, 'taken'],
    ['another one', theirs, 'q.example', 'team/app', undefined, 'signer-changed'],
    ['nobody', undefined, 'q.example', 'team/app', undefined, 'signer-missing'],
    ['nobody, with the host left out', undefined, undefined, 'team/app', undefined, 'signer-missing'],
    ['another one for other images', theirs, 'q.example', 'teams/app', undefined, 'taken'],
    ['another one for another host', theirs, 'r.example', 'team/app', undefined, 'taken'],
    ['anybody, when that was asked for', theirs, 'q.example', 'team/app', 'any', 'taken'],
    ['another one, who was named', theirs, 'q.example', 'team/app', theirs, 'taken'],
    ['who was not named', theirs, 'q.example', 'team/app', ours, 'signer-other'],
    ['nobody, though one was named', undefined, 'q.example', 'team/app', ours, 'signer-none'],
  ])('%s', (_what, signer, host, path, wanted, end) => {
    expect(codeOf(() => judgeSender(file(signer, [host, path]), known, wanted))).toBe(end);
  });

  test('who was named is known from then on; anybody teaches nothing', () => {
    expect(judgeSender(file(theirs, ['q.example', 'team/app']), known, theirs).known).toEqual([
      { names: 'q.example/team', signer: theirs },
    ]);
    expect(judgeSender(file(theirs, ['q.example', 'team/app']), known, 'any').known).toBe(known);
  });

  test('is forgotten rather than believed when what was kept cannot be read', () => {
    expect(knownSenders.read(known)).toEqual(known);
    for (const kept of [undefined, {}, [{ names: 1, signer: 'x' }], 'x'])
      expect(knownSenders.read(kept)).toBeUndefined();
  });
});
