import { errorText } from '../../contract/error-text.ts';
import type { ErrorKind, Failure, Hint, HttpFacts, Side } from '../../contract/errors.ts';
import { OciError } from '../../oci/oci-error.ts';

/** What whoever may retry should do; set where the error is born. `ask` holds until a person acts. */
export type Advice =
  | { readonly do: 'again' }
  | { readonly do: 'after'; readonly delayMs: number }
  | { readonly do: 'never' }
  | { readonly do: 'ask' };

/** Everything an error knows; see {@link Failure} for the meaning of the fields. */
export interface ErrorFacts {
  readonly side: Side;
  readonly op: string;
  readonly subject: string;
  readonly message?: string;
  readonly hint?: Hint;
  readonly http?: HttpFacts;
  readonly codes?: readonly string[];
  readonly advice?: Advice;
  readonly attempts?: number;
  readonly cause?: unknown;
}

/** The one error class of the engine. */
export class CopyError extends Error {
  override readonly name = 'CopyError';
  readonly kind: ErrorKind;
  readonly side: Side;
  readonly op: string;
  readonly subject: string;
  readonly hint: Hint | undefined;
  readonly http: HttpFacts | undefined;
  readonly codes: readonly string[];
  readonly advice: Advice;
  readonly attempts: number | undefined;

  constructor(kind: ErrorKind, facts: ErrorFacts) {
    const message = facts.message ?? `${facts.side} ${facts.op} of ${facts.subject}: ${kind}`;
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.kind = kind;
    this.side = facts.side;
    this.op = facts.op;
    this.subject = facts.subject;
    this.hint = facts.hint;
    this.http = facts.http;
    this.codes = facts.codes ?? [];
    this.advice = facts.advice ?? { do: 'never' };
    this.attempts = facts.attempts;
  }

  /** The facts again, to make an error that differs in some of them. */
  facts(): ErrorFacts {
    const { side, op, subject, message, hint, http, codes, advice, attempts, cause } = this;
    return {
      side,
      op,
      subject,
      message,
      codes,
      advice,
      ...(hint === undefined ? {} : { hint }),
      ...(http === undefined ? {} : { http }),
      ...(attempts === undefined ? {} : { attempts }),
      ...(cause === undefined ? {} : { cause }),
    };
  }
}

/** A CopyError of `kind`; the message should say what happened, to what, on which side. */
export function copyError(kind: ErrorKind, facts: ErrorFacts): CopyError {
  return new CopyError(kind, facts);
}

/** The same error with some facts replaced. */
export function withFacts(error: CopyError, facts: Partial<ErrorFacts>): CopyError {
  return new CopyError(error.kind, { ...error.facts(), ...facts });
}

/** Any thrown value as a CopyError: itself, a parser's error as `invalid` or `unsupported`, the rest as `internal`. */
export function asCopyError(thrown: unknown, context: Pick<ErrorFacts, 'side' | 'op' | 'subject'>): CopyError {
  if (thrown instanceof CopyError) return thrown;
  if (thrown instanceof OciError) {
    const isSchema1 = thrown.reason === 'schema1';
    return new CopyError(thrown.reason === 'invalid' ? 'invalid' : 'unsupported', {
      ...context,
      message: context.side === 'local' ? thrown.message : `${context.side} ${context.subject}: ${thrown.message}`,
      cause: thrown,
      ...(isSchema1 ? { hint: 'schema1' as const } : {}),
    });
  }
  const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return new CopyError('internal', {
    ...context,
    message: `${context.op} of ${context.subject}: ${text}`,
    cause: thrown,
  });
}

/** The error for work that was stopped on request. */
export function cancelledError(subject: string): CopyError {
  return new CopyError('cancelled', { side: 'local', op: 'cancel', subject, message: `${subject} was cancelled` });
}

/** Throws `cancelled` when the signal has fired. */
export function throwIfCancelled(signal: AbortSignal, subject: string): void {
  if (signal.aborted) throw cancelledError(subject);
}

/** True when the one who may retry should. */
export function isWorthRetrying(error: CopyError): boolean {
  return error.advice.do === 'again' || error.advice.do === 'after';
}

/** The error as plain data with its remedy in English. */
export function failureOf(error: CopyError): Failure {
  return {
    kind: error.kind,
    side: error.side,
    op: error.op,
    subject: error.subject,
    message: error.message,
    remedy: errorText(error.kind, error.hint, 'en').remedy,
    codes: error.codes,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.http === undefined ? {} : { http: error.http }),
    ...(error.attempts === undefined ? {} : { attempts: error.attempts }),
  };
}

/** Makes the compiler prove that a switch over a union is complete. */
export function assertNever(value: never): never {
  throw new Error(`a case is missing: ${JSON.stringify(value)}`);
}
