import { describe, expect, test } from 'vitest';
import { carriedTexts } from '../../../../electron/engine/rules/finding-texts-carried.ts';
import { fileTexts } from '../../../../electron/engine/rules/finding-texts-files.ts';
import { listTexts } from '../../../../electron/engine/rules/finding-texts-lists.ts';
import { ruleTexts } from '../../../../electron/engine/rules/finding-texts-rules.ts';
import { finding, findingText } from '../../../../electron/engine/rules/findings.ts';

const namesIn = (text: string): readonly string[] => [...new Set(text.match(/\{[a-zA-Z]+\}/g))].sort();

describe('findings', () => {
  test.each(Object.entries({ ...fileTexts, ...ruleTexts, ...listTexts, ...carriedTexts }))(
    '%s says the same in both languages',
    (_, entry) => {
      const [, text, remedy, zhText, zhRemedy] = entry;
      expect(namesIn(zhText + zhRemedy)).toEqual(namesIn(text + remedy));
      for (const sentence of [text, remedy, zhText, zhRemedy]) expect(sentence).not.toBe('');
      expect(text).not.toMatch(/\.$/);
      expect(zhText).toMatch(/[\u4e00-\u9fff]/);
    },
  );

  test('are plain data and can be said in another language', () => {
    const found = finding('insecure', { line: 3 }, { host: 'r.example' });
    const sent: typeof found = JSON.parse(JSON.stringify(found));
    expect(sent).toEqual(found);
    expect(found.text).toContain('r.example is marked insecure');
    expect(findingText(sent, 'zh-CN').text).toContain('r.example 标记为 insecure');
    expect(findingText(sent, 'en')).toEqual({ text: found.text, remedy: found.remedy });
  });

  test('do not take a value for a name', () => {
    expect(finding('insecure', {}, { host: '{host}' }).text).toContain('{host} is marked');
  });
});
