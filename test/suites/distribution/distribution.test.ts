import { afterAll, beforeAll, describe, test } from 'vitest';
import { memoryLibrary } from '../../../electron/engine/content/memory-library.ts';
import { type Dock, startDock } from '../../../electron/engine/dock/server.ts';
import { type DockerRegistry, hasPeer, startDockerRegistry } from '../../fakes/peers.ts';
import { Asking, type Requirement } from './asking.ts';
import { deviations } from './docker-registry-deviations.ts';
import { discovery } from './discovery.ts';
import { management } from './management.ts';
import { pull } from './pull.ts';
import { pushBlobs } from './push.ts';
import { pushManifests } from './push-manifests.ts';

const workflows: Readonly<Record<string, readonly Requirement[]>> = {
  pull,
  'push of blobs': pushBlobs,
  'push of manifests': pushManifests,
  'content discovery': discovery,
  'content management': management,
};

describe('the dock', () => {
  let dock: Dock | undefined;
  beforeAll(async () => {
    dock = await startDock({ library: memoryLibrary(), writable: true, catalog: true });
  });
  afterAll(() => dock?.close());

  for (const [workflow, requirements] of Object.entries(workflows)) {
    describe(workflow, () => {
      for (const { name, check } of requirements) test(name, () => check(new Asking(dock?.url ?? '')));
    });
  }
});

// The control: a requirement that a registry of many years breaks is either a known deviation of it or a mistake of ours.
const reason = hasPeer('docker-registry') ? '' : ' (skipped: docker-registry is not installed)';
describe.skipIf(reason !== '')(`docker-registry 2.8.2${reason}`, () => {
  let registry: DockerRegistry | undefined;
  beforeAll(async () => {
    registry = await startDockerRegistry();
  });
  afterAll(() => registry?.stop());

  for (const [workflow, requirements] of Object.entries(workflows)) {
    describe(workflow, () => {
      for (const { name, check } of requirements) {
        const deviation = deviations[name];
        if (deviation === undefined) test(name, () => check(new Asking(registry?.url ?? '')));
        else test(`deviates: ${name}: ${deviation}`, () => mustFail(check(new Asking(registry?.url ?? '')), name));
      }
    });
  }

  test('every listed deviation is of a requirement', () => {
    const names = new Set(Object.values(workflows).flatMap((requirements) => requirements.map(({ name }) => name)));
    const strays = Object.keys(deviations).filter((name) => !names.has(name));
    if (strays.length > 0) throw new Error(`no such requirement: ${strays.join('; ')}`);
  });
});

async function mustFail(check: Promise<void>, name: string): Promise<void> {
  const isKept = await check.then(
    () => true,
    () => false,
  );
  if (isKept) throw new Error(`the deviation is gone, take it off the list: ${name}`);
}
