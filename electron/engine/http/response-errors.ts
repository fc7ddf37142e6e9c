import type { ErrorKind, Hint, Side } from '../../contract/errors.ts';
import { readRegistryErrors } from '../../oci/error-codes.ts';
import { quoted } from '../../oci/oci-error.ts';
import { type Advice, CopyError } from '../kernel/errors.ts';
import { redactText, shownUrl } from '../kernel/redact.ts';
import { type KnownAnswer, knownAnswers } from './known-answers.ts';
import { type ApiResponse, headerOf } from './response.ts';
import { retryAfterMs } from './retry-after.ts';

/** How much of an error's body is read. */
export const maxErrorBytes: number = 64 * 1024;

const transientStatuses: ReadonlySet<number> = new Set([
  408, 425, 429, 499, 500, 502, 503, 504, 520, 521, 522, 523, 524,
]);

const shortestPauseMs = 100;
const codeGrammar = /^[\w .-]{1,64}$/;

/** True for answers that a later try may turn into success. */
export function isTransientStatus(status: number): boolean {
  return transientStatuses.has(status);
}

/** The request an answer belongs to. */
export interface AnswerContext {
  readonly side: Side;
  readonly op: string;
  readonly subject: string;
  readonly method: string;
  readonly host: string;
}

/** What an answer says about why it refuses, as far as it can be read. */
interface Refusal {
  readonly status: number;
  readonly codes: readonly string[];
  readonly text: string;
  /** Code and message of the first error, as they may be shown. */
  readonly said: string;
}

/** The error an answer stands for: kind by what vendors are known to mean, then by its codes, then by its status. */
export function responseError(response: ApiResponse, context: AnswerContext, wallMs: number): CopyError {
  const { side, op, subject, method, host } = context;
  const { status, codes, said } = readRefusal(response);
  const judged = knownAnswer(response, context) ?? byOperation(op, status, codes) ?? byCodeOrStatus(status, codes);
  const requestId = headerOf(response, 'x-request-id') ?? headerOf(response, 'x-amzn-requestid');
  return new CopyError(judged.kind, {
    side,
    op,
    subject,
    message: `${side} ${host} answered ${status} to ${op} of ${subject}${said}`,
    codes,
    http: { method, url: shownUrl(response.url), status, ...(requestId ? { requestId: requestId.slice(0, 100) } : {}) },
    advice: adviceFor(judged, response, wallMs),
    ...(judged.hint === undefined ? {} : { hint: judged.hint }),
  });
}

/** What a refusing answer is known to mean beyond its status; undefined for all others. */
export function knownAnswer(response: ApiResponse, { op, side }: AnswerContext): KnownAnswer | undefined {
  if (response.status < 400) return undefined;
  const { status, codes, text } = readRefusal(response);
  return knownAnswers.find((answer) => answer.matches({ status, op, side, codes, text }));
}

function readRefusal({ status, body: bytes }: ApiResponse): Refusal {
  const size = Math.min(bytes.byteLength, maxErrorBytes);
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, size).toString('utf8');
  const items = readRegistryErrors(body);
  const codes = items.map((item) => item.code).filter((code) => codeGrammar.test(code));
  const text =
    items.length > 0 ? items.map((item) => `${item.message} ${item.detail}`).join('; ') : body.slice(0, 4096);
  const words = [codes[0] ?? '', shortly(items[0]?.message ?? '')].filter(Boolean).join(' ');
  return { status, codes, text, said: words === '' ? '' : `: ${words}` };
}

interface Judgement {
  readonly kind: ErrorKind;
  readonly hint?: Hint;
}

/** What only an upload can be answered: a lost session is opened again, refused bytes are sent once more. */
function byOperation(op: string, status: number, codes: readonly string[]): Judgement | undefined {
  if (!op.startsWith('upload.')) return undefined;
  if (codes.includes('DIGEST_INVALID') || codes.includes('SIZE_INVALID')) return { kind: 'integrity' };
  const isLost = codes.includes('BLOB_UPLOAD_UNKNOWN') || codes.includes('BLOB_UPLOAD_INVALID');
  return op !== 'upload.start' && status !== 413 && (isLost || status === 404 || status === 410)
    ? { kind: 'unavailable' }
    : undefined;
}

function adviceFor(judged: Judgement, response: ApiResponse, wallMs: number): Advice {
  const { kind } = judged;
  if (kind === 'integrity') return { do: 'again' };
  if (kind !== 'rate-limited' && kind !== 'unavailable' && kind !== 'timeout') return { do: 'never' };
  const delayMs = retryAfterMs(response.headers, wallMs);
  // a pause too short to help is our own to choose, and grows
  return delayMs === undefined || delayMs < shortestPauseMs ? { do: 'again' } : { do: 'after', delayMs };
}

function byCodeOrStatus(status: number, codes: readonly string[]): Judgement {
  if (status === 429) return { kind: 'rate-limited' };
  if (status === 408 || status === 504) return { kind: 'timeout' };
  if (isTransientStatus(status)) return { kind: 'unavailable' };
  if (status === 401) return { kind: 'unauthorized' };
  if (status === 403) return { kind: 'forbidden' };
  if (status === 407) return { kind: 'proxy' };
  if (codes.includes('BLOB_UNKNOWN') || codes.includes('MANIFEST_BLOB_UNKNOWN')) return { kind: 'missing-content' };
  if (status === 404 || status === 410) return { kind: 'not-found' };
  if (status === 409 || status === 412) return { kind: 'conflict' };
  if (status === 405 || status === 501) return { kind: 'unsupported' };
  if (status >= 400 && status < 500) return { kind: 'refused' };
  return status >= 500 ? { kind: 'unavailable' } : { kind: 'protocol' };
}

function shortly(message: string): string {
  return message === '' ? '' : quoted(redactText(message)).slice(1, -1);
}
