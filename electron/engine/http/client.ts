import type { Clock } from '../kernel/clock.ts';
import { withDeadline } from '../kernel/deadline.ts';
import { asCopyError, cancelledError, CopyError, withFacts } from '../kernel/errors.ts';
import { isFromSleep, isHostGone, Patience, type PatienceLimits, SleptError } from '../kernel/patience.ts';
import type { AuthorizationOutcome, Authorizer, AuthorizationTarget } from '../ports/authorizer.ts';
import type { ByteSink } from '../ports/byte-sink.ts';
import { exchange, type ResponseHead } from './exchange.ts';
import type { Host } from './hosts.ts';
import { LeapWatch } from './leaps.ts';
import type { HttpLimits } from './limits.ts';
import { HostDownError } from './outage.ts';
import type { RateLimits } from './rate-limit.ts';
import { isRedirect, redirectTarget } from './redirects.ts';
import {
  type ApiRequest,
  contextOf,
  downError,
  lateError,
  movedError,
  renewedError,
  tooLargeError,
} from './request.ts';
import { RequestUrl } from './request-url.ts';
import { isTransientStatus, knownAnswer, maxErrorBytes, responseError } from './response-errors.ts';
import { Answer, type ApiResponse, BodyCollector, BodyTooLargeError, headerValuesOf } from './response.ts';
import { transportError } from './transport-errors.ts';

export type { ApiRequest } from './request.ts';

/** How patient the client is. */
export interface HttpClientOptions extends PatienceLimits {
  readonly clock: Clock;
  readonly limits: HttpLimits;
  /** Told when everything for a host waits: because the host asked for it, or, with `downForMs`, because it is gone for so long. */
  readonly onPause?: (host: string, delayMs: number, downForMs?: number) => void;
  /** Told when a host that everything waited for is back. */
  readonly onResume?: (host: string, downForMs: number) => void;
  /** What blobs may flow by; no limit unless given. */
  readonly rates?: RateLimits;
  /** Takes live secrets out of a text. */
  readonly clean?: (text: string) => string;
}

const noticedPauseMs = 2000;
const authorizationRounds = 3;

/** Sends requests: waits for the host's gate, authorizes, follows redirects, repeats what may be repeated. */
export class HttpClient {
  readonly #options: HttpClientOptions;
  readonly #hosts = new Set<Host>();
  readonly #leaps: LeapWatch;
  /** How often this machine slept. */
  #sleeps = 0;

  constructor(options: HttpClientOptions) {
    this.#options = options;
    this.#leaps = new LeapWatch(options.clock, () => this.reconnect());
  }

  /** Drops every connection, after a sleep or a change of networks; what is under way is tried again and counts as no failure. */
  reconnect(): void {
    this.#sleeps++;
    for (const host of this.#hosts) void host.reconnect();
  }

  /** The answer to `request`; throws CopyError for statuses that were not accepted and when nothing could be had. */
  send(request: ApiRequest, authorizer: Authorizer | undefined, signal: AbortSignal): Promise<ApiResponse> {
    const { withinMs } = request;
    if (withinMs === undefined) return this.#patiently(request, authorizer, signal);
    const late = (): CopyError => lateError(request);
    return withDeadline(this.#options.clock, withinMs, signal, late, (stop) =>
      this.#patiently(request, authorizer, stop),
    );
  }

  async #patiently(request: ApiRequest, authorizer: Authorizer | undefined, signal: AbortSignal): Promise<ApiResponse> {
    const { host } = request;
    const patience = new Patience(this.#options.clock, this.#options);
    this.#hosts.add(host);
    for (;;) {
      let leave: (() => void) | undefined;
      this.#leaps.begin();
      try {
        // the request that waits for a token may be the probe itself
        if (request.isTokenRequest === true) await host.gate.pass(signal);
        else if (!host.outage.isOpen) leave = await host.outage.pass(this.#options.waitMs, signal);
        const response = await this.#authorized(request, authorizer, signal);
        const isGood = response.status >= 200 && response.status < 300;
        if (!isGood && request.accept?.includes(response.status) !== true)
          throw this.#cleaned(responseError(response, contextOf(request), this.#options.clock.wallMs()));
        host.gate.succeeded();
        return response;
      } catch (thrown) {
        if (signal.aborted) throw signal.reason instanceof CopyError ? signal.reason : cancelledError(request.subject);
        if (thrown instanceof HostDownError) throw downError(request, thrown);
        const error = asCopyError(thrown, request);
        this.#closeGate(request, error);
        const isPatient = patience.allows(error, host.hasAnswered);
        if (request.isIdempotent && isPatient) continue;
        throw patience.attempts > 1 ? withFacts(error, { attempts: patience.attempts }) : error;
      } finally {
        leave?.();
        this.#leaps.end();
      }
    }
  }

  #closeGate({ host }: ApiRequest, error: CopyError): void {
    const { advice } = error;
    if (advice.do === 'after') {
      host.gate.closeFor(advice.delayMs);
      if (advice.delayMs >= noticedPauseMs) this.#options.onPause?.(host.name, advice.delayMs);
      return;
    }
    if (advice.do !== 'again' || isFromSleep(error)) return;
    if (error.kind === 'disk') host.lowerStreams();
    if (!host.hasAnswered || !isHostGone(error)) return host.gate.failed();
    const wasOpen = host.gate.closedForMs() === 0;
    host.outage.failed();
    const delayMs = host.gate.closedForMs();
    if (wasOpen && delayMs >= noticedPauseMs) this.#options.onPause?.(host.name, delayMs, host.outage.downForMs);
  }

  /** The host answered something. */
  #reached(host: Host): void {
    host.hasAnswered = true;
    const { downForMs } = host.outage;
    if (downForMs === undefined) return;
    host.outage.ended();
    if (downForMs >= noticedPauseMs) this.#options.onResume?.(host.name, downForMs);
  }

  /** What a registry says may repeat what it was sent: no live secret gets into an error (SECURITY S-LOG-1). */
  #cleaned(error: CopyError): CopyError {
    const { clean } = this.#options;
    return clean === undefined
      ? error
      : withFacts(error, { message: clean(error.message), codes: error.codes.map(clean) });
  }

  /** One try, with as many rounds of authorization as a token may need. */
  async #authorized(
    request: ApiRequest,
    authorizer: Authorizer | undefined,
    signal: AbortSignal,
  ): Promise<ApiResponse> {
    const origin = request.host.knownOrigin ?? (await request.host.origin(signal));
    const { target: asked } = request;
    const place = typeof asked === 'string' ? RequestUrl.at(origin, asked) : RequestUrl.of(asked);
    if (authorizer === undefined || place.origin !== origin) return this.#followed(request, place, undefined, signal);
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
      let outcome: AuthorizationOutcome = 'unknown';
      try {
        const response = await this.#followed(request, place, authorization, signal);
        const known = knownAnswer(response, contextOf(request));
        outcome =
          known?.hint === 'credential-wrong' ? 'refused' : isTransientStatus(response.status) ? 'unknown' : 'looked-at';
        const challenges = headerValuesOf(response, 'www-authenticate');
        const isQuestion = response.status === 401 && response.url.origin === origin && challenges.length > 0;
        // one that explains itself is no question for credentials: Harbor's missing project (goharbor/harbor#966)
        if (!isQuestion || known !== undefined || round >= authorizationRounds) return response;
        await authorizer.challenged(target, challenges, authorization, round, signal);
        if (request.body?.kind === 'stream') throw renewedError(request);
      } finally {
        authorizer.settled(target, outcome);
      }
    }
  }

  /** One try, redirects followed; credentials stay with the origin they are for. */
  async #followed(
    request: ApiRequest,
    start: RequestUrl,
    authorization: string | undefined,
    signal: AbortSignal,
  ): Promise<ApiResponse> {
    const visited: string[] = [];
    let { method } = request;
    let place = start;
    for (;;) {
      const isOwn = place.origin === start.origin;
      const response = await this.#once(request, method, place, isOwn ? authorization : undefined, signal);
      if (!isRedirect(response.status) || request.isTokenRequest === true) return response;
      visited.push(place.url.href);
      place = RequestUrl.of(redirectTarget(response, visited, contextOf(request)));
      if (response.status === 303) method = method === 'HEAD' ? 'HEAD' : 'GET';
      if (request.body?.kind === 'stream' && method === request.method) throw movedError(request, response);
    }
  }

  async #once(
    request: ApiRequest,
    method: ApiRequest['method'],
    place: RequestUrl,
    authorization: string | undefined,
    signal: AbortSignal,
  ): Promise<ApiResponse> {
    const { clock, limits } = this.#options;
    const { host, meter, side, op, subject } = request;
    const hasBody = method === request.method && request.body !== undefined;
    const sleepsBefore = this.#sleeps;
    const rates = hasBody || request.sink !== undefined ? this.#options.rates : undefined;
    let collector = new BodyCollector(maxErrorBytes);
    const answer: { head?: ResponseHead } = {};
    const receive = (head: ResponseHead): ByteSink => {
      this.#reached(host);
      answer.head = head;
      if (!hasContent(head)) return collector;
      if (request.sink !== undefined) return request.sink(head);
      collector = new BodyCollector(request.maxBytes ?? maxErrorBytes);
      return collector;
    };
    try {
      if (hasBody) await rates?.sent.free(signal);
      const connections = host.openTo(place) ?? (await host.connectionsFor(place, signal));
      if (request.isTokenRequest === true) meter.requests.token++;
      else meter.requests[side === 'destination' ? 'destination' : 'source']++;
      const headers = {
        'user-agent': 'image-ferry',
        'accept-encoding': 'identity',
        ...request.headers,
        ...(authorization === undefined ? {} : { authorization }),
      };
      const wire = {
        method,
        place,
        headers,
        connectMs: limits.connectMs + limits.tlsMs,
        headersMs: request.headersMs ?? limits.headersMs,
        idleMs: limits.idleMs,
        ...(hasBody ? { body: request.body } : {}),
        ...(rates === undefined ? {} : { rates }),
      };
      const head = await exchange(connections, wire, receive, clock, signal);
      return new Answer(head, place, collector.bytes());
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      const { head } = answer;
      // of every other answer the head counts, however its body ends: docker-registry 2.8 breaks off its 416 (RELIABILITY fact 3)
      if (head !== undefined && !hasContent(head)) return new Answer(head, place, collector.bytes());
      if (thrown instanceof BodyTooLargeError) throw tooLargeError(request, place.url);
      this.#leaps.look();
      const cause = this.#sleeps === sleepsBefore ? thrown : new SleptError(thrown);
      throw transportError(cause, { side, op, subject, host: place.url.host });
    }
  }
}

/** True for answers whose body is what was asked for. */
function hasContent(head: ResponseHead): boolean {
  return head.status === 200 || head.status === 206;
}
