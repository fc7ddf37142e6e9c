import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readImageList } from '../../../../electron/engine/rules/image-list.ts';
import type { Variables } from '../../../../electron/engine/rules/variables.ts';
import { formatReference } from '../../../../electron/oci/reference.ts';
import { fuzz } from '../../fuzzing.ts';
import { fixture } from './fixture.ts';

const read = (text: string, variables: Variables = {}) => {
  const { images, findings, kinds } = readImageList(text, variables);
  return {
    kinds,
    images: images.map((image) => `${image.line} ${formatReference(image.reference)}`),
    findings: findings.map((found) => `${found.where.line ?? 0} ${found.code}`),
  };
};

describe('a list of lines', () => {
  test('gives references once, in order, and names what is none', () => {
    expect(read(fixture('image-lists/images.txt'))).toEqual({
      kinds: ['lines'],
      images: [
        '2 registry.example/team/app:v1',
        '3 docker.io/library/nginx',
        `5 registry.example:5000/tools/probe@sha256:${'c'.repeat(64)}`,
      ],
      findings: ['3 no-tag', '4 duplicate-image', '7 bad-line', '8 bad-line'],
    });
  });

  test.each([
    ['nginx:1\r\nredis:2\r\n', ['1 docker.io/library/nginx:1', '2 docker.io/library/redis:2']],
    ['\ufeffnginx:1', ['1 docker.io/library/nginx:1']],
    ['localhost:5000/app:1 # here', ['1 localhost:5000/app:1']],
    ['- nginx:1\n- redis:2', ['1 docker.io/library/nginx:1', '2 docker.io/library/redis:2']],
    ['["nginx:1",\n"redis:2"]', ['1 docker.io/library/nginx:1', '2 docker.io/library/redis:2']],
    ['nginx:1\noops: [\nredis:2', ['1 docker.io/library/nginx:1', '3 docker.io/library/redis:2']],
    ['nginx\nnginx:latest', ['1 docker.io/library/nginx']],
  ])('%j', (text, images) => expect(read(text)).toMatchObject({ images, kinds: ['lines'] }));
});

describe('a compose file', () => {
  const text = fixture('image-lists/compose.yaml');

  test('gives the images of its services, variables filled in', () => {
    expect(read(text, { API_TAG: 'v9' })).toEqual({
      kinds: ['compose'],
      images: [
        '3 registry.example/team/base:v3',
        '10 registry.example/team/api:v9',
        '12 docker.io/library/postgres:17',
        '17 registry.example/team/pushed:v1',
      ],
      findings: ['13 build-only', '17 also-built', '19 list-variable'],
    });
  });

  test.each([
    ['${A}', { A: 'x:1' }, 'x:1'],
    ['${A:-x:1}', {}, 'x:1'],
    ['${A:-x:1}', { A: '' }, 'x:1'],
    ['${A-x:1}', { A: 'y:1' }, 'y:1'],
    ['${A:-${B:-x:1}}', {}, 'x:1'],
    ['${A:-${B}}', { A: 'y:1' }, 'y:1'],
    ['x:${A:+2}${B+3}4', { A: 'set', B: '' }, 'x:234'],
    ['x:${A:+2}${B+3}4', {}, 'x:4'],
    ['x:${A:?must be set}', { A: '1' }, 'x:1'],
    ['x:1-${A:?must be set}', {}, undefined],
    ['x:${A?must be set}', {}, undefined],
    ['x:$A', {}, undefined],
    ['x:${A', { A: '1' }, undefined],
    ['x:${A!}', { A: '1' }, undefined],
    ['x:$$A', {}, undefined],
    ['x:${toString}', {}, undefined],
  ])('%j', (image, variables: Variables, expected) => {
    const { images } = readImageList(`services:\n  s:\n    image: "${image}"\n`, variables);
    const all = images.map((each) => formatReference(each.reference).replace('docker.io/library/', ''));
    expect(all).toEqual(expected === undefined ? [] : [expected]);
  });

  test('with defaults nested out of all reason is a finding', () => {
    const text = `services: {s: {image: '${'${A:-'.repeat(5000)}x${'}'.repeat(5000)}'}}`;
    expect(read(text).findings).toEqual(['1 bad-image']);
  });
});

describe('Kubernetes manifests', () => {
  test('give the images of every kind', () => {
    const { images, findings, kinds } = read(fixture('image-lists/manifests.yaml'));
    expect(kinds).toEqual(['kubernetes']);
    expect(images.map((image) => image.replace(/^\d+ registry\.example\/k\//, ''))).toEqual([
      'pod-init:v1',
      'pod:v1',
      'pod-debug:v1',
      'volume:v1',
      'deployment:v1',
      'statefulset:v1',
      'daemonset:v1',
      'replicaset:v1',
      'controller:v1',
      'podtemplate:v1',
      'job:v1',
      'cronjob:v1',
      'custom:v1',
      'custom-side:v1',
    ]);
    expect(findings).toEqual(['51 maybe-image']);
  });

  test('say where an image is', () => {
    const { images } = readImageList(fixture('image-lists/manifests.yaml'), {});
    expect(images[0]).toMatchObject({ line: 7, path: 'items[0].spec.initContainers[0].image' });
  });

  test('name an image that is none', () => {
    const text = 'apiVersion: v1\nkind: Pod\nspec: {containers: [{image: "A/B"}, {image: "$(REG)/x"}, {name: x}]}';
    expect(read(text).findings).toEqual(['3 bad-image', '3 bad-image']);
  });

  test('as JSON', () => {
    const text = '{"apiVersion":"v1","kind":"Pod",\n"spec":{"containers":[{"image":"x:1"}]}}';
    expect(read(text)).toEqual({ kinds: ['kubernetes'], images: ['2 docker.io/library/x:1'], findings: [] });
  });

  test('before they are rendered give what they say plainly', () => {
    expect(read(fixture('image-lists/template.yaml'))).toEqual({
      kinds: ['kubernetes'],
      images: ['10 registry.example/team/plain:v1', '14 registry.example/team/second:v1'],
      findings: [expect.stringMatching(/^\d+ bad-document$/), '8 template'],
    });
  });
});

describe('values of a chart', () => {
  test('give their images', () => {
    expect(read(fixture('image-lists/values.yaml'))).toEqual({
      kinds: ['values'],
      images: [
        '5 mirror.example/bitnami/redis:7.4.1-debian-12',
        `10 mirror.example/bitnami/redis-exporter:1.67.0@sha256:${'d'.repeat(64)}`,
        '16 registry.example/sidecar:v1',
        '17 registry.example/older:v0.9',
        '20 registry.example/proxy:1.10',
        `21 mirror.example/pinned@sha256:${'e'.repeat(64)}`,
        '22 registry.example/webhook:v2',
      ],
      findings: ['14 chart-tag', '20 number-tag', '24 template'],
    });
  });

  test.each([
    ['1.10', '1.1'],
    ['20240131', '2.0240131e+07'],
  ])('name the tag %s, which Helm would write as %s', (tag, meant) => {
    const { findings } = readImageList(`image: {repository: r.example/a, tag: ${tag}}`, {});
    expect(findings.map((found) => [found.code, found.values['meant']])).toEqual([['number-tag', meant]]);
  });

  test.each(['15', '"1.10"', 'v1.10'])('say nothing of the tag %s', (tag) => {
    expect(readImageList(`image: {repository: r.example/a, tag: ${tag}}`, {}).findings).toEqual([]);
  });

  test('with services of their own are no compose file', () => {
    expect(read('services: {web: {port: 80}}\nimage: x:1').kinds).toEqual(['values']);
  });
});

describe('odd input', () => {
  test.each([
    ['', '0 list-empty'],
    ['# nothing', '0 list-empty'],
    ['a: 1', '0 list-empty'],
    ['services: 5', '0 list-empty'],
    ['x'.repeat(5_000_000), '0 list-too-large'],
  ])('is named: %#', (text, code) => expect(read(text).findings).toEqual([code]));

  test('of a million bad lines is counted, not listed', () => {
    const { findings } = readImageList('?!\n'.repeat(1_000_000), {});
    expect(findings).toHaveLength(1002);
    expect(findings.at(-2)).toMatchObject({ code: 'more-findings', values: { count: '99000' } });
    expect(findings.at(-1)).toMatchObject({ code: 'list-too-long', severity: 'stop' });
  });

  test.each([
    ['a long line', 'x'.repeat(1_000_000)],
    ['a long image', `image: ${'x'.repeat(1_000_000)}`],
    ['a long broken image', `image: [\nimage: ${' x'.repeat(500_000)}`],
    ['spaces', `image: [\nimage: ${' '.repeat(1_000_000)}`],
    ['a long variable', `services: {s: {image: '${'$'.repeat(1_000_001)}'}}`],
    ['braces', '{{'.repeat(100_000)],
    ['quotes', `"${'"'.repeat(1_000_000)}`],
    ['hashes', ' #'.repeat(500_000)],
    [
      'an alias bomb',
      `a: &a {image: x}\nb: &b [${'*a,'.repeat(300)}]\nc: &c [${'*b,'.repeat(300)}]\nd: [${'*c,'.repeat(300)}]`,
    ],
  ])('ends soon: %s', (_, text) => {
    const start = performance.now();
    readImageList(text, {});
    expect(performance.now() - start).toBeLessThan(20_000);
  });

  test('never makes it throw', () => {
    const unit = fc.constantFrom(
      'image: ',
      'services:',
      'containers: ',
      'kind: Pod\napiVersion: v1\n',
      '\n',
      '  ',
      '- ',
      'x:1',
      '{',
      '}',
      '[',
      ']',
      '{{',
      '}}',
      '$',
      '${A',
      ':-',
      '"',
      '#',
      '---\n',
      'repository: a\n',
      'tag: 1.0',
      '!t ',
      '&a ',
      '*a',
    );
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 30 }), (text) => {
        readImageList(text, { A: 'x' });
      }),
      fuzz(5_000),
    );
  });
});
