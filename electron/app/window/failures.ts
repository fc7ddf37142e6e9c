import type { Failure } from '../../contract/errors.ts';
import { longestFailureText } from '../../contract/envelope.ts';
import { copyError, type CopyError, redactText } from '../../engine/engine.ts';
import { failureOfThrown } from '../errors.ts';

/** A path of this machine within quotes, spaces and all. */
const quotedPath = /(['"])(?:\/(?!v2\/)|[A-Za-z]:[\\/]|\\\\)[^'"]*\1/g;
/**
 * A path of this machine: from the root or a drive, or a share. Paths of URLs begin behind a host, and those of the registry
 * protocol with /v2/.
 */
const machinePath =
  /(?<![\w:/.\\@-])(?:\/(?!v2\/)(?:[^\s/'"<>|]+\/)+[^\s'"<>|:;,()]*|[A-Za-z]:[\\/][^\s'"<>|:;,()]*|\\\\[^\s'"<>|:;,()]+)/g;
// oxlint-disable-next-line no-control-regex -- these are the characters to be replaced
const control = /[\u0000-\u001f\u007f]+/g;

/** Whatever was thrown, as a window may have it: redacted, cut, without a stack and without paths of this machine (S-IPC-6). */
export function failureForWindow(thrown: unknown, op: string): Failure {
  const failure = failureOfThrown(thrown);
  const isNameless = failure.op === 'command';
  return trimFailure(isNameless ? { ...failure, op, subject: op } : failure);
}

/** A failure as a window may have it, in the same way. */
export function trimFailure(failure: Failure): Failure {
  const { http, finding } = failure;
  return {
    ...failure,
    op: line(failure.op, 100),
    subject: clean(failure.subject),
    message: clean(failure.message),
    remedy: clean(failure.remedy),
    codes: failure.codes.slice(0, 20).map((code) => line(code, 200)),
    ...(http && {
      http: {
        method: line(http.method, 20),
        url: clean(http.url),
        ...(http.status === undefined ? {} : { status: http.status }),
        ...(http.requestId === undefined ? {} : { requestId: line(http.requestId, 200) }),
      },
    }),
    ...(finding && { finding: { ...finding, values: cleanValues(finding.values) } }),
  };
}

/** What is wrong with something that the window asked. */
export function refuseRequest(message: string, subject: string): CopyError {
  return copyError('invalid', { side: 'local', op: 'request', subject, message });
}

/** The error for something that is not there. */
export function unknownThing(what: string, subject: string): CopyError {
  return copyError('not-found', { side: 'local', op: 'request', subject, message: `there is no ${what} ${subject}` });
}

function clean(text: string): string {
  return redactText(text)
    .replace(quotedPath, '$1[path]$1')
    .replace(machinePath, '[path]')
    .replaceAll('\0', '')
    .slice(0, longestFailureText);
}

function line(text: string, most: number): string {
  return redactText(text).replace(control, ' ').slice(0, most);
}

function cleanValues(values: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values)
      .slice(0, 20)
      .map(([name, value]) => [name, clean(value)]),
  );
}
