import { isAttestation } from '../../oci/manifest.ts';
import { CopyError, withFacts } from '../kernel/errors.ts';
import type { Graph } from '../plan/graph.ts';
import type { ResolvedManifest } from '../ports/places.ts';

/** Tells a refusal of build attestations from others: it has a remedy of its own (Aliyun ACR, GitLab: docker/buildx PR #3991). */
export class AttestationRefusals {
  readonly #suspects = new Set<string>();

  constructor(graph: Graph) {
    for (const { document, descriptor } of graph.manifests) {
      if (document.artifactType !== undefined && isAttestation({ ...descriptor, artifactType: document.artifactType }))
        this.#suspects.add(descriptor.digest);
      if (document.kind !== 'index') continue;
      const attestations = document.manifests.filter(isAttestation);
      for (const { digest } of attestations) this.#suspects.add(digest);
      // its images were taken, so what is disliked about the index is that it names these
      if (attestations.length > 0) this.#suspects.add(descriptor.digest);
    }
  }

  /** The error with the remedy for refused attestations where it is about one, and without it where it is not. */
  explain(thrown: unknown, manifest: ResolvedManifest): unknown {
    if (!(thrown instanceof CopyError) || thrown.op !== 'manifest.put') return thrown;
    const isRefusal = thrown.kind === 'refused' || thrown.kind === 'forbidden' || thrown.kind === 'unsupported';
    if (!isRefusal) return thrown;
    if (this.#suspects.has(manifest.descriptor.digest))
      return withFacts(new CopyError('refused', thrown.facts()), { hint: 'attestation-refused' });
    const { hint, ...facts } = thrown.facts();
    return hint === 'attestation-refused' ? new CopyError(thrown.kind, facts) : thrown;
  }
}
