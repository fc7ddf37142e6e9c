import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  catalogScope,
  coversScopes,
  deleteScope,
  formatScope,
  formatScopes,
  mergeScopes,
  mountScopes,
  parseScopes,
  pullScope,
  pushScope,
  type Scope,
} from '../../../../electron/engine/rules/scopes.ts';
import { fuzz } from '../../fuzzing.ts';

describe('scopes of requests', () => {
  test.each([
    [pullScope('team/app'), 'repository:team/app:pull'],
    [pushScope('team/app'), 'repository:team/app:pull,push'],
    [deleteScope('team/app'), 'repository:team/app:delete'],
    [catalogScope, 'registry:catalog:*'],
  ])('are written as the token servers want them (%#)', (scope, text) => {
    expect(formatScope(scope)).toBe(text);
    expect(parseScopes(text)).toEqual([scope]);
  });

  test('put the repository written to before the one mounted from', () => {
    expect(formatScopes(mountScopes('team/app', 'base/os'))).toBe(
      'repository:team/app:pull,push repository:base/os:pull',
    );
  });

  test('ask once for a repository that is mounted from itself', () => {
    expect(formatScopes(mountScopes('team/app', 'team/app'))).toBe('repository:team/app:pull,push');
  });

  test('merge actions of one resource and keep the needed one first', () => {
    const merged = mergeScopes([pushScope('a'), pullScope('b'), deleteScope('a'), pullScope('b'), catalogScope]);
    expect(formatScopes(merged)).toBe('repository:a:pull,push,delete repository:b:pull registry:catalog:*');
  });

  test('are never asked with a star for a repository', () => {
    for (const scope of [pullScope('a'), pushScope('a'), deleteScope('a'), ...mountScopes('a', 'b')]) {
      expect(scope.actions).not.toContain('*');
    }
  });
});

describe('parseScopes', () => {
  test.each([
    ['repository:a/b:push,pull', 'repository:a/b:pull,push'],
    ['repository:host.example:5000/team/app:pull', 'repository:host.example:5000/team/app:pull'],
    ['repository(plugin):a/b:pull', 'repository:a/b:pull'],
    ['repository:a:pull registry:catalog:* repository:a:push', 'repository:a:pull,push registry:catalog:*'],
    ['repository:a:metadata_read,pull', 'repository:a:pull,metadata_read'],
    ['  repository:a:pull   ', 'repository:a:pull'],
    ['', ''],
    ['*', ''],
    ['repository', ''],
    ['repository:', ''],
    ['repository:a', ''],
    ['repository::pull', ''],
    ['repository:a:', ''],
    ['aws:x:pull', ''],
    ['repository:a\nb:pull', ''],
    ['repository:a&b=c:pull', ''],
    ['repository:a:pull repository:b:<x>', 'repository:a:pull'],
  ])('reads %j as %j', (text, expected) => {
    expect(formatScopes(parseScopes(text))).toBe(expected);
  });

  test('reads no more scopes than a request needs', () => {
    const text = Array.from({ length: 1000 }, (_, at) => `repository:r${at}:pull`).join(' ');
    expect(parseScopes(text).length).toBeLessThanOrEqual(32);
  });

  test('reads back every list of scopes', () => {
    const scope: fc.Arbitrary<Scope> = fc.record({
      type: fc.constantFrom('repository', 'registry'),
      name: fc.stringMatching(/^[a-z0-9]{1,4}(?:[:/][a-z0-9]{1,4}){0,3}$/),
      actions: fc.uniqueArray(fc.constantFrom('pull', 'push', 'delete', '*', 'metadata_read'), { minLength: 1 }),
    });
    fc.assert(
      fc.property(fc.array(scope, { maxLength: 8 }), (scopes) => {
        const merged = mergeScopes(scopes);
        expect(parseScopes(formatScopes(merged))).toEqual(merged);
        expect(mergeScopes(merged)).toEqual(merged);
        expect(coversScopes(merged, scopes)).toBe(true);
      }),
      fuzz(2_000),
    );
  });

  test('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'repository:a/,* ()\n'.split('')) }), (text) => {
        parseScopes(text);
      }),
      fuzz(5_000),
    );
  });
});

describe('coversScopes', () => {
  test.each([
    [[pushScope('a')], [pullScope('a')], true],
    [[pullScope('a')], [pushScope('a')], false],
    [[pullScope('a')], [pullScope('b')], false],
    [[pullScope('a'), pullScope('b')], mountScopes('a', 'b'), false],
    [mountScopes('a', 'b'), [pullScope('b')], true],
    [[{ type: 'repository', name: 'a', actions: ['*'] }], [deleteScope('a')], true],
    [[], [], true],
    [[], [pullScope('a')], false],
  ] as const)('tells what was granted from what was asked (%#)', (granted, wanted, expected) => {
    expect(coversScopes(granted, wanted)).toBe(expected);
  });
});
