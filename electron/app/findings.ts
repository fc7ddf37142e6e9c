import type { Failure, FindingFacts } from '../contract/errors.ts';
import type { Language } from '../contract/language.ts';
import { CopyError, type Finding, findingText, isFindingCode } from '../engine/engine.ts';

export { type Finding, finding, type FindingCode, findingText } from '../engine/engine.ts';

/** Something given that a finding forbids to use, and so nothing is tried; told with the remedy of the finding. */
export class FindingError extends CopyError {
  readonly finding: Finding;

  /** `what` was found wrong in: a file, an option. */
  constructor(what: string, finding: Finding) {
    const message = `${what} cannot be used: ${finding.text}`;
    super('invalid', { side: 'local', op: 'arguments', subject: what, message });
    this.finding = finding;
  }
}

/** What a failure says of a finding. */
export function findingFacts({ code, where, values }: Finding): FindingFacts {
  return { code, values, ...(where.line === undefined ? {} : { line: where.line }) };
}

/** Text and remedy of the finding that a failure was made of; undefined when it was made of none. */
export function failureText(
  { finding }: Failure,
  language: Language,
): { readonly text: string; readonly remedy: string } | undefined {
  if (finding === undefined || !isFindingCode(finding.code)) return undefined;
  return findingText({ code: finding.code, values: finding.values }, language);
}
