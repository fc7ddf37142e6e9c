import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { RegistryAuthorizer } from '../../../../electron/engine/auth/authorizer.ts';
import { basicAuthorization } from '../../../../electron/engine/auth/tokens.ts';
import { HttpClient } from '../../../../electron/engine/http/client.ts';
import { Hosts } from '../../../../electron/engine/http/hosts.ts';
import { systemClock } from '../../../../electron/engine/kernel/clock.ts';
import { silentLogger } from '../../../../electron/engine/kernel/log.ts';
import { Meter } from '../../../../electron/engine/kernel/meter.ts';
import type { AuthorizationTarget } from '../../../../electron/engine/ports/authorizer.ts';
import type { Credential } from '../../../../electron/engine/ports/credentials.ts';
import { catalogScope, pullScope, pushScope, type Scope } from '../../../../electron/engine/rules/scopes.ts';
import { FakeClock } from '../../../fakes/clock.ts';
import { closeServer, listen } from '../../../fakes/listening.ts';
import { errorOf } from '../../error-of.ts';

const limits = { connectMs: 2000, tlsMs: 2000, headersMs: 2000, closingMs: 2000, idleMs: 2000, tokenMs: 2000 };
const open = (): AbortSignal => new AbortController().signal;
const login: Credential = { kind: 'basic', user: 'me', password: 'right' };

interface World {
  readonly authorizer: RegistryAuthorizer;
  readonly clock: FakeClock;
  readonly realm: string;
  readonly questions: IncomingMessage[];
  answer: (request: IncomingMessage, response: ServerResponse, number: number) => void;
  credential: Credential | undefined;
  target(path?: string, scopes?: readonly Scope[]): AuthorizationTarget;
  /** `Bearer realm=…` with more parameters. */
  challenge(more?: string): string;
}

async function world(credential: Credential | undefined = login): Promise<World> {
  const questions: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    questions.push(request);
    request.resume().on('end', () => made.answer(request, response, questions.length));
  });
  const host = `127.0.0.1:${await listen(server)}`;
  const clock = new FakeClock();
  const hosts = new Hosts({
    clock,
    random: () => 0,
    limits,
    streamsPerHost: 2,
    proxy: {},
    settings: new Map([[host, { plainHttp: true }]]),
  });
  onTestFinished(async () => {
    await hosts.close();
    await closeServer(server);
  });
  const client = new HttpClient({ clock: systemClock, limits, retries: 0, waitMs: 0 });
  const credentials = { credentialFor: () => Promise.resolve(made.credential) };
  const realm = `http://${host}/token`;
  const made: World = {
    authorizer: new RegistryAuthorizer({ client, hosts, credentials, clock, logger: silentLogger, tokenMs: 60_000 }),
    clock,
    realm,
    questions,
    credential,
    answer: (_request, response, number) => void response.end(JSON.stringify({ token: `t${number}`, expires_in: 100 })),
    target: (path = 'a/b', scopes = [pullScope(path)]) => ({
      host,
      origin: `http://${host}`,
      ...(path === '' ? {} : { repository: path }),
      scopes,
      side: 'source',
      subject: path,
      meter: new Meter(),
    }),
    challenge: (more = '') => `Bearer realm="${realm}",service="s"${more}`,
  };
  return made;
}

/** One request that was first refused without a token; gives the token that it then goes with. */
async function signedIn(made: World, target = made.target()): Promise<string | undefined> {
  const { authorizer } = made;
  const first = await authorizer.authorization(target, open());
  await authorizer.challenged(target, [made.challenge()], first, 0, open());
  authorizer.settled(target, 'looked-at');
  return authorizer.authorization(target, open());
}

describe('tokens', () => {
  test('the first request goes without; then one token serves all with these scopes', async () => {
    const made = await world();
    expect(await signedIn(made)).toBe('Bearer t1');
    expect(await made.authorizer.authorization(made.target(), open())).toBe('Bearer t1');
    expect(await made.authorizer.authorization(made.target('c/d'), open())).toBe('Bearer t2');
    expect(made.questions).toHaveLength(2);
  });

  test('many who need one at once share one question', async () => {
    const made = await world();
    await signedIn(made);
    const target = made.target('x/y', [pushScope('x/y')]);
    const tokens = await Promise.all(Array.from({ length: 20 }, () => made.authorizer.authorization(target, open())));
    expect(new Set(tokens)).toEqual(new Set(['Bearer t2']));
    expect(made.questions).toHaveLength(2);
  });

  test('one that was cancelled does not end it for the others', async () => {
    const made = await world();
    await signedIn(made);
    const target = made.target('x/y');
    const controller = new AbortController();
    const first = made.authorizer.authorization(target, controller.signal);
    const second = made.authorizer.authorization(target, open());
    controller.abort(new Error('no more'));
    await expect(first).rejects.toThrow('no more');
    expect(await second).toBe('Bearer t2');
  });

  test('it is renewed when 15 % of its life are left, by monotonic time', async () => {
    const made = await world();
    await signedIn(made);
    made.clock.stepWall(86_400_000);
    await made.clock.advance(84_900);
    expect(await made.authorizer.authorization(made.target(), open())).toBe('Bearer t1');
    await made.clock.advance(200);
    expect(await made.authorizer.authorization(made.target(), open())).toBe('Bearer t2');
  });

  test('a refresh token that was replaced is not used again', async () => {
    const made = await world({ kind: 'identity', token: 'first' });
    const bodies: string[] = [];
    made.answer = (request, response, number) => {
      bodies.push(request.method ?? '');
      response.end(JSON.stringify({ access_token: `a${number}`, refresh_token: `next${number}` }));
    };
    expect(await signedIn(made)).toBe('Bearer a1');
    await made.clock.advance(60_000);
    expect(await made.authorizer.authorization(made.target(), open())).toBe('Bearer a2');
    expect(bodies).toEqual(['POST', 'POST']);
  });

  test('a registry token goes as it is', async () => {
    const made = await world({ kind: 'registry-token', token: 'ready' });
    expect(await signedIn(made)).toBe('Bearer ready');
    expect(made.questions).toHaveLength(0);
  });

  test('another password is another account, also after a refusal', async () => {
    const made = await world({ kind: 'basic', user: 'me', password: 'wrong' });
    made.answer = (request, response, number) => {
      if (request.headers.authorization === basicAuthorization('me', 'right')) response.end(`{"token":"t${number}"}`);
      else response.writeHead(401).end();
    };
    expect(await errorOf(signedIn(made))).toMatchObject({ hint: 'credential-wrong' });
    expect(await errorOf(made.authorizer.authorization(made.target('c/d'), open()))).toMatchObject({
      hint: 'credential-wrong',
      subject: 'c/d',
    });
    expect(made.questions).toHaveLength(1);
    made.credential = login;
    expect(await made.authorizer.authorization(made.target('c/d'), open())).toBe('Bearer t2');
  });
});

describe('the first answer', () => {
  test('is waited for by all others, who learn from it', async () => {
    const made = await world();
    const { authorizer } = made;
    const first = made.target();
    expect(await authorizer.authorization(first, open())).toBeUndefined();
    let others = 0;
    const waiting = [1, 2, 3].map(async () => {
      await authorizer.authorization(made.target('c/d'), open());
      others++;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(others).toBe(0);
    await authorizer.challenged(first, [made.challenge()], undefined, 0, open());
    authorizer.settled(first, 'looked-at');
    await Promise.all(waiting);
    expect(made.questions).toHaveLength(1);
  });

  test('that never came lets the others go', async () => {
    const made = await world();
    const first = made.target();
    await made.authorizer.authorization(first, open());
    const other = made.authorizer.authorization(made.target(), open());
    made.authorizer.settled(first, 'unknown');
    expect(await other).toBeUndefined();
  });

  test('can be given up waiting for', async () => {
    const made = await world();
    await made.authorizer.authorization(made.target(), open());
    await expect(made.authorizer.authorization(made.target(), AbortSignal.abort(new Error('no')))).rejects.toThrow(
      'no',
    );
  });
});

describe('a token that is refused', () => {
  test('is fetched anew once; a fresh one that is refused too has no right', async () => {
    const made = await world();
    const target = made.target();
    const old = await signedIn(made, target);
    await made.authorizer.challenged(target, [made.challenge()], old, 0, open());
    const fresh = await made.authorizer.authorization(target, open());
    expect(fresh).toBe('Bearer t2');
    const error = await errorOf(made.authorizer.challenged(target, [made.challenge()], fresh, 1, open()));
    expect(error).toMatchObject({ kind: 'forbidden', hint: 'repository-or-access' });
    expect(error.message).toContain('repository:a/b:pull');
  });

  test('was renewed by somebody else meanwhile: that one is taken', async () => {
    const made = await world();
    const target = made.target();
    const old = await signedIn(made, target);
    await made.authorizer.challenged(target, [made.challenge()], old, 0, open());
    await made.authorizer.authorization(target, open());
    await made.authorizer.challenged(target, [made.challenge()], old, 0, open());
    expect(await made.authorizer.authorization(target, open())).toBe('Bearer t2');
    expect(made.questions).toHaveLength(2);
  });

  test('lacks a scope that the challenge names: asked for once', async () => {
    const made = await world();
    const target = made.target();
    const token = await signedIn(made, target);
    const more = made.challenge(',scope="repository:a/b:pull,push repository:base:pull",error="insufficient_scope"');
    await made.authorizer.challenged(target, [more], token, 1, open());
    const wider = await made.authorizer.authorization(target, open());
    expect(new URL(made.questions[1]?.url ?? '', 'http://x').searchParams.getAll('scope')).toEqual([
      'repository:a/b:pull,push',
      'repository:base:pull',
    ]);
    expect(await errorOf(made.authorizer.challenged(target, [more], wider, 2, open()))).toMatchObject({
      kind: 'forbidden',
    });
  });

  test('is too new for a node whose clock lags: it is sent again a little later (moby#22158)', async () => {
    const made = await world();
    const target = made.target();
    const token = await signedIn(made, target);
    const refused = made.authorizer.challenged(target, [made.challenge(',error="invalid_token"')], token, 1, open());
    await made.clock.whenSleeping();
    await made.clock.advance(1500);
    await refused;
    expect(await made.authorizer.authorization(target, open())).toBe(token);
    const again = made.authorizer.challenged(target, [made.challenge(',error="invalid_token"')], token, 2, open());
    expect(await errorOf(again)).toMatchObject({ kind: 'forbidden' });
  });
});

describe('Basic', () => {
  const asks = ['Basic realm="x"'];

  test('Harbor wants it for the catalog and Bearer for the rest: each learns for itself', async () => {
    const made = await world();
    const catalog = made.target('', [catalogScope]);
    await made.authorizer.authorization(catalog, open());
    await made.authorizer.challenged(catalog, asks, undefined, 0, open());
    made.authorizer.settled(catalog, 'looked-at');
    expect(await made.authorizer.authorization(catalog, open())).toBe(basicAuthorization('me', 'right'));
    made.authorizer.settled(catalog, 'looked-at');
    expect(await signedIn(made)).toBe('Bearer t1');
    expect(await made.authorizer.authorization(catalog, open())).toBe(basicAuthorization('me', 'right'));
  });

  test('a password is tried by one request alone; refused, it is not sent again', async () => {
    const made = await world();
    const { authorizer } = made;
    const first = made.target();
    await authorizer.authorization(first, open());
    await authorizer.challenged(first, asks, undefined, 0, open());
    authorizer.settled(first, 'looked-at');
    const used = await authorizer.authorization(first, open());
    const others = [1, 2, 3].map((at) => errorOf(authorizer.authorization(made.target(`r/${at}`), open())));
    expect(await errorOf(authorizer.challenged(first, asks, used, 1, open()))).toMatchObject({
      hint: 'credential-wrong',
    });
    authorizer.settled(first, 'looked-at');
    for (const error of await Promise.all(others)) expect(error).toMatchObject({ hint: 'credential-wrong' });
  });

  test('a trial that nobody answered is tried by the next', async () => {
    const made = await world();
    const { authorizer } = made;
    const first = made.target();
    await authorizer.authorization(first, open());
    await authorizer.challenged(first, asks, undefined, 0, open());
    authorizer.settled(first, 'looked-at');
    await authorizer.authorization(first, open());
    const second = made.target('c/d');
    const next = authorizer.authorization(second, open());
    authorizer.settled(first, 'unknown');
    expect(await next).toBe(basicAuthorization('me', 'right'));
    const third = authorizer.authorization(made.target('e/f'), open());
    authorizer.settled(second, 'looked-at');
    expect(await third).toBe(basicAuthorization('me', 'right'));
  });

  test('without a password it says which is missing; with a token only, too', async () => {
    for (const credential of [undefined, { kind: 'identity', token: 'x' } as const]) {
      const made = await world(credential);
      made.credential = credential;
      const target = made.target();
      await made.authorizer.authorization(target, open());
      expect(await errorOf(made.authorizer.challenged(target, asks, undefined, 0, open()))).toMatchObject({
        hint: 'credential-missing',
      });
    }
  });
});

describe('refusals', () => {
  test('a way to sign in that is not known', async () => {
    const made = await world();
    const error = await errorOf(made.authorizer.challenged(made.target(), ['Negotiate', 'NTLM'], undefined, 0, open()));
    expect(error).toMatchObject({ kind: 'unsupported' });
    expect(error.message).toContain('negotiate, ntlm');
  });

  test('a realm that changes gets no password, and an anonymous question may go', async () => {
    const made = await world();
    await signedIn(made);
    const other = made.challenge().replace('127.0.0.1', 'localhost');
    const error = await errorOf(made.authorizer.challenged(made.target(), [other], 'Bearer t1', 0, open()));
    expect(error).toMatchObject({ hint: 'realm-changed', kind: 'unauthorized' });
    made.credential = undefined;
    await made.authorizer.challenged(made.target(), [other], undefined, 0, open());
  });

  test.each(['ftp://x/', 'http://me:pw@127.0.0.1/token', 'file:///x'])('a realm at %s', async (realm) => {
    const made = await world();
    const error = await errorOf(
      made.authorizer.challenged(made.target(), [`Bearer realm="${realm}"`], undefined, 0, open()),
    );
    expect(error).toMatchObject({ kind: 'protocol' });
    expect(error.message).not.toContain('pw');
  });

  test('an anonymous destination is told to sign in, a known one to get the right', async () => {
    for (const [credential, hint] of [
      [undefined, 'credential-missing'],
      [login, 'create-project'],
    ] as const) {
      const made = await world(credential);
      made.credential = credential;
      const target = { ...made.target(), side: 'destination' as const };
      const token = await signedIn(made, target);
      expect(await errorOf(made.authorizer.challenged(target, [made.challenge()], token, 1, open()))).toMatchObject({
        hint,
      });
    }
  });
});
