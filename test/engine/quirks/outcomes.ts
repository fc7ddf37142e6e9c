import { afterEach, expect } from 'vitest';
import type { ErrorKind, Hint } from '../../../electron/contract/errors.ts';
import type { ImageResult } from '../../../electron/contract/models.ts';
import { assertNoSecretLeaked, forgetRecords } from '../../fakes/recorder.ts';
import type { Quirks } from '../../fakes/quirk-registry/server.ts';
import { openScene, type Scene, type SceneSetup } from './scene.ts';

/** How a copy ends that cannot end well. */
export interface Refusal {
  readonly kind: ErrorKind;
  readonly hint?: Hint;
  /** A part of the message that an operator needs. */
  readonly says?: RegExp;
}

/** One quirk and how a copy meets it; the sentence names the vendor where one is known. */
export interface QuirkRow extends Omit<SceneSetup, 'source' | 'target'> {
  readonly sentence: string;
  readonly quirks: Quirks;
  /** Absent when the copy must end well. */
  readonly refused?: Refusal;
  /** Looked at when the copy is over. */
  readonly afterwards?: (scene: Scene, result: ImageResult) => void;
}

/** After every test of the file: no secret went where it does not belong. */
export function watchForLeaks(): void {
  afterEach(() => {
    try {
      assertNoSecretLeaked();
    } finally {
      forgetRecords();
    }
  });
}

/** Copies against a quirk at one side and checks the outcome, the destination and what was left open there. */
export async function meets(row: QuirkRow, side: 'source' | 'target'): Promise<void> {
  const { sentence: _, quirks, refused, afterwards, ...setup } = row;
  const scene = await openScene({ ...setup, [side]: { quirks } });
  const result = await scene.copyOne();
  if (refused === undefined) {
    expect(result.failure).toBeUndefined();
    expect(result).toMatchObject({ outcome: 'copied', digest: scene.content.digest });
    scene.target.setQuirks({});
    const { tags } = await scene.assertWhole();
    expect(tags['mirror/app:1']).toBe(scene.content.digest);
  } else {
    expectRefusal(result, refused);
    expect(scene.target.state.repositories.get('mirror/app')?.tags.get('1')).toBeUndefined();
  }
  afterwards?.(scene, result);
  expect([...scene.target.state.sessions.keys()]).toEqual([]);
}

/** Fails unless the image failed in just this way, and with a remedy. */
export function expectRefusal(result: ImageResult, refused: Refusal): void {
  const { kind, hint, says } = refused;
  expect(result.outcome).toBe('failed');
  expect(result.failure).toMatchObject({ kind, ...(hint === undefined ? {} : { hint }) });
  expect(result.failure?.remedy).toMatch(/\w+ \w+/);
  if (says !== undefined) expect(result.failure?.message).toMatch(says);
}

/** Matches a text with this in it, where an object is matched. */
export function matching(part: string | RegExp): unknown {
  return typeof part === 'string' ? expect.stringContaining(part) : expect.stringMatching(part);
}
