import { expect, test } from 'vitest';
import { isFilePlace, readFilePlace } from '../../../../electron/app/carrying/file-places.ts';

test.each<[text: string, kind: string, path: string, name: string | undefined]>([
  ['oci:dir', 'oci', 'dir', undefined],
  ['oci:/a/b:v1', 'oci', '/a/b', 'v1'],
  ['oci-archive:a.tar:host:5000/x/y:1', 'oci-archive', 'a.tar', 'host:5000/x/y:1'],
  ['docker-archive:C:\\images\\a.tar:nginx:1', 'docker-archive', 'C:\\images\\a.tar', 'nginx:1'],
  ['docker-archive:C:/images/a.tar', 'docker-archive', 'C:/images/a.tar', undefined],
])('%s is a place', (text, kind, path, name) => {
  expect(readFilePlace(text)).toEqual({ kind, path, name });
});

test.each(['nginx:1', 'library:x', 'oci', 'ocis:x', 'x.example/oci:1'])('%s is no place of a file', (text) => {
  expect(isFilePlace(text)).toBe(false);
  expect(readFilePlace(text)).toBeUndefined();
});

test.each([
  ['oci:', /names no folder/],
  ['docker-archive::x', /names no file/],
  ['oci:a:', /ends with a colon/],
])('%s is refused', (text, why) => {
  expect(() => readFilePlace(text)).toThrow(why);
});
