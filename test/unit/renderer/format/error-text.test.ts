import { expect, test } from 'vitest';
import { failureShape } from '../../../../electron/contract/envelope.ts';
import type { Failure } from '../../../../electron/contract/errors.ts';
import { failureReport, failureText } from '../../../../renderer/format/error-text.ts';

const base: Failure = { kind: 'invalid', side: 'source', op: 'x', subject: 's', message: 'm', remedy: 'r', codes: [] };
const hints = failureShape.shape.hint.unwrap().options;

test('no kind and no hint sends an operator of the window to the command line', () => {
  const failures: readonly Failure[] = [
    ...failureShape.shape.kind.options.map((kind) => ({ ...base, kind })),
    ...hints.map((hint) => ({ ...base, hint })),
  ];
  for (const failure of failures) {
    for (const language of ['en', 'zh-CN'] as const) {
      const { cause, remedy } = failureText(failure, language);
      expect(cause).not.toBe('');
      expect(`${failure.hint ?? failure.kind} ${remedy}`).not.toMatch(/(^|\s)--[a-z]|image-ferry [a-z]|docker login/);
    }
  }
});

test('the report holds what the registry said and nothing made up', () => {
  const report = failureReport({
    ...base,
    codes: ['DENIED'],
    http: { method: 'PUT', url: 'https://h/v2/', status: 403 },
  });
  expect(report).toContain('codes: DENIED');
  expect(report).toContain('status: 403');
  expect(report).not.toContain('request id');
});
