import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { image } from '../../fakes/images.ts';
import { type FaultProxy, startFaultProxy } from '../../fakes/fault-proxy.ts';
import { type QuirkRegistry, startQuirkRegistry } from '../../fakes/quirk-registry/server.ts';
import { type Ferry, planted, startFerry } from './ferry.ts';
import { jsonOf } from './summary-shape.ts';

/** A hang guard: what does not stop goes on for minutes. */
const soonMs = 10_000;
const large = image({ seed: 'large', layers: [3_000_000] });

interface Stage {
  readonly args: readonly string[];
  readonly destination: QuirkRegistry;
  readonly line: FaultProxy;
  /** Resolves once a body is on its way into an upload session. */
  readonly inMidCopy: Promise<void>;
}

/** A copy over a line to the destination that takes minutes for the large layer. */
async function slowCopy(tags: readonly string[] = ['1']): Promise<Stage> {
  const content = Object.fromEntries(tags.map((tag) => [`team/app:${tag}`, large]));
  const source = await startQuirkRegistry({ content });
  let reached = (): void => undefined;
  const inMidCopy = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const destination = await startQuirkRegistry({
    onRequest: ({ method, url }) => {
      if (method !== 'POST' && url.includes('/uploads/')) reached();
    },
  });
  const line = await startFaultProxy(destination.host);
  onTestFinished(async () => {
    for (const one of [line, source, destination]) await one.close();
  });
  line.addRule({
    direction: 'request',
    path: /\/uploads\/.+/,
    action: { kind: 'drip', bytesPerSecond: 20_000 },
  });
  return { args: ['copy', `${source.host}/team/app`, `${line.host}/x/y`, '--all-tags'], destination, line, inMidCopy };
}

/** Sends the signal and gives how the command ended and after how long. */
async function stop({ child, ended }: Ferry, signal: NodeJS.Signals) {
  const sentMs = performance.now();
  child.kill(signal);
  return { ...(await ended), tookMs: performance.now() - sentMs };
}

describe('a copy that is stopped', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    'by %s ends soon with 130, a whole summary, and nothing left open at the destination',
    async (signal) => {
      const { args, destination, inMidCopy } = await slowCopy(['1', '2']);
      const running = startFerry([...args, '--json', '--concurrency', '1']);
      await inMidCopy;
      expect(destination.state.sessions.size).toBeGreaterThan(0);
      const end = await stop(running, signal);
      expect(end.status).toBe(130);
      expect(end.tookMs).toBeLessThan(soonMs);
      expect(end.stderr).toBe('');
      const { events, summary } = jsonOf(end);
      expect(summary).toMatchObject({
        ok: false,
        images: { total: 2, copied: 0, failed: 0, cancelled: 2 },
        failures: [],
      });
      const results = events.filter((line) => line.event === 'result');
      expect(results.map((line) => line['outcome'])).toEqual(['cancelled', 'cancelled']);
      expect(destination.state.sessions.size).toBe(0);
    },
  );

  test('says so on the terminal', async () => {
    const { args, inMidCopy } = await slowCopy();
    const running = startFerry(args);
    await inMidCopy;
    const end = await stop(running, 'SIGINT');
    expect(end.status).toBe(130);
    expect(end.stderr).toMatch(/^stopping; press Ctrl-C again to stop at once\ncancelled \S+ → \S+\n$/);
    expect(end.stdout).toMatch(/^images: 0 copied, 1 cancelled\n/);
  });

  test('by a second Ctrl-C ends at once, even where the first one had no effect', async () => {
    const { args, inMidCopy } = await slowCopy();
    const stuck = await planted('stuck', 'AbortController.prototype.abort = () => undefined;');
    const running = startFerry(args, { node: stuck });
    await inMidCopy;
    running.child.kill('SIGINT');
    await running.said('stopping');
    const end = await stop(running, 'SIGINT');
    expect(end).toMatchObject({ status: 130, stdout: '' });
    expect(end.tookMs).toBeLessThan(soonMs);
  });

  test('ends soon even when the destination no longer answers', async () => {
    const { args, line, inMidCopy } = await slowCopy();
    const running = startFerry([...args, '--json']);
    await inMidCopy;
    line.addRule({ direction: 'request', method: 'DELETE', action: { kind: 'stall', atByte: -1 } });
    const end = await stop(running, 'SIGTERM');
    expect(end.status).toBe(130);
    expect(end.tookMs).toBeLessThan(soonMs);
    expect(jsonOf(end).summary.images).toMatchObject({ total: 1, cancelled: 1 });
  });

  test('before it began, while the tags are asked for, ends with 130 too', async () => {
    const { args, line } = await slowCopy();
    const asked = line.addRule({ direction: 'request', action: { kind: 'stall', atByte: -1 } });
    const running = startFerry(['copy', `${line.host}/team/app`, ...args.slice(2), '--json']);
    await vi.waitUntil(() => asked() > 0, { timeout: 20_000 });
    const end = await stop(running, 'SIGINT');
    expect(end.status).toBe(130);
    expect(jsonOf(end).summary).toMatchObject({ ok: false, images: { total: 0 }, failures: [] });
  });
});
