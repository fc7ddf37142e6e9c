import { describe, expect, test } from 'vitest';
import { errorText } from '../../../../electron/contract/error-text.ts';
import {
  type Advice,
  asCopyError,
  assertNever,
  cancelledError,
  CopyError,
  copyError,
  failureOf,
  isWorthRetrying,
  throwIfCancelled,
  withFacts,
} from '../../../../electron/engine/kernel/errors.ts';
import { OciError } from '../../../../electron/oci/oci-error.ts';

const facts = { side: 'source', op: 'manifest.get', subject: 'r.io/a:v1' } as const;
const full = {
  ...facts,
  message: 'source refused r.io/a:v1',
  hint: 'credential-wrong',
  http: { method: 'GET', url: 'https://r.io/v2/', status: 401, requestId: 'x' },
  codes: ['UNAUTHORIZED'],
  advice: { do: 'after', delayMs: 5 },
  attempts: 3,
  cause: new Error('why'),
} as const;

describe('CopyError', () => {
  test('has a message and no advice to try again when none is given', () => {
    const error = copyError('timeout', facts);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: 'CopyError',
      message: 'source manifest.get of r.io/a:v1: timeout',
      advice: { do: 'never' },
      codes: [],
      hint: undefined,
    });
    expect('cause' in error).toBe(false);
  });

  test('gives back the facts it was made of', () => {
    expect(copyError('unauthorized', full).facts()).toEqual(full);
    expect(copyError('unauthorized', full).cause).toBe(full.cause);
  });

  test('is copied with some facts replaced', () => {
    const changed = withFacts(copyError('unauthorized', full), { attempts: 4, advice: { do: 'never' } });
    expect(changed.kind).toBe('unauthorized');
    expect(changed.facts()).toEqual({ ...full, attempts: 4, advice: { do: 'never' } });
  });
});

describe('asCopyError', () => {
  test('leaves a CopyError as it is', () => {
    const error = copyError('full', facts);
    expect(asCopyError(error, { ...facts, side: 'local' })).toBe(error);
  });

  test.each([
    ['invalid', 'invalid', undefined],
    ['unsupported', 'unsupported', undefined],
    ['schema1', 'unsupported', 'schema1'],
  ] as const)("takes a parser's %s for %s", (reason, kind, hint) => {
    const cause = new OciError('config has no valid size', reason);
    const error = asCopyError(cause, facts);
    expect(error).toMatchObject({ kind, hint, side: 'source', op: 'manifest.get', cause });
    expect(error.message).toBe('source r.io/a:v1: config has no valid size');
  });

  test.each([
    [new TypeError('x is not a function'), 'manifest.get of r.io/a:v1: TypeError: x is not a function'],
    ['text', 'manifest.get of r.io/a:v1: text'],
    [undefined, 'manifest.get of r.io/a:v1: undefined'],
  ])('takes the rest for internal (%#)', (thrown, message) => {
    expect(asCopyError(thrown, facts)).toMatchObject({ kind: 'internal', message, advice: { do: 'never' } });
  });
});

describe('cancelling', () => {
  test('throws only once the signal has fired', () => {
    const controller = new AbortController();
    expect(() => throwIfCancelled(controller.signal, 'r.io/a')).not.toThrow();
    controller.abort();
    expect(() => throwIfCancelled(controller.signal, 'r.io/a')).toThrow('r.io/a was cancelled');
    expect(cancelledError('r.io/a')).toMatchObject({ kind: 'cancelled', side: 'local', advice: { do: 'never' } });
  });
});

test.each<[Advice, boolean]>([
  [{ do: 'again' }, true],
  [{ do: 'after', delayMs: 0 }, true],
  [{ do: 'never' }, false],
  [{ do: 'ask' }, false],
])('whether to retry follows the advice %j', (advice, expected) => {
  expect(isWorthRetrying(copyError('timeout', { ...facts, advice }))).toBe(expected);
});

describe('failureOf', () => {
  test('is plain data with the remedy of the hint', () => {
    const failure = failureOf(copyError('unauthorized', full));
    expect(structuredClone(failure)).toEqual(failure);
    expect(failure).toMatchObject({
      kind: 'unauthorized',
      hint: 'credential-wrong',
      codes: ['UNAUTHORIZED'],
      attempts: 3,
    });
    expect(failure.remedy).toBe(errorText('unauthorized', 'credential-wrong', 'en').remedy);
    expect(Object.keys(failure)).not.toContain('cause');
  });

  test('leaves out what is not known', () => {
    expect(Object.keys(failureOf(new CopyError('timeout', facts))).sort()).toEqual(
      ['kind', 'side', 'op', 'subject', 'message', 'remedy', 'codes'].sort(),
    );
  });
});

test('a missing case is named', () => {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the compiler rules out is what is tested
  expect(() => assertNever('surprise' as never)).toThrow('a case is missing: "surprise"');
});
