import type { Clock } from '../kernel/clock.ts';
import { answerJson } from './answers.ts';
import { readBody } from './body.ts';
import type { Exchange } from './exchange.ts';
import type { BearerOptions, Verify } from './options.ts';
import { refusal } from './refusal.ts';
import { formatScope, parseScopes, type Scope } from './scopes.ts';
import { type Pass, Tokens } from './tokens.ts';
import { basicCredentials, verifierOf } from './users.ts';

const defaultLifetimeSeconds = 300;
const refreshLifetimeMs = 30 * 86_400_000;
const mostFormBytes = 64 * 1024;

/** Gives out tokens by the Docker registry token documents: GET with Basic, POST with a form. */
export class TokenRealm {
  readonly service: string;
  readonly #tokens: Tokens;
  readonly #refreshTokens: Tokens;
  readonly #verify: Verify;
  readonly #grant: NonNullable<BearerOptions['grant']>;
  readonly #admitsNobody: boolean;
  readonly #lifetimeSeconds: number;
  readonly #clock: Clock;

  constructor(options: BearerOptions, clock: Clock) {
    this.service = options.service ?? 'dock';
    this.#lifetimeSeconds = options.lifetimeSeconds ?? defaultLifetimeSeconds;
    this.#tokens = new Tokens(clock, this.#lifetimeSeconds * 1000);
    this.#refreshTokens = new Tokens(clock, refreshLifetimeMs);
    this.#verify = verifierOf(options.users);
    this.#admitsNobody = options.grant !== undefined;
    this.#grant = options.grant ?? ((_user, scope) => scope.actions);
    this.#clock = clock;
  }

  /** What a Bearer header's token stands for. */
  redeem(token: string): Pass | undefined {
    return this.#tokens.redeem(token);
  }

  /** Answers a request for a token. */
  async answer(exchange: Exchange): Promise<void> {
    const form = exchange.request.method === 'POST' ? await readForm(exchange) : exchange.query;
    const user = await this.#authenticate(exchange, form);
    const scopes = parseScopes(form.getAll('scope')).map((asked) => this.#granted(user, asked));
    const token = this.#tokens.issue({ user, scopes: scopes.filter((scope) => scope.actions.length > 0) });
    const wantsRefresh = form.get('offline_token') === 'true' || form.get('access_type') === 'offline';
    const refreshToken =
      wantsRefresh && user !== undefined ? this.#refreshTokens.issue({ user, scopes: [] }) : undefined;
    answerJson(
      exchange,
      {
        token,
        access_token: token,
        expires_in: this.#lifetimeSeconds,
        issued_at: new Date(this.#clock.wallMs()).toISOString(),
        scope: scopes.map(formatScope).join(' '),
        ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
      },
      { 'Cache-Control': 'no-store' },
    );
  }

  #granted(user: string | undefined, asked: Scope): Scope {
    const actions = this.#grant(user, asked).filter((action) => asked.actions.includes(action));
    return { ...asked, actions };
  }

  async #authenticate(exchange: Exchange, form: URLSearchParams): Promise<string | undefined> {
    const refreshToken = form.get('refresh_token');
    if (exchange.request.method === 'POST' && refreshToken !== null) {
      const pass = this.#refreshTokens.redeem(refreshToken);
      if (pass?.user === undefined) throw wrongCredentials(this.service);
      return pass.user;
    }
    const inForm = { user: form.get('username') ?? '', password: form.get('password') ?? '' };
    const given =
      exchange.request.method === 'POST' ? inForm : basicCredentials(exchange.request.headers.authorization);
    if (given === undefined || (given.user === '' && given.password === '')) {
      if (this.#admitsNobody) return undefined;
      throw wrongCredentials(this.service);
    }
    if (!(await this.#verify(given.user, given.password))) throw wrongCredentials(this.service);
    return given.user;
  }
}

async function readForm(exchange: Exchange): Promise<URLSearchParams> {
  return new URLSearchParams(Buffer.from(await readBody(exchange, mostFormBytes)).toString('utf8'));
}

function wrongCredentials(service: string): Error {
  return refusal(401, 'UNAUTHORIZED', 'user name or password is wrong', {
    'WWW-Authenticate': `Basic realm="${service}"`,
  });
}
