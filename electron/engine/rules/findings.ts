import type { Language } from '../../contract/language.ts';
import type { FindingText, Severity } from './finding-text.ts';
import { carriedTexts } from './finding-texts-carried.ts';
import { fileTexts } from './finding-texts-files.ts';
import { listTexts } from './finding-texts-lists.ts';
import { machineTexts } from './finding-texts-machine.ts';
import { ruleTexts } from './finding-texts-rules.ts';

/** Where in a file something is; a line counts from 1, and a rule is named by its source as written. */
export interface Where {
  readonly line?: number;
  readonly rule?: string;
}

const texts = { ...fileTexts, ...ruleTexts, ...listTexts, ...machineTexts, ...carriedTexts } satisfies Readonly<
  Record<string, FindingText>
>;

/** What was found, as a word that never changes. */
export type FindingCode = keyof typeof texts;

/** What an operator should know about a file or a setting, as plain data; text and remedy are English. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly where: Where;
  readonly text: string;
  readonly remedy: string;
  /** What the text speaks of, to say it in another language. */
  readonly values: Readonly<Record<string, string>>;
}

/** A finding; every `{name}` of its text must be among `values`, which hold no secret. */
export function finding(code: FindingCode, where: Where, values: Readonly<Record<string, string>> = {}): Finding {
  const [severity, text, remedy] = texts[code];
  return { code, severity, where, text: fill(text, values), remedy: fill(remedy, values), values };
}

/** Text and remedy of a finding in a language. */
export function findingText(
  found: Pick<Finding, 'code' | 'values'>,
  language: Language,
): { readonly text: string; readonly remedy: string } {
  const [, text, remedy, zhText, zhRemedy] = texts[found.code];
  return language === 'en'
    ? { text: fill(text, found.values), remedy: fill(remedy, found.values) }
    : { text: fill(zhText, found.values), remedy: fill(zhRemedy, found.values) };
}

/** True for a code that `findingText` knows. */
export function isFindingCode(code: string): code is FindingCode {
  return Object.hasOwn(texts, code);
}

/** True when nothing may be tried. */
export function mustStop(findings: readonly Finding[]): boolean {
  return findings.some((found) => found.severity === 'stop');
}

function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{([a-zA-Z]+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? whole) : whole,
  );
}
