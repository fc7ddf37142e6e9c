import { findingText, type Finding } from '../../app/findings.ts';
import type { Console } from './console.ts';

/** Says what is to be known of files and rules: what will not be done is among the failures, so here is the rest. */
export function sayFindings(console: Console, findings: readonly Finding[]): void {
  for (const found of findings) {
    if (found.severity === 'error' || found.severity === 'stop') continue;
    const { text, remedy } = findingText(found, console.language);
    const { code, severity, where } = found;
    console.event('finding', { code, severity, where, text: found.text, remedy: found.remedy });
    const { note, warning, colon, stop } = console.words;
    const at = where.line === undefined ? '' : `${console.words.line(where.line)}${colon}`;
    const end = remedy === '' ? '' : `${stop}${remedy}`;
    console.say(`${severity === 'warning' ? warning : note}${colon}${at}${text}${end}`);
  }
}
