import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDigest } from '../../../electron/oci/digest.ts';
import { OciError } from '../../../electron/oci/oci-error.ts';
import {
  formatReference,
  formatRepository,
  isRepositoryPath,
  isTag,
  parseHost,
  parseReference,
  parseRepository,
  withDefaultTag,
} from '../../../electron/oci/reference.ts';
import { fuzz } from '../fuzzing.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('parseReference', () => {
  test.each([
    // docker's short names
    ['nginx', 'docker.io/library/nginx'],
    ['nginx:1.27', 'docker.io/library/nginx:1.27'],
    ['bitnami/nginx', 'docker.io/bitnami/nginx'],
    ['library/nginx', 'docker.io/library/nginx'],
    ['docker.io/nginx', 'docker.io/library/nginx'],
    ['docker.io/library/nginx', 'docker.io/library/nginx'],
    ['index.docker.io/nginx:1', 'docker.io/library/nginx:1'],
    ['registry-1.docker.io/library/nginx', 'docker.io/library/nginx'],
    ['registry.hub.docker.com/library/nginx', 'docker.io/library/nginx'],
    ['foo/bar/baz', 'docker.io/foo/bar/baz'],
    ['harbor/app', 'docker.io/harbor/app'],
    ['localhost:5000', 'docker.io/library/localhost:5000'],
    // hosts and ports
    ['quay.io/coreos/etcd:v3', 'quay.io/coreos/etcd:v3'],
    ['Quay.IO/coreos/etcd', 'quay.io/coreos/etcd'],
    ['quay.io./coreos/etcd', 'quay.io/coreos/etcd'],
    ['localhost/app', 'localhost/app'],
    ['LOCALHOST/app', 'localhost/app'],
    ['localhost:5000/app', 'localhost:5000/app'],
    ['host:5000/a/b:v1', 'host:5000/a/b:v1'],
    ['r.io:443/app', 'r.io/app'],
    ['r.io:80/app', 'r.io:80/app'],
    ['docker.io:443/nginx', 'docker.io/library/nginx'],
    ['10.0.0.1/app', '10.0.0.1/app'],
    ['10.0.0.1:65535/app', '10.0.0.1:65535/app'],
    ['[::1]/app', '[::1]/app'],
    ['[2001:DB8::1]:5000/team/app:v1', '[2001:db8::1]:5000/team/app:v1'],
    ['[::1]:443/app', '[::1]/app'],
    ['xn--bcher-kva.example/app', 'xn--bcher-kva.example/app'],
    // tags and digests
    [`nginx@${digest}`, `docker.io/library/nginx@${digest}`],
    [`r.io/a/b:v1@${digest}`, `r.io/a/b:v1@${digest}`],
    [`r.io:5000/a@${digest}`, `r.io:5000/a@${digest}`],
    [`a@sha512:${'b'.repeat(128)}`, `docker.io/library/a@sha512:${'b'.repeat(128)}`],
    ['a:_1.2-3', 'docker.io/library/a:_1.2-3'],
    ['a:V1', 'docker.io/library/a:V1'],
    [`a:${'t'.repeat(128)}`, `docker.io/library/a:${'t'.repeat(128)}`],
    // names
    ['r.io/a.b/c_d/e__f/g-h/i--j/k---l', 'r.io/a.b/c_d/e__f/g-h/i--j/k---l'],
    ['r.io/0/1', 'r.io/0/1'],
  ])('reads %s as %s', (text, full) => {
    expect(formatReference(parseReference(text))).toBe(full);
    expect(formatReference(parseReference(full))).toBe(full);
  });

  test.each([
    '',
    ' ',
    '/',
    '/a',
    'a/',
    'a//b',
    'r.io/',
    'docker.io/',
    ':tag',
    'a:',
    'a:b:c',
    'a:-x',
    'a:.x',
    `a:${'t'.repeat(129)}`,
    'a:ä',
    'a@',
    'a@sha256:abc',
    `a@${digest}@${digest}`,
    `a@${digest}:v1`,
    `@${digest}`,
    'Nginx',
    'r.io/App',
    'My/app',
    'r.io/a_-b',
    'r.io/a..b',
    'r.io/a___b',
    'r.io/_a',
    'r.io/a_',
    'r.io/-a',
    'r.io/a-',
    'r.io/.a',
    'r.io/../a',
    'r.io/a/../b',
    'r.io/a b',
    'r.io/a\\b',
    'r.io/a%2fb',
    'r.io/a\n',
    'r.io/a\0',
    'r.io/ä',
    'r.io:0/a',
    'r.io:65536/a',
    'r.io:99999/a',
    'r.io:x/a',
    'r.io:/a',
    'r.io:0443/a',
    '-r.io/a',
    'r-.io/a',
    'r..io/a',
    '.io/a',
    'bücher.example/a',
    '[::1/a',
    '::1/a',
    '[::g]/a',
    '[]/a',
    'me@r.io/a',
    'me:secret@r.io/a',
    'https://r.io/a',
    'http://r.io/a',
    'docker://nginx',
    'oci:layout/x:y/z',
    '*',
    'r.io/*',
    `r.io/${'a'.repeat(255)}`,
  ])('refuses %j', (text) => {
    expect(() => parseReference(text)).toThrow(OciError);
  });

  test('says that a URL is one and that upper case is wrong', () => {
    expect(() => parseReference('https://me:secret@r.io/a')).toThrow(
      '"https://r.io/a" is a URL; write host/repository:tag',
    );
    expect(() => parseReference('r.io/Team/App')).toThrow('repository "Team/App" has upper-case letters');
  });

  test('never repeats a password in its message', () => {
    for (const text of ['me:S3cr3t@r.io/a', 'https://me:S3cr3t@r.io/a']) {
      expect(() => parseReference(text)).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining('S3cr3t') }),
      );
    }
  });

  test('takes names of 255 characters with their host and not of 256', () => {
    const path = 'a'.repeat(255 - 'r.io/'.length);
    expect(formatRepository(parseRepository(`r.io/${path}`))).toHaveLength(255);
    expect(() => parseRepository(`r.io/${path}a`)).toThrow('longer than 255');
    expect(isRepositoryPath('a'.repeat(255))).toBe(true);
    expect(isRepositoryPath('a'.repeat(256))).toBe(false);
  });

  test('reads back every reference that it writes', () => {
    const component = fc.stringMatching(/^[a-z0-9]{1,5}(?:(?:\.|_|__|-{1,3})[a-z0-9]{1,4}){0,2}$/);
    const host = fc.oneof(
      fc.constantFrom('docker.io', 'quay.io', 'localhost', 'localhost:5000', '[::1]', '[fe80::1]:8080', '10.1.2.3:80'),
      fc.stringMatching(/^[a-z0-9]{1,6}\.[a-z]{2,3}(?::[1-9][0-9]{0,3})?$/).filter((text) => !text.endsWith(':443')),
    );
    const reference = fc.record(
      {
        host,
        path: fc.array(component, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/')),
        tag: fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,20}$/),
        digest: fc.stringMatching(/^sha256:[a-f0-9]{64}$/).map(parseDigest),
      },
      { requiredKeys: ['host', 'path'] },
    );
    fc.assert(
      fc.property(reference, (reference) => {
        const { host, path } = reference;
        const expected = { ...reference, path: host === 'docker.io' && !path.includes('/') ? `library/${path}` : path };
        expect(parseReference(formatReference(reference))).toEqual(expected);
        expect(isRepositoryPath(path)).toBe(true);
      }),
      fuzz(3_000),
    );
  });

  test('gives nothing but an OciError for any other text, and no path that leaves its place', () => {
    const unit = fc.constantFrom(...'aZ0._-/:@[]%\\ \n'.split(''), 'sha256:', 'r.io/', '..', 'a'.repeat(60));
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 12 }), (units) => {
        try {
          const { path, host, tag } = parseReference(units.join(''));
          expect(path).toMatch(/^[a-z0-9._/-]+$/);
          expect(path.split('/')).not.toContain('..');
          expect(host).toBe(parseHost(host));
          expect(tag === undefined || isTag(tag)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(OciError);
        }
      }),
      fuzz(20_000),
    );
  });

  test('takes linear time', () => {
    for (const piece of ['a', 'a.', 'a-', 'a/', ':', '@', '[', 'a_', '-']) {
      const before = performance.now();
      expect(() => parseReference(`${piece.repeat(50_000)}!`)).toThrow(OciError);
      expect(() => parseHost(`${piece.repeat(50_000)}!`)).toThrow(OciError);
      expect(performance.now() - before).toBeLessThan(500);
    }
  });
});

describe('withDefaultTag', () => {
  test.each([
    ['nginx', 'docker.io/library/nginx:latest'],
    ['nginx:1', 'docker.io/library/nginx:1'],
    [`nginx@${digest}`, `docker.io/library/nginx@${digest}`],
  ])('makes %s into %s', (text, full) => {
    expect(formatReference(withDefaultTag(parseReference(text)))).toBe(full);
  });
});

describe('parseHost', () => {
  test.each([
    ['harbor', 'harbor'],
    ['HARBOR.Example.com:8443', 'harbor.example.com:8443'],
    ['r.io.:5000', 'r.io:5000'],
    ['docker.io', 'docker.io'],
    ['REGISTRY-1.docker.io:443', 'docker.io'],
  ])('spells %s as %s', (text, host) => {
    expect(parseHost(text)).toBe(host);
    expect(parseHost(host)).toBe(host);
  });

  test.each(['', '.', 'a b', 'a/b', 'a@b', 'a:b', 'a:1:2', `${'a'.repeat(300)}.io`, 'a\u202eb', 'аpple.com'])(
    'refuses %j',
    (text) => {
      expect(() => parseHost(text)).toThrow(OciError);
    },
  );
});
