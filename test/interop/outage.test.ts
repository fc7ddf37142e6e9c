import { describe, expect, test } from 'vitest';
import { systemClock } from '../../electron/engine/kernel/clock.ts';
import { afterwards, copy, engine, outcomes, registerEnds, request, watch, well } from '../engine/harness.ts';
import { image } from '../fakes/images.ts';
import { type DockerRegistry, startDockerRegistry } from '../fakes/peers.ts';
import { push } from '../fakes/push.ts';
import { missing } from './registries.ts';

registerEnds();

const reason = missing('docker-registry');
const tags = Array.from({ length: 40 }, (_, at) => `v${at}`);

async function started(): Promise<DockerRegistry> {
  const registry = await startDockerRegistry({ relativeUrls: true });
  afterwards(() => registry.stop());
  return registry;
}

describe.skipIf(reason !== '')(`a docker-registry that is gone for a while${reason}`, () => {
  test.each(['source', 'destination'] as const)('as the %s in the middle of a job is waited for', async (side) => {
    const [from, to] = [await started(), await started()];
    watch({ url: to.url });
    for (const tag of tags) await push(from.url, 'a', tag, image({ seed: tag, layers: [50_000, 2_000_000] }));
    let ended = 0;
    let restarting = Promise.resolve();
    const gone = side === 'source' ? from : to;
    const observer = {
      ended: () => {
        if (++ended === 5) restarting = gone.restart().then(() => gone.restart());
      },
    };
    const requests = tags.map((tag) => request(`${from.host}/a:${tag}`, `${to.host}/b:${tag}`));
    const using = engine({ clock: systemClock, random: Math.random, retries: 5, waitMs: 60_000 });
    const summary = await well(copy(requests, {}, using, new AbortController().signal, observer));
    await restarting;
    expect(new Set(outcomes(summary))).toEqual(new Set(['copied']));
  });
});
