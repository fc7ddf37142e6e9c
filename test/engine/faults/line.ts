import { onTestFinished } from 'vitest';
import type { JobSummary } from '../../../electron/contract/models.ts';
import { startFaultProxy, type FaultProxy, type FaultRule } from '../../fakes/fault-proxy.ts';
import { copyPairs, openScene, type Scene, type SceneSetup } from '../quirks/scene.ts';

/** A scene whose source or destination is behind a line that breaks. */
export interface BrokenLine {
  readonly scene: Scene;
  readonly line: FaultProxy;
  /** Copies `team/app:1` to `mirror/app:1` through the line. */
  readonly copy: (signal?: AbortSignal) => Promise<JobSummary>;
}

/** Opens a scene with a fault proxy in front of one side. */
export async function openLine(
  side: 'source' | 'target',
  rules: readonly FaultRule[],
  setup: SceneSetup = {},
): Promise<BrokenLine> {
  const hosts = new Map<string, { plainHttp: boolean }>();
  const scene = await openScene({ ...setup, engine: { hosts, ...setup.engine } });
  const line = await startFaultProxy(scene[side].host);
  onTestFinished(() => line.close());
  for (const host of [scene.source.host, scene.target.host, line.host]) hosts.set(host, { plainHttp: true });
  for (const rule of rules) line.addRule(rule);
  const from = side === 'source' ? line.host : scene.source.host;
  const to = side === 'target' ? line.host : scene.target.host;
  return {
    scene,
    line,
    copy: (signal) => copyPairs(scene.engine, [[`${from}/team/app:1`, `${to}/mirror/app:1`]], signal),
  };
}
