import { expect, test } from 'vitest';
import { grantedScopes } from '../../../../electron/engine/auth/granted.ts';

function token(claims: unknown): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `Bearer ${part({ alg: 'RS256' })}.${part(claims)}.c2lnbmF0dXJl`;
}

test('a token that lists its access says what it grants', () => {
  const access = [{ type: 'repository', name: 'team/app', actions: ['pull', 'push'] }];
  expect(grantedScopes(token({ access }))).toEqual(access);
});

test('a token that grants nothing says so, as an empty list or as null', () => {
  expect(grantedScopes(token({ access: [] }))).toEqual([]);
  expect(grantedScopes(token({ access: null }))).toEqual([]);
});

test.each([
  ['a token without that list', token({ sub: 'robot' })],
  ['an opaque token', 'Bearer 0123456789abcdef'],
  ['a password', 'Basic dXNlcjpwYXNz'],
  ['a token whose middle is no JSON', 'Bearer YQ.YQ.YQ'],
  ['a token with a list of something else', token({ access: ['repository:a:pull'] })],
  [
    'a token that says a thing twice',
    `Bearer e30.${Buffer.from('{"access":[],"access":[]}').toString('base64url')}.e30`,
  ],
])('%s says nothing', (_, authorization) => {
  expect(grantedScopes(authorization)).toBeUndefined();
});
