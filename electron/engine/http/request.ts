import type { Side } from '../../contract/errors.ts';
import { copyError, type CopyError } from '../kernel/errors.ts';
import type { Meter } from '../kernel/meter.ts';
import { shownUrl } from '../kernel/redact.ts';
import type { ByteSink } from '../ports/byte-sink.ts';
import type { Scope } from '../rules/scopes.ts';
import type { ResponseHead } from './exchange.ts';
import type { Host } from './hosts.ts';
import type { HostDownError } from './outage.ts';
import { type AnswerContext, maxErrorBytes } from './response-errors.ts';
import type { RequestBody } from './request-body.ts';
import type { ApiResponse } from './response.ts';

/** One request to a registry. */
export interface ApiRequest {
  readonly host: Host;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** A path with query on the registry itself, or a place it named. */
  readonly target: string | URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: RequestBody;
  readonly side: Side;
  readonly op: string;
  readonly subject: string;
  readonly repository?: string;
  readonly scopes: readonly Scope[];
  readonly meter: Meter;
  /** Statuses given back rather than thrown, besides 2xx. */
  readonly accept?: readonly number[];
  /** True when sending it twice does no harm, so that it is repeated here when the line or the host fails. */
  readonly isIdempotent: boolean;
  /** Where the body of a 200 or 206 goes; without it the body is collected. */
  readonly sink?: (head: ResponseHead) => ByteSink;
  /** How much body is collected, in bytes; more is an error. */
  readonly maxBytes?: number;
  readonly headersMs?: number;
  /** How long all of it may take, waiting for the host's gate and repeating included; without it as long as each step may. */
  readonly withinMs?: number;
  /** Sends no credentials, follows nothing and counts as a token request. */
  readonly isTokenRequest?: boolean;
}

/** What an error about the answer to `request` has to name. */
export function contextOf(request: ApiRequest): AnswerContext {
  const { side, op, subject, method, host } = request;
  return { side, op, subject, method, host: host.name };
}

/** The token was renewed, but the body has flowed: whoever owns the body begins again. */
export function renewedError(request: ApiRequest): CopyError {
  const { side, op, subject, host } = request;
  const message = `${side} ${host.name} asked for a new token during ${op} of ${subject}`;
  return copyError('unauthorized', { side, op, subject, message, advice: { do: 'again' } });
}

/** The answer leads elsewhere, but the body has flowed: whoever owns the body begins again, with one that can be sent twice. */
export function movedError(request: ApiRequest, response: ApiResponse): CopyError {
  const { side, op, subject, method, host } = request;
  return copyError('protocol', {
    side,
    op,
    subject,
    message: `${side} ${host.name} redirected ${op} of ${subject} while its body was on the way`,
    http: { method, url: shownUrl(response.url), status: response.status },
    advice: { do: 'again' },
  });
}

/** More came than an answer of this sort may have. */
export function tooLargeError(request: ApiRequest, url: URL): CopyError {
  const { side, op, subject, maxBytes = maxErrorBytes } = request;
  const message = `${side} ${url.host} sent more than ${maxBytes} bytes for ${op} of ${subject}`;
  return copyError('protocol', { side, op, subject, message });
}

/** The host has been gone for longer than anybody waits. */
export function downError(request: ApiRequest, cause: HostDownError): CopyError {
  const { side, op, subject, host } = request;
  const message = `${side} ${host.name}: gone for ${Math.round(cause.downForMs / 1000)} s (${op} of ${subject})`;
  return copyError('unreachable', { side, op, subject, message, cause });
}

/** The request took longer in all than it may. */
export function lateError(request: ApiRequest): CopyError {
  const { side, op, subject, host, withinMs = 0 } = request;
  const message = `${side} ${host.name} did not answer ${op} of ${subject} within ${withinMs / 1000} s`;
  return copyError('timeout', { side, op, subject, message, advice: { do: 'again' } });
}
