import { expect, test } from 'vitest';
import type { PlannedImage } from '../../electron/contract/models.ts';
import { Engine } from '../../electron/engine/engine.ts';
import { parseReference } from '../../electron/oci/reference.ts';
import { image } from '../fakes/images.ts';
import { guardSecret } from '../fakes/recorder.ts';
import { startTokenServer } from '../fakes/token-server.ts';
import { afterwards, plainly, registerEnds, registry } from './harness.ts';

registerEnds();

async function planned(actions: readonly string[]) {
  const source = await registry({ content: { 'team/app:1': image() } });
  const password = 'foresight-is-a-virtue';
  const access = [{ name: 'mirror/*', actions }];
  const tokens = await startTokenServer({ users: { robot: { password, access } } });
  afterwards(() => tokens.close());
  const destination = await registry({ access: { tokens } });
  guardSecret(password, [tokens.origin]);
  const credentials = {
    credentialFor: (host: string) =>
      Promise.resolve(host === destination.host ? ({ kind: 'basic', user: 'robot', password } as const) : undefined),
  };
  const engine = new Engine({ credentials, retries: 0, random: () => 0 });
  afterwards(() => engine.close());
  const target = { ...parseReference(`${destination.host}/mirror/app`), tag: '1' };
  const requests = [{ source: parseReference(`${source.host}/team/app:1`), targets: [target] }];
  const plans: PlannedImage[] = [];
  for await (const plan of engine.plan(requests, plainly, new AbortController().signal)) plans.push(plan);
  return { plans, destination };
}

test('a plan foresees by the token that the account may not push, and changes nothing', async () => {
  const { plans, destination } = await planned(['pull']);
  expect(plans).toMatchObject([
    { action: 'fail', failure: { kind: 'forbidden', side: 'destination', hint: 'create-project' } },
  ]);
  expect(destination.requestCount('POST') + destination.requestCount('PUT')).toBe(0);
});

test('a plan foresees nothing where the token grants the right', async () => {
  const { plans, destination } = await planned(['pull', 'push']);
  expect(plans).toMatchObject([{ action: 'copy', blobs: { toSend: 2 } }]);
  expect(destination.requestCount('POST') + destination.requestCount('PUT')).toBe(0);
});
