import type { ShownFinding } from '../../contract/files.ts';
import { type Finding, findingText } from '../findings.ts';

const mostFindings = 1002;

/** Findings as the window has them: in both languages, cut. */
export function shownFindings(findings: readonly Finding[], most: number = mostFindings): readonly ShownFinding[] {
  return findings.slice(0, most).map((found) => ({
    code: found.code,
    severity: found.severity,
    ...cut(found),
    zh: cut(findingText(found, 'zh-CN')),
    ...(found.where.line === undefined ? {} : { line: found.where.line }),
  }));
}

function cut({ text, remedy }: { readonly text: string; readonly remedy: string }): { text: string; remedy: string } {
  return { text: text.slice(0, 4000), remedy: remedy.slice(0, 4000) };
}

/** A moment as ISO 8601. */
export function instantOf(wallMs: number): string {
  return new Date(wallMs).toISOString();
}
