import { onTestFinished } from 'vitest';
import { type FaultProxy, startFaultProxy } from '../../fakes/fault-proxy.ts';
import { image, type SampleManifest } from '../../fakes/images.ts';
import { type QuirkRegistry, startQuirkRegistry } from '../../fakes/quirk-registry/server.ts';

/** Its small layer is there long before the large one. */
const large: SampleManifest = image({ seed: 'large', layers: [3_000_000, 40_000] });

/** A copy that takes minutes unless the rules of its line are taken away. */
export interface SlowCopy {
  readonly args: readonly string[];
  readonly source: QuirkRegistry;
  readonly destination: QuirkRegistry;
  readonly line: FaultProxy;
  /** Resolves once the small layer has come to the destination and the large one is on its way. */
  readonly inMidCopy: Promise<void>;
}

/** A copy of one image over a slow line to its destination. */
export async function slowCopy(): Promise<SlowCopy> {
  const source = await startQuirkRegistry({ content: { 'team/app:1': large } });
  let reached = (): void => undefined;
  const inMidCopy = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const destination = await startQuirkRegistry({
    // the whole one would lead past the line
    quirks: { locationRelative: true },
    onRequest: ({ method, url }) => {
      if (method !== 'POST' && url.includes('/uploads/')) reached();
    },
  });
  const line = await startFaultProxy(destination.host);
  onTestFinished(async () => {
    for (const one of [line, source, destination]) await one.close();
  });
  line.addRule({ direction: 'request', path: /\/uploads\/.+/, action: { kind: 'drip', bytesPerSecond: 20_000 } });
  return { args: ['copy', `${source.host}/team/app:1`, `${line.host}/x/y`], source, destination, line, inMidCopy };
}
