import { expect, test } from 'vitest';
import { failureOfThrown } from '../../../electron/app/errors.ts';
import { failureText, FindingError } from '../../../electron/app/findings.ts';
import { contestedResult, refusedResult, withRefused } from '../../../electron/app/refused.ts';
import type { JobSummary } from '../../../electron/contract/models.ts';
import { finding } from '../../../electron/engine/engine.ts';
import { parseReference } from '../../../electron/oci/reference.ts';

const empty = finding('empty-destination', { line: 3, rule: 'a.io/b' });

test('what a file says that cannot be done is a failed image with line, cause and remedy', () => {
  expect(refusedResult('a.io/b', '', empty)).toMatchObject({
    source: 'a.io/b',
    destination: '',
    outcome: 'failed',
    failure: {
      kind: 'invalid',
      side: 'local',
      message: 'line 3: the rule has an empty destination',
      remedy: empty.remedy,
      codes: [],
      finding: { code: 'empty-destination', line: 3, values: {} },
    },
  });
});

test('a contested tag names the other sources, in both languages', () => {
  const [a, b, c] = ['a.io/x:1', 'b.io/x:1', 'c.io/x:1'].map(parseReference);
  if (a === undefined || b === undefined || c === undefined) throw new Error('all are references');
  const { failure } = contestedResult(a, parseReference('d.io/y:1'), [a, b, c]);
  expect(failure).toMatchObject({
    kind: 'conflict',
    message: 'd.io/y:1 is also the destination of b.io/x:1, c.io/x:1',
  });
  if (failure === undefined) throw new Error('it failed');
  expect(failureText(failure, 'en')?.text).toBe(failure.message);
  expect(failureText(failure, 'zh-CN')).toEqual({
    text: 'd.io/y:1 同时也是 b.io/x:1, c.io/x:1 的目标',
    remedy: '请为每个源指定不同的目标标签。',
  });
});

test('a failure that is none of a finding, or of one that is not known, has no text of a finding', () => {
  const { failure } = refusedResult('a', 'b', empty);
  if (failure === undefined) throw new Error('it failed');
  const { finding: _, ...plain } = failure;
  expect(failureText(plain, 'en')).toBeUndefined();
  for (const code of ['something-else', 'toString'])
    expect(failureText({ ...plain, finding: { code, values: {} } }, 'en')).toBeUndefined();
});

test('a finding that stops everything is told with its own remedy', () => {
  const failure = failureOfThrown(
    new FindingError('the images file x.yaml', finding('empty-file', {}, { braces: '{}' })),
  );
  expect(failure).toMatchObject({
    kind: 'invalid',
    side: 'local',
    subject: 'the images file x.yaml',
    message: 'the images file x.yaml cannot be used: the file is empty',
    remedy: 'Check how it is made; a file without rules says {}.',
    finding: { code: 'empty-file' },
  });
});

test('a summary counts what was never tried as failed, and first', () => {
  const images = { total: 2, copied: 1, unchanged: 1, skipped: 0, failed: 0, cancelled: 0 };
  const summary: JobSummary = {
    ok: true,
    images,
    blobs: { sent: 1, mounted: 0, present: 0 },
    bytes: { received: 1, sent: 1, reused: 0 },
    requests: { source: 1, destination: 1, token: 0 },
    seconds: 1,
    results: [],
  };
  expect(withRefused(summary, [])).toBe(summary);
  const refused = refusedResult('a.io/b', '', empty);
  expect(withRefused(summary, [refused, refused])).toEqual({
    ...summary,
    ok: false,
    images: { ...images, total: 4, failed: 2 },
    results: [refused, refused],
  });
});
