import type { Language } from '../../electron/contract/language.ts';
import type { Notice } from '../../electron/contract/models.ts';

/** True when the engine's own text, which is English, needs no word of the window before it. */
export function saysAll(kind: Notice['kind'], language: Language): boolean {
  // of what is overwritten it gives the digests alone
  return language === 'en' && kind !== 'overwritten';
}
