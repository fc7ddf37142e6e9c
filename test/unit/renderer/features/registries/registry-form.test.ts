import { expect, test } from 'vitest';
import { Commands } from '../../../../../electron/contract/commands.ts';
import { draftOf, formOf, isHost, linesOf } from '../../../../../renderer/features/registries/registry-form.ts';

test('what is typed makes a draft that the engine takes', () => {
  const form = {
    ...formOf(undefined),
    host: ' HTTPS://Harbor.example:8443/ ',
    user: ' ops ',
    password: ' p ',
    prefixes: 'a/b\n\n c/d ',
  };
  const draft = draftOf(form, undefined);
  expect(Commands['registries.save'].input.parse(draft)).toEqual(draft);
  expect(draft).toMatchObject({
    host: 'harbor.example:8443',
    user: 'ops',
    password: ' p ',
    prefixes: ['a/b', 'c/d'],
    plainHttp: false,
  });
});

test('a pasted http address means plain http', () => {
  expect(draftOf({ ...formOf(undefined), host: 'http://10.0.0.5:5000' }, undefined)).toMatchObject({
    host: '10.0.0.5:5000',
    plainHttp: true,
  });
});

test('an untouched password is not sent', () => {
  const registry = {
    id: 'r',
    host: 'h.example',
    name: 'h.example',
    plainHttp: false,
    insecure: false,
    prefixes: [],
    credential: 'stored' as const,
    user: 'ops',
  };
  expect('password' in draftOf(formOf(registry), registry)).toBe(false);
});

test('only hosts are hosts', () => {
  expect(['docker.io', 'https://harbor.example:8443', '[::1]:5000'].map(isHost)).toEqual([true, true, true]);
  expect(['', 'a b', 'harbor.example/project', 'harbor.example:99999'].map(isHost)).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

test('empty lines say nothing', () => {
  expect(linesOf(' a \n\n\tb')).toEqual(['a', 'b']);
});
