import { describe, expect, test } from 'vitest';
import type { Failure } from '../../../../electron/contract/errors.ts';
import { consoleOver, FakeScreen } from './terminal.ts';

const failure: Failure = {
  kind: 'full',
  side: 'destination',
  op: 'upload.put',
  subject: 'x/y',
  message: 'destination registry.example answered 507',
  remedy: 'the remedy of the contract',
  codes: [],
};

describe('a failure', () => {
  test.each([
    ['C', 'a → b: destination registry.example answered 507\n  remedy: the remedy of the contract\n'],
    [
      'zh_CN.UTF-8',
      'a → b：目标端空间已满（destination registry.example answered 507）\n  处理办法：在目标端清理空间或提高配额后重试；已送达的内容不会重传。\n',
    ],
  ])('is one line of cause and one of remedy in the language of %s', (locale, text) => {
    const stderr = new FakeScreen();
    consoleOver({ stderr }, {}, locale).failure(failure, 'a → b');
    expect(stderr.text).toBe(text);
  });

  test('says how often it was tried', () => {
    const stderr = new FakeScreen();
    consoleOver({ stderr }).failure({ ...failure, attempts: 6 });
    expect(stderr.text).toMatch(/^destination registry\.example answered 507, tried 6 times\n/);
  });

  test.each([
    ['C', 'a → b: line 3: the rule has an empty destination\n  remedy: the remedy of the contract\n'],
    ['zh_CN.UTF-8', /^a → b：第 3 行：规则的目标为空\n {2}处理办法：请写明 主机\/仓库；.+\n$/],
  ])('that was made of a finding is told as the finding is, in the language of %s', (locale, text) => {
    const stderr = new FakeScreen();
    const finding = { code: 'empty-destination', line: 3, values: {} };
    const message = 'line 3: the rule has an empty destination';
    consoleOver({ stderr }, {}, locale).failure({ ...failure, message, finding }, 'a → b');
    if (typeof text === 'string') expect(stderr.text).toBe(text);
    else expect(stderr.text).toMatch(text);
  });

  test.each([{ json: true }, { quiet: true }, {}])('is in the log with %j, and so is a warning', (options) => {
    const [stdout, stderr] = [new FakeScreen(), new FakeScreen()];
    const lines: string[] = [];
    const console = consoleOver({ stdout, stderr }, options);
    console.log = { add: (line) => lines.push(line) };
    console.warn('beware');
    console.failure(failure, 'a → b');
    expect(lines).toEqual([
      'warning: beware',
      'a → b: destination registry.example answered 507',
      '  remedy: the remedy of the contract',
    ]);
  });

  test('is left to the summary with --json', () => {
    const [stdout, stderr] = [new FakeScreen(), new FakeScreen()];
    consoleOver({ stdout, stderr }, { json: true }).failure(failure);
    expect(stdout.text + stderr.text).toBe('');
  });
});

test('results go to stdout, all else to stderr', () => {
  const [stdout, stderr] = [new FakeScreen(), new FakeScreen()];
  const console = consoleOver({ stdout, stderr });
  console.result('result');
  console.say('on the way');
  console.warn('mind the gap');
  console.event('event', {});
  console.summary({});
  expect(stdout.text).toBe('result\n');
  expect(stderr.text).toBe('on the way\nwarning: mind the gap\n');
});

test('with --json there are objects on stdout, and nothing else anywhere', () => {
  const [stdout, stderr] = [new FakeScreen(), new FakeScreen()];
  const console = consoleOver({ stdout, stderr }, { json: true });
  console.result('result');
  console.say('on the way');
  console.warn('mind the gap');
  console.event('image', { source: 'a\nb' });
  console.summary({ ok: true });
  expect(stderr.text).toBe('');
  expect(
    stdout.text
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line)),
  ).toEqual([
    { event: 'warning', at: expect.any(String), text: 'mind the gap' },
    { event: 'image', at: expect.any(String), source: 'a\nb' },
    { event: 'summary', ok: true },
  ]);
});

test('with --quiet warnings and failures are still told', () => {
  const stderr = new FakeScreen();
  const console = consoleOver({ stderr }, { quiet: true });
  console.say('on the way');
  console.warn('mind the gap');
  console.failure(failure);
  expect(stderr.text).toMatch(/^warning: mind the gap\ndestination .+\n {2}remedy: .+\n$/);
});
