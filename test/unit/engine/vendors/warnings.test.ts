import { describe, expect, test } from 'vitest';
import type { Foresight } from '../../../../electron/engine/ports/vendor.ts';
import { failureOf } from '../../../../electron/engine/kernel/errors.ts';
import { foreseenErrors, type PlannedWrite } from '../../../../electron/engine/vendors/warnings.ts';

const write: PlannedWrite = {
  side: 'destination',
  host: 'harbor.test',
  repository: 'team/app',
  tag: '1',
  sizeBytes: 700,
  changesTag: true,
};
const judged = (foresight: Omit<Foresight, 'project'>, change: Partial<PlannedWrite> = {}): (string | undefined)[][] =>
  foreseenErrors({ project: 'team', ...foresight }, { ...write, ...change }).map(({ kind, hint }) => [kind, hint]);

describe('what is foreseen', () => {
  test('is nothing when nothing is known', () => {
    expect(judged({})).toEqual([]);
    expect(judged({ hasProject: true, mayPush: true, isTagImmutable: false, quotaLeftBytes: 700 })).toEqual([]);
  });

  test('is a missing project, which explains all the rest', () => {
    expect(judged({ hasProject: false, mayPush: false })).toEqual([['not-found', 'create-project']]);
  });

  test('is every other cause at once', () => {
    expect(judged({ mayPush: false, isTagImmutable: true, quotaLeftBytes: 699 })).toEqual([
      ['forbidden', undefined],
      ['conflict', 'immutable-tag'],
      ['full', 'quota'],
    ]);
  });

  test('is no conflict for a tag that need not move', () => {
    expect(judged({ isTagImmutable: true }, { changesTag: false })).toEqual([]);
  });

  test('is no lack of room when the size is not known', () => {
    const { sizeBytes: _left, ...unsized } = write;
    expect(foreseenErrors({ project: 'team', quotaLeftBytes: 0 }, unsized)).toEqual([]);
  });

  test('comes with a remedy', () => {
    const [error] = foreseenErrors({ project: 'team', hasProject: false }, write);
    expect(error && failureOf(error).remedy).toContain('Create the project');
  });
});
