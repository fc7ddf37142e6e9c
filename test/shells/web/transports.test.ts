import { describe, expect, onTestFinished, test } from 'vitest';
import { WindowHost, type WindowSession } from '../../../electron/app/window/window.ts';
import { type Client, ContractError } from '../../../electron/contract/client.ts';
import { Commands } from '../../../electron/contract/commands.ts';
import { applyFeedMessage } from '../../../electron/contract/feed-message.ts';
import { Feeds } from '../../../electron/contract/feeds.ts';
import { systemClock } from '../../../electron/engine/kernel/clock.ts';
import { asObject } from '../../../electron/oci/fields.ts';
import { HttpClient } from '../../../renderer/transport/http-client.ts';
import { FakeClock } from '../../fakes/clock.ts';
import { memoryParts, runningJob } from '../../unit/app/window/memory-parts.ts';
import { walkContract } from './contract-walk.ts';
import { openWeb, type WebStage } from './stage.ts';

const never = new AbortController().signal;

/** A client with nothing between it and its session. */
function directClient(session: WindowSession): Client {
  return {
    call: async (name, input) => {
      const answer = await session.call(name, input, never);
      if (!answer.ok) throw new ContractError(answer.failure);
      return Commands[name].output.parse(answer.value);
    },
    feed: (name, scope, { changed, failed }) => {
      let state: Readonly<Record<string, unknown>> | undefined;
      return session.feed(name, scope, {
        isFull: false,
        send: (message) => {
          state = applyFeedMessage(state, message);
          if (message.isLast) changed(Feeds[name].snapshot.parse(state));
        },
        end: (failure) => failed?.(failure),
      });
    },
  };
}

/** The page's own client in front of a web host; `fetch` gets the origin that a page would give it. */
async function pageClient(stage: WebStage): Promise<Client> {
  const plainFetch = globalThis.fetch;
  globalThis.fetch = (target, init) =>
    plainFetch(typeof target === 'string' ? new URL(target, stage.origin) : target, init);
  onTestFinished(() => {
    globalThis.fetch = plainFetch;
  });
  return new HttpClient(await stage.signIn(), { ended: () => {}, broke: () => {} });
}

/** Reads the lines of a stream as they come. */
async function* linesOf(response: Response): AsyncGenerator<Readonly<Record<string, unknown>>, void, undefined> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const piece of response.body ?? []) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield asObject(JSON.parse(line), 'line');
  }
}

describe('the contract from end to end', () => {
  test('in memory', async () => {
    const parts = await memoryParts({ clock: systemClock });
    const host = new WindowHost(parts, { checksOutputs: true });
    onTestFinished(() => host.close());
    await walkContract({ client: directClient(host.openSession()), parts });
  });

  test("over HTTP, by the page's own client", async () => {
    const stage = await openWeb();
    await walkContract({ client: await pageClient(stage), parts: stage.parts });
    expect(stage.failed).toEqual([]);
  });
});

describe('the stream', () => {
  test('tells its name first, then of the feeds that were added', async () => {
    const stage = await openWeb();
    const token = await stage.signIn();
    const lines = linesOf(await stage.post('/api/feed', { open: true }, token));
    const first = (await lines.next()).value;
    expect(first).toEqual({ stream: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    const add = [{ feed: 'mine', name: 'jobs', scope: {} }];
    await stage.post('/api/feed', { ...first, add, remove: [] }, token);
    expect((await lines.next()).value).toMatchObject({ feed: 'mine', message: { number: 1, isFirst: true } });
    stage.parts.jobs.heads = [runningJob(1)];
    stage.parts.jobs.change();
    expect((await lines.next()).value).toMatchObject({ feed: 'mine', message: { number: 2, isFirst: false } });
  });

  test('tells of a feed in another scope when it is added again', async () => {
    const stage = await openWeb();
    const token = await stage.signIn();
    stage.parts.jobs.heads = [{ ...runningJob(1), state: 'held' }];
    const lines = linesOf(await stage.post('/api/feed', { open: true }, token));
    const { stream } = (await lines.next()).value ?? {};
    for (const from of [0, 7]) {
      const add = [{ feed: 'rows', name: 'job', scope: { job: 1, from, most: 10 } }];
      await stage.post('/api/feed', { stream, add, remove: [] }, token);
      expect((await lines.next()).value).toMatchObject({ feed: 'rows', message: { number: 1, isFirst: true } });
    }
    expect(stage.parts.jobs.listeners).toBe(1);
    await stage.post('/api/feed', { stream, add: [], remove: ['rows'] }, token);
    expect(stage.parts.jobs.listeners).toBe(0);
  });

  test('S-WEB-7: of one session is nothing to another', async () => {
    const stage = await openWeb();
    const [one, two] = [await stage.signIn(), await stage.signIn()];
    const first = (await linesOf(await stage.post('/api/feed', { open: true }, one)).next()).value;
    const response = await stage.post('/api/feed', { ...first, add: [], remove: [] }, two);
    expect([response.status, await response.text()]).toEqual([404, '']);
  });

  test.each([
    ['is locked', (stage: WebStage, token: string) => stage.post('/api/lock', {}, token)],
    ['is idle for an hour', (_: WebStage, __: string, clock: FakeClock) => clock.advance(60 * 60_000)],
  ])('S-WEB-7: ends when its session %s', async (_, end) => {
    const clock = new FakeClock();
    const stage = await openWeb({ clock });
    const token = await stage.signIn();
    const lines = linesOf(await stage.post('/api/feed', { open: true }, token));
    const first = (await lines.next()).value;
    await stage.post('/api/feed', { ...first, add: [{ feed: 'a', name: 'jobs', scope: {} }], remove: [] }, token);
    expect((await lines.next()).value).toHaveProperty('message');
    await end(stage, token, clock);
    for (;;) {
      const line = await lines.next();
      if (line.done === true) break;
      expect(line.value).toEqual({});
    }
    expect(stage.parts.jobs.listeners).toBe(0);
  });

  test('says that it is still there when nothing happens', async () => {
    const clock = new FakeClock();
    const stage = await openWeb({ clock });
    const lines = linesOf(await stage.post('/api/feed', { open: true }, await stage.signIn()));
    await lines.next();
    await clock.advance(15_000);
    expect((await lines.next()).value).toEqual({});
  });

  test('a reader who leaves takes the feeds along', async () => {
    const stage = await openWeb();
    const token = await stage.signIn();
    const reader = new AbortController();
    const response = await fetch(`${stage.origin}/api/feed`, {
      method: 'POST',
      body: '{"open":true}',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
      signal: reader.signal,
    });
    const first = (await linesOf(response).next()).value;
    // the first line was all that was read: the stream above ended with its loop
    reader.abort();
    await expect
      .poll(async () => (await stage.post('/api/feed', { ...first, add: [], remove: [] }, token)).status)
      .toBe(404);
    expect(stage.parts.jobs.listeners).toBe(0);
  });

  test('is one of four in a session', async () => {
    const stage = await openWeb();
    const token = await stage.signIn();
    const statuses: number[] = [];
    for (let at = 0; at < 5; at++) statuses.push((await stage.post('/api/feed', { open: true }, token)).status);
    expect(statuses).toEqual([200, 200, 200, 200, 429]);
  });

  test.each([
    {},
    { open: false },
    { stream: '../x', add: [], remove: [] },
    { stream: 'x', add: [{}], remove: [] },
    { open: true, more: 1 },
    [],
  ])('%j is refused', async (body) => {
    const stage = await openWeb();
    expect((await stage.post('/api/feed', body, await stage.signIn())).status).toBe(400);
  });
});

test('S-LOG-1: a password that goes in comes out nowhere', async () => {
  const stage = await openWeb();
  const token = await stage.signIn();
  const draft = { plainHttp: true, insecure: false, remember: 'stored', host: 'one.example', user: 'robot' };
  const password = 'planted-web-password';
  const answers = [
    await stage.post('/api/call/registries.save', { ...draft, password }, token),
    await stage.post('/api/call/registries.save', { ...draft, password, unheardOf: password }, token),
    await stage.post('/api/call/registries.save', { ...draft, host: password.repeat(20), password }, token),
    await stage.post('/api/call/vault.unlock', { passphrase: password }, token),
    await stage.post('/api/call/registries.list', {}, token),
  ];
  const texts = await Promise.all(
    answers
      .slice(0, 2)
      .concat(answers.slice(3))
      .map((answer) => answer.text()),
  );
  expect(texts.join('\n')).not.toContain(password);
});
