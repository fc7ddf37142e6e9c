import type { Language } from '../../contract/language.ts';
import { checkName, checkText } from '../../contract/self-test-text.ts';
import type { Check, SelfTest } from '../../contract/self-test.ts';

interface Words {
  readonly states: Readonly<Record<Check['state'], string>>;
  readonly colon: string;
  readonly ending: (failed: number, warnings: number) => string;
}

const words: Readonly<Record<Language, Words>> = {
  en: {
    states: { ok: 'ok', warning: 'WARNING', failed: 'FAILED', skipped: 'skipped' },
    colon: ': ',
    ending: (failed, warnings) => `${failed} failed, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`,
  },
  'zh-CN': {
    states: { ok: '正常', warning: '警告', failed: '失败', skipped: '跳过' },
    colon: '：',
    ending: (failed, warnings) => `失败 ${failed} 项，警告 ${warnings} 项`,
  },
};

/** A self-test as lines for a person: one for each check, one more where something is to be done, and a count. */
export function selfTestLines({ checks }: SelfTest, language: Language): readonly string[] {
  const { states, colon, ending } = words[language];
  const rows = checks.flatMap((check) => {
    const { message, remedy } = checkText(check, language);
    const line = `${states[check.state]}  ${checkName(check.id, language)}${colon}${message}`;
    return remedy === undefined ? [line] : [line, `    → ${remedy}`];
  });
  const count = (state: Check['state']): number => checks.filter((check) => check.state === state).length;
  return [...rows, ending(count('failed'), count('warning'))];
}
