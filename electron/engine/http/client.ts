import type { Side } from '../../contract/errors.ts';
import type { Clock } from '../kernel/clock.ts';
import { asCopyError, cancelledError, copyError, CopyError, withFacts } from '../kernel/errors.ts';
import type { Meter } from '../kernel/meter.ts';
import { Patience, type PatienceLimits } from '../kernel/patience.ts';
import type { Authorizer, AuthorizationTarget } from '../ports/authorizer.ts';
import type { ByteSink } from '../ports/byte-sink.ts';
import type { Scope } from '../rules/scopes.ts';
import { exchange, type RequestBody, type ResponseHead } from './exchange.ts';
import type { Host } from './hosts.ts';
import type { HttpLimits } from './limits.ts';
import { isRedirect, redirectTarget } from './redirects.ts';
import { type AnswerContext, maxErrorBytes, responseError } from './response-errors.ts';
import { type ApiResponse, BodyCollector, headerValuesOf } from './response.ts';
import { transportError } from './transport-errors.ts';

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
  /** Sends no credentials, follows nothing and counts as a token request. */
  readonly isTokenRequest?: boolean;
}

/** How patient the client is. */
export interface HttpClientOptions extends PatienceLimits {
  readonly clock: Clock;
  readonly limits: HttpLimits;
  /** Told when everything for a host waits because the host asked for it. */
  readonly onPause?: (host: string, delayMs: number) => void;
}

const noticedPauseMs = 2000;
const authorizationRounds = 3;

/** Sends requests: waits for the host's gate, authorizes, follows redirects, repeats what may be repeated. */
export class HttpClient {
  readonly #options: HttpClientOptions;

  constructor(options: HttpClientOptions) {
    this.#options = options;
  }

  /** The answer to `request`; throws CopyError for statuses that were not accepted and when nothing could be had. */
  async send(request: ApiRequest, authorizer: Authorizer | undefined, signal: AbortSignal): Promise<ApiResponse> {
    const { clock } = this.#options;
    const patience = new Patience(clock, this.#options);
    for (;;) {
      try {
        await request.host.gate.pass(signal);
        const response = await this.#authorized(request, authorizer, signal);
        const isWanted =
          (response.status >= 200 && response.status < 300) || request.accept?.includes(response.status) === true;
        if (isWanted) {
          request.host.gate.succeeded();
          return response;
        }
        throw responseError(response, contextOf(request), clock.wallMs());
      } catch (thrown) {
        if (signal.aborted) throw signal.reason instanceof CopyError ? signal.reason : cancelledError(request.subject);
        const error = asCopyError(thrown, request);
        this.#closeGate(request.host, error);
        const isPatient = patience.allows(error, request.host.hasAnswered);
        if (request.isIdempotent && isPatient) continue;
        throw patience.attempts > 1 ? withFacts(error, { attempts: patience.attempts }) : error;
      }
    }
  }

  #closeGate(host: Host, error: CopyError): void {
    if (error.advice.do === 'after') {
      host.gate.closeFor(error.advice.delayMs);
      if (error.advice.delayMs >= noticedPauseMs) this.#options.onPause?.(host.name, error.advice.delayMs);
    } else if (error.advice.do === 'again') {
      host.gate.failed();
    }
  }

  /** One try, with as many rounds of authorization as a token may need. */
  async #authorized(
    request: ApiRequest,
    authorizer: Authorizer | undefined,
    signal: AbortSignal,
  ): Promise<ApiResponse> {
    const origin = await request.host.origin(signal);
    const url = typeof request.target === 'string' ? new URL(request.target, origin) : request.target;
    if (authorizer === undefined || url.origin !== origin) return this.#followed(request, url, undefined, signal);
    const target: AuthorizationTarget = {
      host: request.host.name,
      origin,
      scopes: request.scopes,
      side: request.side,
      subject: request.subject,
      meter: request.meter,
      ...(request.repository === undefined ? {} : { repository: request.repository }),
    };
    for (let round = 0; ; round++) {
      const authorization = await authorizer.authorization(target, signal);
      try {
        const response = await this.#followed(request, url, authorization, signal);
        if (response.status !== 401 || response.url.origin !== origin || round >= authorizationRounds) return response;
        await authorizer.challenged(target, headerValuesOf(response, 'www-authenticate'), authorization, round, signal);
        if (request.body?.kind === 'stream') throw renewedError(request);
      } finally {
        authorizer.settled(target);
      }
    }
  }

  /** One try, redirects followed; credentials stay with the origin they are for. */
  async #followed(
    request: ApiRequest,
    start: URL,
    authorization: string | undefined,
    signal: AbortSignal,
  ): Promise<ApiResponse> {
    const visited = new Set<string>();
    let method = request.method;
    let url = start;
    for (;;) {
      visited.add(url.href);
      const isOwn = url.origin === start.origin;
      const response = await this.#once(request, method, url, isOwn ? authorization : undefined, signal);
      if (!isRedirect(response.status) || request.isTokenRequest === true) return response;
      url = redirectTarget(response, visited, contextOf(request));
      if (response.status === 303) method = method === 'HEAD' ? 'HEAD' : 'GET';
      if (request.body?.kind === 'stream' && method === request.method) throw movedError(request);
    }
  }

  async #once(
    request: ApiRequest,
    method: ApiRequest['method'],
    url: URL,
    authorization: string | undefined,
    signal: AbortSignal,
  ): Promise<ApiResponse> {
    const { clock, limits } = this.#options;
    const { host, meter } = request;
    const hasBody = method === request.method && request.body !== undefined;
    let collector = new BodyCollector(maxErrorBytes);
    try {
      const dispatcher = await host.dispatcherFor(url, signal);
      if (request.isTokenRequest === true) meter.requests.token++;
      else meter.requests[request.side === 'destination' ? 'destination' : 'source']++;
      const head = await exchange(
        dispatcher,
        {
          method,
          url,
          headers: {
            'user-agent': 'image-ferry',
            'accept-encoding': 'identity',
            ...request.headers,
            ...(authorization === undefined ? {} : { authorization }),
          },
          headersMs: request.headersMs ?? limits.headersMs,
          idleMs: limits.idleMs,
          ...(hasBody ? { body: request.body } : {}),
        },
        (answer) => {
          host.hasAnswered = true;
          if (answer.status !== 200 && answer.status !== 206) return collector;
          if (request.sink !== undefined) return request.sink(answer);
          collector = new BodyCollector(request.maxBytes ?? maxErrorBytes);
          return collector;
        },
        clock,
        signal,
      );
      const isCut = !collector.isWhole && head.status < 300;
      if (isCut) throw tooLargeError(request, url);
      return { status: head.status, headers: head.headers, url, body: collector.bytes() };
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      throw transportError(thrown, { side: request.side, op: request.op, subject: request.subject, host: url.host });
    }
  }
}

/** The token was renewed, but the body has flowed: whoever owns the body begins again. */
function renewedError(request: ApiRequest): CopyError {
  return copyError('unauthorized', {
    side: request.side,
    op: request.op,
    subject: request.subject,
    message: `${request.side} ${request.host.name} asked for a new token during ${request.op} of ${request.subject}`,
    advice: { do: 'again' },
  });
}

function movedError(request: ApiRequest): CopyError {
  return copyError('protocol', {
    side: request.side,
    op: request.op,
    subject: request.subject,
    message: `${request.side} ${request.host.name} redirected ${request.op} of ${request.subject} while its body was on the way`,
    advice: { do: 'again' },
  });
}

function tooLargeError(request: ApiRequest, url: URL): CopyError {
  return copyError('protocol', {
    side: request.side,
    op: request.op,
    subject: request.subject,
    message: `${request.side} ${url.host} sent more than ${request.maxBytes ?? maxErrorBytes} bytes for ${request.op} of ${request.subject}`,
  });
}

function contextOf(request: ApiRequest): AnswerContext {
  return {
    side: request.side,
    op: request.op,
    subject: request.subject,
    method: request.method,
    host: request.host.name,
  };
}
