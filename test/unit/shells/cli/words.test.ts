import { describe, expect, test } from 'vitest';
import { terminalLanguage, type Words, wordsOf } from '../../../../electron/shells/cli/words.ts';

/** Every text of the words by its path; functions are given what tells them apart. */
function textsOf(words: Words): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  const walk = (value: unknown, path: string): void => {
    if (typeof value === 'string') texts.set(path, value);
    else if (typeof value === 'object' && value !== null)
      for (const [name, inner] of Object.entries(value)) walk(inner, `${path}.${name}`);
  };
  walk(words, '');
  texts.set('counted', words.counted(7, 'failed'));
  texts.set('blobs', words.blobs(7, 8, 9));
  texts.set('moved', words.moved('7 B', '8 B', '9 B'));
  texts.set('requests', words.requests(7, 8, 9));
  texts.set('time', words.time('7 s'));
  texts.set('attempts', words.attempts(7));
  texts.set('line', words.line(7));
  texts.set('again', words.again(7));
  texts.set('noTags', words.noTags('host7'));
  texts.set('paused', words.paused('host7', '08:09'));
  texts.set('planned', words.planned('7 B', '8 B', '9 B'));
  texts.set('plannedHere', words.plannedHere('7 B', '8 B', '9 B'));
  texts.set('plannedDirect', words.plannedDirect('7 B'));
  texts.set('signedIn', words.signedIn('user7', 'host8'));
  texts.set('signedOut', words.signedOut('host7'));
  texts.set('notSignedIn', words.notSignedIn('host7'));
  texts.set('unreachable', words.unreachable('host7', '08:09'));
  texts.set('verified', words.verified(7, 8, '9 B'));
  texts.set('job', words.job(7));
  texts.set('nothingToRetry', words.nothingToRetry(7));
  texts.set('retryOf', words.retryOf(7, 'host7'));
  texts.set('attempt', words.attempt(7));
  texts.set('leftOut', words.leftOut(7));
  texts.set('cacheHolds', words.cacheHolds(7, '8 B', '9 B'));
  texts.set('cacheUnfinished', words.cacheUnfinished(7, '8 B'));
  texts.set('cacheQuarantined', words.cacheQuarantined(7, '8 B'));
  texts.set('cacheFree', words.cacheFree('7 B', '/data7'));
  texts.set('cacheVerified', words.cacheVerified(7, '8 B', 9));
  texts.set('cacheTrimmed', words.cacheTrimmed('7 B', '8 B'));
  return texts;
}

const [en, zh] = [textsOf(wordsOf('en')), textsOf(wordsOf('zh-CN'))];

describe('the words', () => {
  test('are complete in both languages', () => {
    expect([...zh.keys()]).toEqual([...en.keys()]);
    const functions = Object.values(wordsOf('en')).filter((value) => typeof value === 'function');
    expect([...en.keys()].filter((key) => !key.startsWith('.'))).toHaveLength(functions.length);
  });

  test('are English in English and Chinese in Chinese', () => {
    for (const [key, text] of en) expect(text, key).toMatch(/^[\x20-\x7e]+$/);
    for (const [key, text] of zh) expect(text, key).toMatch(/[\p{Script=Han}：，。]/u);
  });

  test('say the same figures in both', () => {
    const figures = (text: string | undefined): readonly string[] => (text?.match(/\d+/g) ?? []).toSorted();
    for (const [key, text] of en) expect(figures(zh.get(key)), key).toEqual(figures(text));
  });

  test('know one from many', () => {
    expect(wordsOf('en').verified(1, 1, '9 B')).toBe('1 manifest and 1 blob (9 B), all as their digests say');
    expect(wordsOf('en').verified(2, 0, '9 B')).toMatch(/^2 manifests and 0 blobs /);
  });
});

test.each<[Readonly<Record<string, string>>, 'en' | 'zh-CN']>([
  [{ LANG: 'zh_CN.UTF-8' }, 'zh-CN'],
  [{ LANG: 'zh' }, 'zh-CN'],
  [{ LANG: 'zh.UTF-8' }, 'zh-CN'],
  [{ LANG: 'zh-Hans-CN' }, 'zh-CN'],
  [{ LANG: 'C' }, 'en'],
  [{ LANG: 'de_DE.UTF-8' }, 'en'],
  [{ LANG: 'zha_CN' }, 'en'],
  [{ LC_ALL: 'C', LANG: 'zh_CN.UTF-8' }, 'en'],
  [{ LC_ALL: '', LC_MESSAGES: 'zh_CN', LANG: 'en_US' }, 'zh-CN'],
])('the terminal of %j speaks %s', (environment, language) => {
  expect(terminalLanguage(environment)).toBe(language);
});
