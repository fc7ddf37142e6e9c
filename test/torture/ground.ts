import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FaultProxy, startFaultProxy } from '../fakes/fault-proxy.ts';
import { type DockerRegistry, type DockerRegistryOptions, hasPeer, startDockerRegistry } from '../fakes/peers.ts';
import { forgetRecords } from '../fakes/recorder.ts';
import { Ends } from './ends.ts';

/** Why nothing here can run; undefined where docker-registry is installed. */
export const missingRegistry: string | undefined = hasPeer('docker-registry')
  ? undefined
  : 'docker-registry is not installed';

/** Two real registries and a folder. */
export interface Ground {
  readonly source: DockerRegistry;
  readonly destination: DockerRegistry;
  /** A folder of its own below the temporary one. */
  readonly folder: string;
  /** Ends together with the ground. */
  readonly ends: Ends;
}

/** Starts both registries; everything is gone after `ends.close`. */
export async function openGround(destination: DockerRegistryOptions = {}): Promise<Ground> {
  const ends = new Ends();
  try {
    const start = async (options: DockerRegistryOptions): Promise<DockerRegistry> => {
      // relative addresses keep uploads on the line
      const registry = await startDockerRegistry({ relativeUrls: true, ...options });
      ends.add(() => registry.stop());
      return registry;
    };
    const folder = await temporaryFolder(ends);
    return { source: await start({}), destination: await start(destination), folder, ends };
  } catch (thrown) {
    await ends.close();
    throw thrown;
  }
}

/** A folder that is gone when everything ends. */
export async function temporaryFolder(ends: Ends): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ferry-torture-'));
  ends.add(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A line to each registry. */
export interface Lines {
  readonly source: FaultProxy;
  readonly destination: FaultProxy;
}

/** Does `work` over new lines, which are gone afterwards with all they wrote down. */
export async function overLines<Value>(ground: Ground, work: (lines: Lines) => Promise<Value>): Promise<Value> {
  const source = await startFaultProxy(ground.source.host);
  const destination = await startFaultProxy(ground.destination.host);
  try {
    return await work({ source, destination });
  } finally {
    await source.close();
    await destination.close();
    forgetRecords();
  }
}
