import type { Failure } from '../contract/errors.ts';
import { asCopyError, CopyError, copyError, failureOf, redactText } from '../engine/engine.ts';
import { OciError } from '../oci/oci-error.ts';
import { FindingError, findingFacts } from './findings.ts';

export { cancelledError, copyError, type CopyError, failureOf, LiveSecrets } from '../engine/engine.ts';

const longestMessage = 500;

/** Whatever a command threw, as plain data; what nobody expected is `internal`, told without its stack. */
export function failureOfThrown(thrown: unknown): Failure {
  const context = { side: 'local', op: 'command', subject: 'command' } as const;
  if (thrown instanceof FindingError)
    return { ...failureOf(thrown), remedy: thrown.finding.remedy, finding: findingFacts(thrown.finding) };
  if (thrown instanceof CopyError || thrown instanceof OciError) return failureOf(asCopyError(thrown, context));
  const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  const message = `an error nobody expected: ${redactText(text).replace(/\s+/g, ' ').slice(0, longestMessage)}`;
  return failureOf(copyError('internal', { ...context, message, cause: thrown }));
}
