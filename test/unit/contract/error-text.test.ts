import { describe, expect, test } from 'vitest';
import { type ErrorText, errorText, sideText } from '../../../electron/contract/error-text.ts';
import type { ErrorKind, Hint, Side } from '../../../electron/contract/errors.ts';
import type { Language } from '../../../electron/contract/language.ts';

// Records and not lists, so that a new kind, hint or side does not compile until it is here.
const kinds: Readonly<Record<ErrorKind, true>> = {
  invalid: true,
  'not-found': true,
  unauthorized: true,
  forbidden: true,
  'rate-limited': true,
  unreachable: true,
  timeout: true,
  tls: true,
  unavailable: true,
  refused: true,
  'missing-content': true,
  integrity: true,
  protocol: true,
  unsupported: true,
  conflict: true,
  full: true,
  disk: true,
  proxy: true,
  cancelled: true,
  internal: true,
};
const hints: Readonly<Record<Hint, true>> = {
  'attestation-refused': true,
  'body-limit': true,
  'clock-wrong': true,
  'create-project': true,
  'credential-missing': true,
  'credential-wrong': true,
  'folder-owned': true,
  'immutable-tag': true,
  'line-broken': true,
  'no-such-host': true,
  'plain-http': true,
  'platform-missing': true,
  quota: true,
  'realm-changed': true,
  'repository-or-access': true,
  schema1: true,
  'source-corrupt': true,
  'destination-corrupt': true,
  'subject-missing': true,
  'trust-ca': true,
};
const sides: Readonly<Record<Side, true>> = {
  source: true,
  destination: true,
  registry: true,
  cache: true,
  local: true,
};

function keysOf<Key extends string>(record: Readonly<Record<Key, true>>): Key[] {
  const isKey = (text: string): text is Key => Object.hasOwn(record, text);
  return Object.keys(record).filter(isKey);
}

const both: readonly (readonly [string, (language: Language) => ErrorText])[] = [
  ...keysOf(kinds).map(
    (kind) => [`kind ${kind}`, (language: Language) => errorText(kind, undefined, language)] as const,
  ),
  ...keysOf(hints).map(
    (hint) => [`hint ${hint}`, (language: Language) => errorText('internal', hint, language)] as const,
  ),
];

describe('the words for errors', () => {
  test.each(both)('have a cause and a remedy in English and Chinese for %s', (_, textIn) => {
    const [english, chinese] = [textIn('en'), textIn('zh-CN')];
    for (const text of [english.cause, english.remedy]) {
      expect(text).toMatch(/^[A-Z][\x20-\x7e]+$/);
      expect(text).not.toMatch(/\s$|\s{2}|\.\.|undefined|TODO|\[|\]|!/);
    }
    for (const text of [chinese.cause, chinese.remedy]) {
      expect(text).toMatch(/\p{Script=Han}/u);
      expect(text).toMatch(/。$/);
      expect(text).not.toMatch(/\s$|\s{2}|。。|\p{Cc}|undefined|TODO|，$/u);
    }
    // A command at the end of a remedy is to be copied, so no full stop may cling to it.
    expect(english.cause).toMatch(/[^.\s]\.$/);
    expect(english.remedy).toMatch(/[^.\s]\.$|: image-ferry .*[A-Z-]$/i);
  });

  test('name the same options in both languages', () => {
    const options = ({ remedy }: ErrorText): readonly string[] =>
      (remedy.match(/--[a-z-]+|NO_PROXY/g) ?? []).toSorted();
    for (const [name, textIn] of both) expect(options(textIn('zh-CN')), name).toEqual(options(textIn('en')));
  });

  test('of different kinds are different', () => {
    for (const language of ['en', 'zh-CN'] as const) {
      const causes = keysOf(kinds).map((kind) => errorText(kind, undefined, language).cause);
      expect(new Set(causes).size).toBe(causes.length);
    }
  });

  test('prefer the hint to the kind', () => {
    expect(errorText('tls', 'trust-ca', 'en')).not.toEqual(errorText('tls', undefined, 'en'));
    expect(errorText('tls', 'trust-ca', 'en')).toEqual(errorText('internal', 'trust-ca', 'en'));
  });

  test('name every side in both languages', () => {
    for (const side of keysOf(sides)) {
      expect(sideText(side, 'en')).toMatch(/^[a-z ]+$/);
      expect(sideText(side, 'zh-CN')).toMatch(/^\p{Script=Han}+$/u);
    }
  });
});
