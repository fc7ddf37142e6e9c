import { createInstance, type i18n } from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';
import type { Language } from '../../electron/contract/language.ts';
import { en, type Words } from './en.ts';
import { zhCN } from './zh-CN.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    readonly defaultNS: 'words';
    readonly resources: { readonly words: Words };
  }
}

/** The texts in every language, shown in the language of the system until the settings say otherwise. */
export const words: i18n = createInstance();

void words.use(initReactI18next).init({
  lng: systemLanguage(),
  fallbackLng: 'en',
  defaultNS: 'words',
  ns: ['words'],
  resources: { en: { words: en }, 'zh-CN': { words: zhCN } },
  // React escapes by itself; templates hold braces of their own
  interpolation: { escapeValue: false },
  initAsync: false,
});

/** The language that the system's comes nearest to. */
export function systemLanguage(): Language {
  return navigator.languages.some((language) => /^zh\b/i.test(language)) && !/^en\b/i.test(navigator.language)
    ? 'zh-CN'
    : 'en';
}

/** The language shown now. */
export function useLanguage(): Language {
  const { i18n } = useTranslation();
  return i18n.language === 'zh-CN' ? 'zh-CN' : 'en';
}

/** Shows the window in a language, at once. */
export function speak(language: Language): void {
  document.documentElement.lang = language;
  void words.changeLanguage(language);
}
