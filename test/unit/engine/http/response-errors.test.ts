import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { ErrorKind, Hint, Side } from '../../../../electron/contract/errors.ts';
import { knownAnswers } from '../../../../electron/engine/http/known-answers.ts';
import { isTransientStatus, knownAnswer, responseError } from '../../../../electron/engine/http/response-errors.ts';
import type { CopyError } from '../../../../electron/engine/kernel/errors.ts';

interface Answer {
  readonly status: number;
  readonly body?: string;
  readonly headers?: IncomingHttpHeaders;
  readonly op?: string;
  readonly side?: Side;
}

function errorFor({ status, body = '', headers = {}, op = 'manifest.get', side = 'source' }: Answer): CopyError {
  const url = new URL('https://registry.test/v2/a/b?X-Signature=hidden');
  const context = { side, op, subject: 'a/b:1', method: 'GET', host: 'registry.test' };
  return responseError({ status, headers, url, body: Buffer.from(body) }, context, 0);
}

const coded = (code: string, message = 'words', detail?: unknown): string =>
  JSON.stringify({ errors: [{ code, message, ...(detail === undefined ? {} : { detail }) }] });

describe('by status', () => {
  const rows: readonly (readonly [number, ErrorKind, 'again' | 'never'])[] = [
    [400, 'refused', 'never'],
    [401, 'unauthorized', 'never'],
    [403, 'forbidden', 'never'],
    [404, 'not-found', 'never'],
    [405, 'unsupported', 'never'],
    [407, 'proxy', 'never'],
    [408, 'timeout', 'again'],
    [409, 'conflict', 'never'],
    [410, 'not-found', 'never'],
    [412, 'forbidden', 'never'],
    [413, 'refused', 'never'],
    [416, 'refused', 'never'],
    [425, 'unavailable', 'again'],
    [429, 'rate-limited', 'again'],
    [499, 'unavailable', 'again'],
    [500, 'unavailable', 'again'],
    [501, 'unsupported', 'never'],
    [502, 'unavailable', 'again'],
    [503, 'unavailable', 'again'],
    [504, 'timeout', 'again'],
    [507, 'full', 'never'],
    [520, 'unavailable', 'again'],
    [524, 'unavailable', 'again'],
    [302, 'protocol', 'never'],
  ];
  test.each(rows)('%i is %s: %s', (status, kind, advice) => {
    expect(errorFor({ status })).toMatchObject({ kind, advice: { do: advice }, http: { status } });
  });

  test('every status of the retry class is transient, and no other below 500', () => {
    const found = Array.from({ length: 200 }, (_, at) => 400 + at).filter(isTransientStatus);
    expect(found).toEqual([408, 425, 429, 499, 500, 502, 503, 504, 520, 521, 522, 523, 524]);
  });
});

describe('what vendors mean', () => {
  const destination = { side: 'destination', op: 'manifest.put' } as const;
  const rows: readonly (Answer & { name: string; kind: ErrorKind; hint?: Hint })[] = [
    {
      name: 'a full disk of docker-registry',
      ...destination,
      status: 500,
      body: coded('UNKNOWN', 'unknown error', { Op: 'write', Err: 'no space left on device' }),
      kind: 'full',
    },
    {
      name: 'the same with the number of the error',
      ...destination,
      status: 500,
      body: coded('UNKNOWN', 'unknown error', { Op: 'write', Path: '/data', Err: 28 }),
      kind: 'full',
    },
    {
      name: 'a quota of Harbor',
      ...destination,
      status: 403,
      body: coded('DENIED', 'adding 2 MiB of storage resource, which will exceed the configured upper limit of 1 MiB'),
      kind: 'full',
      hint: 'quota',
    },
    {
      name: 'Aliyun ACR and attestations',
      ...destination,
      status: 403,
      body: coded('DENIED', 'unknown manifest class for application/vnd.oci.empty.v1+json'),
      kind: 'refused',
      hint: 'attestation-refused',
    },
    {
      name: 'GitLab and a subject',
      ...destination,
      status: 404,
      body: coded('MANIFEST_UNKNOWN', 'subject sha256:aa is unknown'),
      kind: 'refused',
      hint: 'subject-missing',
    },
    {
      name: 'Harbor, immutable',
      ...destination,
      status: 412,
      body: coded('PRECONDITION', 'x'),
      kind: 'conflict',
      hint: 'immutable-tag',
    },
    {
      name: 'ECR, immutable',
      ...destination,
      status: 400,
      body: coded('TAG_INVALID', "The image tag '1' already exists in the 'a' repository and cannot be overwritten"),
      kind: 'conflict',
      hint: 'immutable-tag',
    },
    {
      name: 'Harbor without the project',
      side: 'destination',
      op: 'upload.start',
      status: 401,
      body: coded('UNAUTHORIZED', 'project mirror not found: project mirror not found'),
      kind: 'forbidden',
      hint: 'create-project',
    },
    {
      name: 'ECR without the repository',
      side: 'destination',
      op: 'upload.start',
      status: 404,
      body: coded('NAME_UNKNOWN'),
      kind: 'not-found',
      hint: 'create-project',
    },
    {
      name: 'nginx',
      side: 'destination',
      op: 'upload.put',
      status: 413,
      body: '<html>413</html>',
      kind: 'refused',
      hint: 'body-limit',
    },
    {
      name: 'Docker Hub after wrong passwords',
      op: 'token',
      status: 429,
      body: 'too many failed login attempts for username or IP address',
      kind: 'unauthorized',
      hint: 'credential-wrong',
    },
    {
      name: 'Harbor prevents vulnerable images',
      status: 412,
      body: coded('PROJECTPOLICYVIOLATION'),
      kind: 'forbidden',
    },
  ];
  test.each(rows)('$name', ({ kind, hint, ...answer }) => {
    expect(errorFor(answer)).toMatchObject({ kind, advice: { do: 'never' }, ...(hint === undefined ? {} : { hint }) });
  });

  test('each row names vendor and thread', () => {
    for (const { vendor, seen } of knownAnswers) expect(`${vendor} ${seen}`.length).toBeGreaterThan(15);
  });

  test('an answer that is good means nothing beyond that', () => {
    const url = new URL('https://registry.test/');
    const context = { side: 'destination', op: 'upload.put', subject: 'x', method: 'PUT', host: 'h' } as const;
    expect(knownAnswer({ status: 201, headers: {}, url, body: Buffer.from('quota') }, context)).toBeUndefined();
  });
});

describe('uploads', () => {
  test.each([
    ['upload.put', 404, 'BLOB_UPLOAD_UNKNOWN', 'unavailable', 'again'],
    ['upload.chunk', 400, 'BLOB_UPLOAD_INVALID', 'unavailable', 'again'],
    ['upload.put', 410, '', 'unavailable', 'again'],
    ['upload.put', 400, 'DIGEST_INVALID', 'integrity', 'again'],
    ['upload.put', 400, 'SIZE_INVALID', 'integrity', 'again'],
    ['upload.start', 404, '', 'not-found', 'never'],
    ['manifest.put', 404, 'MANIFEST_BLOB_UNKNOWN', 'missing-content', 'never'],
    ['manifest.put', 400, 'MANIFEST_INVALID', 'refused', 'never'],
  ] as const)('%s %i %s is %s', (op, status, code, kind, advice) => {
    const body = code === '' ? '' : coded(code);
    expect(errorFor({ op, status, body, side: 'destination' })).toMatchObject({ kind, advice: { do: advice } });
  });
});

describe('pauses', () => {
  test.each([429, 503, 408])('%i says how long', (status) => {
    expect(errorFor({ status, headers: { 'retry-after': '9' } }).advice).toEqual({ do: 'after', delayMs: 9000 });
  });
  test('one too short to help is ours to choose', () => {
    expect(errorFor({ status: 429, headers: { 'retry-after': '0' } }).advice).toEqual({ do: 'again' });
  });
  test('a refusal has none', () => {
    expect(errorFor({ status: 403, headers: { 'retry-after': '9' } }).advice).toEqual({ do: 'never' });
  });
});

describe('what is said', () => {
  test('side, host, operation, object, status, code, message and request id; no query', () => {
    const error = errorFor({ status: 403, body: coded('DENIED', 'no'), headers: { 'x-request-id': 'r-1' } });
    expect(error.message).toBe('source registry.test answered 403 to manifest.get of a/b:1: DENIED no');
    expect(error.http).toEqual({ method: 'GET', url: 'https://registry.test/v2/a/b', status: 403, requestId: 'r-1' });
    expect(error.codes).toEqual(['DENIED']);
  });

  test('secrets and control characters do not get through', () => {
    const body = coded(
      'DENIED\u001b[31m',
      'see https://u:p4ssw0rd@x/?token=abcdef Authorization: Bearer abcdefgh\u202e',
    );
    const error = errorFor({ status: 403, body });
    expect(error.codes).toEqual([]);
    for (const text of ['p4ssw0rd', 'abcdef', '\u001b', '\u202e']) expect(error.message).not.toContain(text);
  });

  test('bodies that are no JSON, other JSON or empty', () => {
    for (const body of ['<html>', '[]', '{"errors":{}}', '{"errors":[1]}', '{', '\u0000', '{"message":"x"}'])
      expect(errorFor({ status: 404, body }).kind).toBe('not-found');
  });
});
