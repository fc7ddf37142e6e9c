import { expect, test } from 'vitest';
import { en } from '../../../../renderer/locales/en.ts';
import { zhCN } from '../../../../renderer/locales/zh-CN.ts';

type Texts = { readonly [key: string]: string | Texts };

function flat(texts: Texts, path = ''): readonly (readonly [string, string])[] {
  return Object.entries(texts).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${path}${key}`, value] as const] : flat(value, `${path}${key}.`),
  );
}

const variables = (text: string): readonly string[] => [...new Set(text.match(/\{\{\w+\}\}/g))].sort();

test('a text speaks of the same things in both languages', () => {
  const chinese = new Map(flat(zhCN));
  for (const [key, text] of flat(en)) {
    // one may be said without its number
    if (key.endsWith('_one')) continue;
    expect([key, variables(chinese.get(key) ?? '')]).toEqual([key, variables(text)]);
  }
});

test('no text is empty', () => {
  for (const [key, text] of [...flat(en), ...flat(zhCN)]) expect([key, text.trim() === '']).toEqual([key, false]);
});
