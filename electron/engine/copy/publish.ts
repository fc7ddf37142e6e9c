import type { Descriptor } from '../../oci/descriptor.ts';
import type { Clock } from '../kernel/clock.ts';
import { CopyError } from '../kernel/errors.ts';
import { SingleFlight } from '../kernel/single-flight.ts';
import type { Graph } from '../plan/graph.ts';
import type { Destination, ResolvedManifest } from '../ports/places.ts';
import { AttestationRefusals } from './attestation-refusals.ts';
import { FallbackTags } from './fallback-tags.ts';

/** What publishing needs from those who deliver. */
export interface PublishDeps {
  readonly clock: Clock;
  /** Brings the blobs of a graph again, after the destination said that some are not there. */
  readonly redeliver: (blobs: readonly Descriptor[]) => Promise<void>;
}

/** A registry may need a moment until what it accepted can be named (RELIABILITY F-35). */
const pausesMs: readonly number[] = [1000, 3000];

/** Publishes manifests for one job: each once per repository, whoever is named before those who name it, the tag last. */
export class Publications {
  readonly #done = new Set<string>();
  readonly #flights = new SingleFlight<string, void>();
  readonly #fallbackTags = new FallbackTags();

  /** Puts every manifest of `graph` at the destination, the root under `tag` if there is one. All blobs must be there. */
  async publish(
    graph: Graph,
    destination: Destination,
    tag: string | undefined,
    deps: PublishDeps,
    signal: AbortSignal,
  ): Promise<void> {
    const refusals = new AttestationRefusals(graph);
    for (const manifest of graph.manifests) {
      const put = (as?: string): Promise<void> => this.#put(manifest, graph, destination, as, deps, signal);
      try {
        if (manifest === graph.root) await put(tag);
        else await this.#once(manifest, destination, put);
      } catch (thrown) {
        throw refusals.explain(thrown, manifest);
      }
    }
  }

  async #once(manifest: ResolvedManifest, destination: Destination, put: () => Promise<void>): Promise<void> {
    const key = `${destination.name} ${manifest.descriptor.digest}`;
    if (this.#done.has(key)) return;
    await this.#flights.run(key, put);
    this.#done.add(key);
  }

  async #put(
    manifest: ResolvedManifest,
    graph: Graph,
    destination: Destination,
    tag: string | undefined,
    deps: PublishDeps,
    signal: AbortSignal,
  ): Promise<void> {
    for (const pauseMs of [...pausesMs, undefined]) {
      try {
        const { listsSubject } = await destination.publish(manifest, tag, signal);
        const { subject } = manifest.document;
        // distribution-spec v1.1.1, "Pushing Manifests with Subject": no OCI-Subject means that we keep the list
        if (subject !== undefined && !listsSubject)
          await this.#fallbackTags.add(destination, subject.digest, manifest, signal);
        return;
      } catch (thrown) {
        const isMissing = thrown instanceof CopyError && thrown.kind === 'missing-content';
        if (!isMissing || pauseMs === undefined) throw thrown;
        await deps.clock.sleep(pauseMs, signal);
        await deps.redeliver(graph.blobs);
      }
    }
  }
}
