import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { Clock } from '../../electron/engine/kernel/clock.ts';
import { multiPlatform, signature } from '../fakes/artifacts.ts';
import { image } from '../fakes/images.ts';
import { closeServer, listen, pause } from '../fakes/listening.ts';
import { fuzzSeed } from '../unit/fuzzing.ts';
import { afterwards, copy, destination, engine, hastyClock, registerEnds, registry, request } from './harness.ts';

registerEnds();

/** A clock that knows who still waits for it. */
function countingClock(): Clock & { waiting(): number } {
  let waiting = 0;
  return {
    ...hastyClock,
    waiting: () => waiting,
    sleep: async (delayMs, signal) => {
      waiting++;
      try {
        await hastyClock.sleep(delayMs, signal);
      } finally {
        waiting--;
      }
    },
    schedule: (delayMs, run) => {
      waiting++;
      let isOver = false;
      const over = (): void => {
        if (!isOver) waiting--;
        isOver = true;
      };
      const timer = hastyClock.schedule(delayMs, () => {
        over();
        run();
      });
      return {
        cancel: () => {
          over();
          timer.cancel();
        },
      };
    },
  };
}

/** A plain line to `host` that knows how many connections are open. */
async function countedLine(host: string): Promise<{ host: string; open(): number }> {
  const [address = '', port = ''] = host.split(':');
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const onward = connect(Number(port), address);
    sockets.add(client);
    client.on('error', () => undefined).on('close', () => void (sockets.delete(client), onward.destroy()));
    onward.on('error', () => undefined).on('close', () => client.destroy());
    client.pipe(onward).pipe(client);
  });
  const own = `127.0.0.1:${await listen(server)}`;
  afterwards(async () => {
    for (const socket of sockets) socket.destroy();
    await closeServer(server);
  });
  return { host: own, open: () => sockets.size };
}

/** A number in [0, 1) from a seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = randomOf(fuzzSeed);
const moments = Array.from({ length: 12 }, () => Math.round(random() * 260));

describe(`a cancel (seed ${fuzzSeed})`, () => {
  test.each(moments)('after %i ms ends soon, leaves nothing open and no half image', async (delayMs) => {
    const source = await registry({ quirks: { delayMs: 4 } });
    const targets = [await destination({ quirks: { delayMs: 6 } }), await destination()];
    const lines = await Promise.all([source, ...targets].map(({ host }) => countedLine(host)));
    const [from, ...to] = lines;
    const requests = Array.from({ length: 10 }, (_, at) => {
      const content =
        at % 2 === 0 ? multiPlatform({ seed: `m${at}` }) : image({ seed: `i${at}`, layers: [2_500_000, 9000, 1] });
      source.seed(`team/app-${at % 3}`, `v${at}`, content);
      source.seed(`team/app-${at % 3}`, undefined, signature(content));
      const destinations = to.map((line) => `${line.host}/mirror/app-${at % 3}:v${at}`);
      return request(`${from?.host}/team/app-${at % 3}:v${at}`, ...destinations);
    });
    const clock = countingClock();
    const using = engine({ clock });
    const controller = new AbortController();
    const ended: string[] = [];
    const copying = copy(requests, { concurrency: 4 }, using, controller.signal, {
      ended: (result) => ended.push(result.outcome),
    });
    await pause(delayMs);
    controller.abort();
    const startedMs = performance.now();
    const summary = await copying;
    expect(performance.now() - startedMs).toBeLessThan(2000);
    expect(summary.results).toHaveLength(20);
    expect(ended).toHaveLength(20);
    for (const result of summary.results) {
      expect(['cancelled', 'copied', 'unchanged']).toContain(result.outcome);
      if (result.outcome === 'cancelled') expect(result.failure?.kind).toBe('cancelled');
    }
    for (const target of targets) expect(target.state.sessions.size).toBe(0);
    await using.close();
    // until then connections rest for those who come next
    expect(clock.waiting()).toBe(0);
    // the far ends need a moment to see it
    for (let turns = 0; turns < 100 && lines.some((line) => line.open() > 0); turns++) await pause(20);
    expect(lines.map((line) => line.open())).toEqual([0, 0, 0]);
  });

  test('before the start: every image is cancelled and nobody is asked', async () => {
    const source = await registry({ content: { 'a:1': image() } });
    const target = await destination();
    const summary = await copy(
      [request(`${source.host}/a:1`, `${target.host}/a:1`)],
      {},
      engine(),
      AbortSignal.abort(),
    );
    expect(summary).toMatchObject({ ok: false, images: { cancelled: 1 } });
    expect(source.requestCount() + target.requestCount()).toBe(0);
  });

  test('ends soon also where a host has stopped answering or asked for a long pause', async () => {
    const source = await registry({ content: { 'a:1': image({ layers: [3_000_000] }) } });
    const stalled = await destination(
      {
        onRequest: (record) => {
          if (record.method === 'PUT') stalled.setQuirks({ delayMs: 20_000 });
        },
      },
      { repositories: {} },
    );
    const limited = await destination(
      { quirks: { tooManyRequests: { times: 1000, retryAfter: 'seconds', seconds: 600 } } },
      { repositories: {} },
    );
    const controller = new AbortController();
    const using = engine({ clock: { ...hastyClock, sleep: (ms, signal) => hastyClock.sleep(ms * 100, signal) } });
    const to = [`${stalled.host}/a:1`, `${limited.host}/a:1`];
    const copying = copy([request(`${source.host}/a:1`, ...to)], {}, using, controller.signal);
    await pause(400);
    controller.abort();
    const startedMs = performance.now();
    const summary = await copying;
    expect(performance.now() - startedMs).toBeLessThan(2000);
    expect(summary.images.cancelled).toBe(2);
  });
});
