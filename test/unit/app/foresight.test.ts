import { describe, expect, test } from 'vitest';
import { Foresight } from '../../../electron/app/foresight.ts';
import type { PlannedImage } from '../../../electron/contract/models.ts';
import type { Vendor } from '../../../electron/engine/engine.ts';

const signal = new AbortController().signal;
const nothing = { toSend: 0, toMount: 0, present: 0 };
const image: PlannedImage = {
  source: 's.io/a:1',
  destination: 'harbor.test/team/a:1',
  action: 'copy',
  manifests: 1,
  blobs: nothing,
  bytes: { ...nothing, toSend: 500 },
  notices: [],
};
const over = (vendor: Vendor | undefined) => new Foresight(() => Promise.resolve(vendor));
const harbor = (facts: object): Vendor => ({
  kind: 'harbor',
  foresee: () => Promise.resolve({ project: 'team', ...facts }),
});

describe('what a vendor lets foresee', () => {
  test.each([
    ['a missing project', { hasProject: false }, 'not-found', 'create-project'],
    ['no right to push', { mayPush: false }, 'forbidden', undefined],
    ['a protected tag', { isTagImmutable: true }, 'conflict', 'immutable-tag'],
    ['too little quota', { quotaLeftBytes: 499 }, 'full', 'quota'],
  ])('makes the plan fail for %s, with its remedy', async (_, facts, kind, hint) => {
    const seen = await over(harbor(facts)).look({ ...image, digest: 'a', previousDigest: 'b' }, signal);
    expect(seen).toMatchObject({ action: 'fail', failure: { kind, side: 'destination' } });
    expect(seen.failure?.hint).toBe(hint);
    expect(seen.failure?.remedy).not.toBe('');
  });

  test('leaves the plan as it is where all is well, nothing is known, or nobody answers', async () => {
    expect(await over(harbor({ quotaLeftBytes: 500 })).look(image, signal)).toBe(image);
    expect(await over(undefined).look(image, signal)).toBe(image);
    const broken = new Foresight(() => Promise.reject(new Error('down')));
    expect(await broken.look(image, signal)).toBe(image);
  });

  test('asks for a host once, and not for an image that is there', async () => {
    const asked: string[] = [];
    const foresight = new Foresight((host) => {
      asked.push(host);
      return Promise.resolve(undefined);
    });
    await foresight.look({ ...image, action: 'unchanged' }, signal);
    expect(asked).toEqual([]);
    await foresight.look(image, signal);
    await foresight.look(image, signal);
    expect(asked).toEqual(['harbor.test']);
  });
});
