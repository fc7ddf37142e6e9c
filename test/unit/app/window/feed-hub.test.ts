import { describe, expect, onTestFinished, test } from 'vitest';
import { OpenFeed } from '../../../../electron/app/window/feed-hub.ts';
import { WindowHost, type WindowSession } from '../../../../electron/app/window/window.ts';
import type { Failure } from '../../../../electron/contract/errors.ts';
import { applyFeedMessage, type FeedMessage } from '../../../../electron/contract/feed-message.ts';
import { Feeds } from '../../../../electron/contract/feeds.ts';
import { FakeClock } from '../../../fakes/clock.ts';
import { jobImage, type MemoryParts, memoryParts, runningJob } from './memory-parts.ts';

class Ear {
  readonly messages: FeedMessage[] = [];
  readonly ends: Failure[] = [];
  isFull = false;
  state: Readonly<Record<string, unknown>> | undefined;

  send(message: FeedMessage): void {
    this.messages.push(message);
    this.state = applyFeedMessage(this.state, message);
  }

  end(failure: Failure): void {
    this.ends.push(failure);
  }
}

interface Scene {
  readonly clock: FakeClock;
  readonly parts: MemoryParts;
  readonly session: WindowSession;
  readonly ear: Ear;
}

async function scene(): Promise<Scene> {
  const clock = new FakeClock();
  const parts = await memoryParts({ clock });
  const host = new WindowHost(parts);
  onTestFinished(() => host.close());
  return { clock, parts, session: host.openSession(), ear: new Ear() };
}

describe('a feed', () => {
  test('begins with how things stand, and its numbers have no holes', async () => {
    const { clock, parts, session, ear } = await scene();
    parts.jobs.heads = [runningJob(1)];
    session.feed('jobs', {}, ear);
    expect(ear.messages).toMatchObject([{ number: 1, isFirst: true, isLast: true }]);
    for (let second = 1; second <= 5; second++) {
      parts.jobs.heads = [{ ...runningJob(1), seconds: second }];
      await clock.advance(1000);
    }
    expect(ear.messages.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(Feeds.jobs.snapshot.safeParse(ear.state).success).toBe(true);
  });

  test('S-IPC-8: tells at most ten changes a second, however often things change', async () => {
    const { clock, parts, session, ear } = await scene();
    parts.jobs.heads = [runningJob(1)];
    session.feed('jobs', {}, ear);
    for (let change = 1; change <= 1000; change++) {
      parts.jobs.heads = [{ ...runningJob(1), seconds: change }];
      parts.jobs.change();
      await clock.advance(10);
    }
    expect(ear.messages.length).toBeGreaterThan(90);
    expect(ear.messages.length).toBeLessThanOrEqual(101);
    expect(ear.state).toMatchObject({ jobs: [{ seconds: 1000 }] });
  });

  test('looks again by itself while a job moves, and rests when none does', async () => {
    const { clock, parts, session, ear } = await scene();
    session.feed('jobs', {}, ear);
    await clock.advance(1000);
    expect(clock.scheduled).toBe(0);
    parts.jobs.heads = [runningJob(1)];
    parts.jobs.change();
    parts.jobs.heads = [{ ...runningJob(1), seconds: 2 }];
    await clock.advance(200);
    expect(ear.state).toMatchObject({ jobs: [{ seconds: 2 }] });
  });

  test('makes nothing new for a line that is full, and tells what became of it as one change', async () => {
    const { clock, parts, session, ear } = await scene();
    parts.jobs.heads = [runningJob(1)];
    session.feed('jobs', {}, ear);
    ear.isFull = true;
    for (let second = 1; second <= 50; second++) {
      parts.jobs.heads = [{ ...runningJob(1), seconds: second }];
      await clock.advance(1000);
    }
    expect(ear.messages).toHaveLength(1);
    ear.isFull = false;
    await clock.advance(200);
    expect(ear.messages.map(({ number }) => number)).toEqual([1, 2]);
    expect(ear.state).toMatchObject({ jobs: [{ seconds: 50 }] });
  });

  test('tells of the rows that are looked at only', async () => {
    const { parts, session, ear } = await scene();
    parts.jobs.heads = [runningJob(1)];
    parts.jobs.rows = Array.from({ length: 10_000 }, (_, index) => jobImage(index));
    session.feed('job', { job: 1, from: 500, most: 20 }, ear);
    expect(ear.state).toMatchObject({ total: 10_000 });
    expect(ear.state?.['rows']).toEqual(parts.jobs.rows.slice(500, 520));
  });

  test('of a job that is not there ends at once and says so', async () => {
    const { clock, parts, session, ear } = await scene();
    session.feed('job', { job: 7, from: 0, most: 20 }, ear);
    expect(ear.ends).toMatchObject([{ kind: 'not-found' }]);
    await clock.advance(1000);
    expect(parts.jobs.listeners).toBe(0);
    expect(ear.messages).toEqual([]);
  });

  test.each([
    ['nonsense', {}],
    ['__proto__', {}],
    ['jobs', { unheardOf: 1 }],
    ['job', { job: 1, from: 0, most: 101 }],
    ['job', { job: -1, from: 0, most: 1 }],
    ['plan', { plan: '../x', from: 0, most: 1 }],
  ])('S-IPC-2: %s with %j is refused', async (name, scope) => {
    const { session, ear } = await scene();
    session.feed(name, scope, ear);
    expect(ear.ends).toMatchObject([{ kind: 'invalid' }]);
  });

  test('says no more once closed', async () => {
    const { clock, parts, session, ear } = await scene();
    parts.jobs.heads = [runningJob(1)];
    session.feed('jobs', {}, ear).close();
    parts.jobs.heads = [{ ...runningJob(1), seconds: 9 }];
    parts.jobs.change();
    await clock.advance(1000);
    expect(ear.messages).toHaveLength(1);
    expect([parts.jobs.listeners, clock.scheduled]).toEqual([0, 0]);
  });

  test('S-WEB-7: ends with its session', async () => {
    const { clock, parts, session, ear } = await scene();
    parts.jobs.heads = [runningJob(1)];
    session.feed('jobs', {}, ear);
    session.close();
    parts.jobs.change();
    await clock.advance(1000);
    expect(ear.messages).toHaveLength(1);
    session.feed('jobs', {}, ear);
    expect(ear.ends).toMatchObject([{ kind: 'cancelled' }]);
  });

  test('is one of a bounded number', async () => {
    const { session, ear } = await scene();
    for (let at = 0; at < 40; at++) session.feed('notices', {}, ear);
    expect(ear.messages).toHaveLength(32);
    expect(ear.ends).toHaveLength(8);
  });
});

test('notices come newest first, and the same one only once', async () => {
  const { clock, parts, session, ear } = await scene();
  session.feed('notices', {}, ear);
  const notice = { code: 'host-waiting', level: 'info', values: {} } as const;
  parts.notices.post('one.example', { ...notice, text: 'first' });
  parts.notices.post('two.example', { ...notice, text: 'second' });
  parts.notices.post('one.example', { ...notice, text: 'third' });
  await clock.advance(200);
  expect(ear.state?.['notices']).toMatchObject([{ text: 'third' }, { text: 'second' }]);
  parts.notices.remove('host-waiting', 'two.example');
  await clock.advance(200);
  expect(ear.state?.['notices']).toMatchObject([{ text: 'third' }]);
});

test('a verification of the cache is heard of to its end, and runs once at a time', async () => {
  const { clock, parts, session, ear } = await scene();
  const { promise, resolve } = Promise.withResolvers<number>();
  let begun = 0;
  Object.assign(parts.cache, {
    verify: (progress: (done: number, total: number) => void) => {
      begun++;
      progress(5, 10);
      return promise;
    },
  });
  session.feed('tasks', {}, ear);
  const never = new AbortController().signal;
  const answers = [await session.call('cache.verify', {}, never), await session.call('cache.verify', {}, never)];
  expect(answers[0]).toEqual(answers[1]);
  expect(begun).toBe(1);
  await clock.advance(200);
  expect(ear.state).toMatchObject({ tasks: [{ state: 'running', done: 5, total: 10 }] });
  resolve(3);
  await clock.advance(200);
  expect(ear.state).toMatchObject({ tasks: [{ state: 'finished', problems: 3 }] });
});

test('a source that breaks ends its feed with a failure', () => {
  const ear = new Ear();
  const source = {
    sample: () => {
      throw new Error('broken at /srv/data/secret/place');
    },
    onChange: () => () => {},
  };
  new OpenFeed(source, ear, new FakeClock()).close();
  expect(ear.ends).toMatchObject([{ kind: 'internal' }]);
  expect(JSON.stringify(ear.ends)).not.toContain('/srv');
});
