import { afterAll, beforeAll, describe, test } from 'vitest';
import { type Dock, startDock } from '../../../electron/engine/dock/server.ts';
import { openKeptLibrary, type OpenedLibrary } from './opened-library.ts';
import { Asking, type Requirement } from '../distribution/asking.ts';
import { discovery } from '../distribution/discovery.ts';
import { management } from '../distribution/management.ts';
import { pull } from '../distribution/pull.ts';
import { pushBlobs } from '../distribution/push.ts';
import { pushManifests } from '../distribution/push-manifests.ts';

const workflows: Readonly<Record<string, readonly Requirement[]>> = {
  pull,
  'push of blobs': pushBlobs,
  'push of manifests': pushManifests,
  'content discovery': discovery,
  'content management': management,
};

describe('the dock over the library on disk', () => {
  let opened: OpenedLibrary | undefined;
  let dock: Dock | undefined;
  beforeAll(async () => {
    opened = await openKeptLibrary();
    dock = await startDock({ library: opened.library, writable: true, catalog: true });
  });
  afterAll(async () => {
    await dock?.close();
    await opened?.close();
  });

  for (const [workflow, requirements] of Object.entries(workflows)) {
    describe(workflow, () => {
      for (const { name, check } of requirements) test(name, () => check(new Asking(dock?.url ?? '')));
    });
  }
});
