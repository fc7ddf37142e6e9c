import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { type FaultProxy, startFaultProxy } from '../fakes/fault-proxy.ts';
import { amd64, arm64, image, index, type SampleManifest } from '../fakes/images.ts';
import { type DockerRegistry, startDockerRegistry } from '../fakes/peers.ts';
import { basic } from '../fakes/plain-http.ts';
import { push, pushBlob, pushManifest } from '../fakes/push.ts';
import { openGate } from './walk-gate.ts';

/** Where images come from and where they go, both asking for nothing that a real one would not. */
export interface World {
  readonly source: DockerRegistry;
  /** What references to the source name: `127.0.0.1:PORT`. */
  readonly host: string;
  /** The line to the source, which is slow on demand and keeps what was asked. */
  readonly line: FaultProxy;
  readonly destination: DockerRegistry;
  readonly user: string;
  readonly password: string;
  /** The Authorization header of the destination. */
  readonly authorization: string;
  /** What is at the source, by `repository:tag`. */
  readonly images: ReadonlyMap<string, SampleManifest>;
  /** Passes the source's blob on slowly; several at a time. */
  slow(digest: string, bytesPerSecond: number): void;
  /** Takes the source away, in the middle of whatever it sends. */
  cut(): Promise<void>;
  /** Brings it back. */
  restore(): Promise<void>;
  /** Passes everything on as fast as it comes. */
  hurry(): void;
  /** Takes a blob of the source off its disk; the function given puts it back. */
  lose(digest: string): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

/** The image with a layer large enough to watch. */
export const large: string = 'platform/api:1.4.2';

/** The image that fails for want of a layer. */
export const broken: string = 'platform/api:1.4.5';

/** An image of the second job with a layer that takes as long as the test wants. */
export const lasting: string = 'platform/worker:2.0.3';

/** Repositories with their tags in the order in which the window lists them. */
const repositories: Readonly<Record<string, readonly string[]>> = {
  'platform/api': versions('1.4', 50),
  'platform/gateway': versions('3.12', 50),
  'platform/worker': versions('2.0', 60),
  'team/search-index': versions('0.9', 40),
};

/** Two docker-registries, 200 images in the first, which needs no login, none in the second, which wants one. */
export async function openWorld(password: string): Promise<World> {
  const user = 'ferry';
  const source = await startDockerRegistry({ relativeUrls: true });
  const destination = await startDockerRegistry({ relativeUrls: true, auth: { htpasswd: { user, password } } });
  const line = await startFaultProxy(source.host);
  const gate = await openGate(Number(new URL(line.url).port));
  const images = await fill(source.url);
  return {
    source,
    host: gate.host,
    line,
    destination,
    user,
    password,
    authorization: basic(user, password),
    images,
    slow: (digest, bytesPerSecond) =>
      void line.addRule({
        path: new RegExp(`/blobs/${digest}`),
        direction: 'response',
        action: { kind: 'drip', bytesPerSecond },
      }),
    cut: () => gate.shut(),
    restore: () => gate.open(),
    hurry: () => {
      line.clearRules();
      // what is on its way keeps the pace it began with
      line.resetAll();
    },
    lose: async (digest) => {
      const hex = digest.slice(digest.indexOf(':') + 1);
      const file = join(source.dataDir, 'docker/registry/v2/blobs/sha256', hex.slice(0, 2), hex, 'data');
      await rename(file, `${file}.lost`);
      return () => rename(`${file}.lost`, file);
    },
    close: async () => {
      await gate.shut();
      await line.close();
      await source.stop();
      await destination.stop();
    },
  };
}

/** The layer of an image of the walk that is its own. */
export function ownLayer(of: SampleManifest | undefined): string {
  const [, layer] = of?.children[0]?.blobs ?? of?.blobs ?? [];
  if (layer === undefined) throw new Error('this image has no layer');
  return layer.digest;
}

function versions(series: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `${series}.${at}`);
}

async function fill(url: string): Promise<ReadonlyMap<string, SampleManifest>> {
  const images = new Map<string, SampleManifest>();
  const common = image({ seed: 'common', layers: [150_000] }).blobs[1];
  if (common === undefined) throw new Error('the common layer is missing');
  await Promise.all(
    Object.entries(repositories).map(async ([repository, tags]) => {
      await pushBlob(url, repository, common);
      for (const tag of tags) {
        const name = `${repository}:${tag}`;
        const made = contentOf(name, common);
        images.set(name, made);
        if (made.children.length > 0) await push(url, repository, tag, made);
        else {
          for (const blob of made.blobs) if (blob.digest !== common.digest) await pushBlob(url, repository, blob);
          await pushManifest(url, repository, tag, made);
        }
      }
    }),
  );
  return images;
}

/** Most images have a small layer of their own and a common one; one in ten is there for two platforms. */
function contentOf(name: string, common: SampleManifest['blobs'][number]): SampleManifest {
  if (name === large || name === lasting) return image({ seed: name, layers: [3_000_000, common] });
  const made = image({ seed: name, layers: [20_000, common] });
  if (!name.endsWith('0')) return made;
  return index([
    image({ seed: `${name} amd64`, layers: [20_000, common], platform: amd64 }),
    image({ seed: `${name} arm64`, layers: [20_000, common], platform: arm64 }),
  ]);
}
