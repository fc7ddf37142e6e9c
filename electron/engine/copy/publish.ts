import type { Descriptor } from '../../oci/descriptor.ts';
import { isAttestation } from '../../oci/manifest.ts';
import type { Clock } from '../kernel/clock.ts';
import { copyError, CopyError, withFacts } from '../kernel/errors.ts';
import { SingleFlight } from '../kernel/single-flight.ts';
import type { Graph } from '../plan/graph.ts';
import type { Destination, Published, ResolvedManifest } from '../ports/places.ts';

/** What publishing needs from those who deliver. */
export interface PublishDeps {
  readonly clock: Clock;
  /** Brings the blobs of a graph again, after the destination said that some are not there. */
  readonly redeliver: (blobs: readonly Descriptor[]) => Promise<void>;
}

/** A registry may need a moment until what it accepted can be named (RELIABILITY F-35). */
const pausesMs: readonly number[] = [1000, 3000];

/** Publishes manifests for one job: each once per repository, children before parents, the tag last. */
export class Publications {
  readonly #done = new Set<string>();
  readonly #flights = new SingleFlight<string, Published>();

  /**
   * Puts every manifest of `graph` at the destination, the root under `tag` if there is one.
   * All blobs must be there. Gives what the registry said to the root.
   */
  async publish(
    graph: Graph,
    destination: Destination,
    tag: string | undefined,
    deps: PublishDeps,
    signal: AbortSignal,
  ): Promise<Published> {
    const attestations = attestationsOf(graph);
    for (const manifest of graph.manifests) {
      const isRoot = manifest === graph.root;
      try {
        const put = (): Promise<Published> =>
          this.#put(manifest, graph, destination, isRoot ? tag : undefined, deps, signal);
        const published = await (isRoot ? put() : this.#once(manifest, destination, put));
        if (isRoot) return published;
      } catch (thrown) {
        throw explained(thrown, manifest, attestations);
      }
    }
    throw new Error('a graph ends with its root');
  }

  async #once(manifest: ResolvedManifest, destination: Destination, put: () => Promise<Published>): Promise<Published> {
    const key = `${destination.name} ${manifest.descriptor.digest}`;
    if (this.#done.has(key)) return { listsSubject: true };
    const published = await this.#flights.run(key, put);
    this.#done.add(key);
    return published;
  }

  async #put(
    manifest: ResolvedManifest,
    graph: Graph,
    destination: Destination,
    tag: string | undefined,
    deps: PublishDeps,
    signal: AbortSignal,
  ): Promise<Published> {
    for (const pauseMs of [...pausesMs, undefined]) {
      try {
        return await destination.publish(manifest, tag, signal);
      } catch (thrown) {
        const isMissing = thrown instanceof CopyError && thrown.kind === 'missing-content';
        if (!isMissing || pauseMs === undefined) throw thrown;
        await deps.clock.sleep(pauseMs, signal);
        await deps.redeliver(graph.blobs);
      }
    }
    throw new Error('the last try returns or throws');
  }
}

/** Re-reads the tag after it was written: copied means that it can be read (RELIABILITY fact 4, INV-1). */
export async function confirmTag(
  destination: Destination,
  tag: string,
  wanted: Descriptor,
  signal: AbortSignal,
): Promise<'confirmed' | 'changed-by-another'> {
  const found = await destination.find(tag, signal);
  if (found?.digest === wanted.digest) return 'confirmed';
  if (found !== undefined) return 'changed-by-another';
  const subject = `${destination.path}:${tag}`;
  throw copyError('integrity', {
    side: 'destination',
    op: 'tag.confirm',
    subject,
    message: `destination ${destination.host} accepted ${subject} and does not show it`,
    hint: 'destination-corrupt',
  });
}

function attestationsOf(graph: Graph): ReadonlySet<string> {
  const digests = new Set<string>();
  for (const { document } of graph.manifests) {
    if (document.kind !== 'index') continue;
    for (const entry of document.manifests) if (isAttestation(entry)) digests.add(entry.digest);
  }
  return digests;
}

/** A refusal of an attestation has a remedy of its own: Aliyun ACR and GitLab take none (docker/buildx PR #3991). */
function explained(thrown: unknown, manifest: ResolvedManifest, attestations: ReadonlySet<string>): unknown {
  if (!(thrown instanceof CopyError) || !attestations.has(manifest.descriptor.digest)) return thrown;
  const isRefusal =
    thrown.op === 'manifest.put' &&
    (thrown.kind === 'refused' || thrown.kind === 'forbidden' || thrown.kind === 'unsupported');
  return isRefusal ? withFacts(new CopyError('refused', thrown.facts()), { hint: 'attestation-refused' }) : thrown;
}
