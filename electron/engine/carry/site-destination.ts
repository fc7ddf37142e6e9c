import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import type { RepositoryName } from '../../oci/reference.ts';
import { CopyError } from '../kernel/errors.ts';
import type { Destination } from '../ports/places.ts';

/** How many repositories of a site are asked for one blob before it counts as missing. */
const mostAsked = 200;

/** Where else sites may hold what a bundle left out, for one job: the repositories it writes to, and those that hosts list. */
export class Sites {
  readonly repository: (name: RepositoryName) => Destination;
  readonly #targets: readonly RepositoryName[];
  readonly #list: (host: string, signal: AbortSignal) => Promise<readonly string[]>;
  readonly #paths = new Map<string, Promise<readonly string[]>>();

  constructor(
    targets: readonly RepositoryName[],
    repository: (name: RepositoryName) => Destination,
    list: (host: string, signal: AbortSignal) => Promise<readonly string[]>,
  ) {
    this.repository = repository;
    this.#targets = targets;
    this.#list = list;
  }

  /** Paths of the repositories of a host, the likely ones first; each host is asked once. */
  paths(host: string, signal: AbortSignal): Promise<readonly string[]> {
    let paths = this.#paths.get(host);
    if (paths === undefined) {
      paths = this.#pathsOf(host, signal);
      this.#paths.set(host, paths);
      paths.catch(() => this.#paths.delete(host));
    }
    return paths;
  }

  async #pathsOf(host: string, signal: AbortSignal): Promise<readonly string[]> {
    const targets = this.#targets.filter((target) => target.host === host);
    // many registries keep their list closed
    const listed = await this.#list(host, signal).catch((thrown: unknown) => {
      if (signal.aborted) throw thrown;
      return [];
    });
    return [...new Set([...targets.map(({ path }) => path), ...listed])];
  }
}

/**
 * A repository of the site that a bundle was made small for: what the bundle leaves out and the repository lacks is mounted
 * from another repository of the site, since a registry knows blobs by repository.
 */
export function siteDestination(inner: Destination, leftOut: ReadonlySet<Digest>, sites: Sites): Destination {
  return {
    name: inner.name,
    host: inner.host,
    path: inner.path,
    leases: inner.leases,
    resolve: (tag, signal) => inner.resolve(tag, signal),
    manifest: (name, signal) => inner.manifest(name, signal),
    read: (blob, from, sink, signal) => inner.read(blob, from, sink, signal),
    tags: (signal) => inner.tags(signal),
    referrers: (digest, signal) => inner.referrers(digest, signal),
    find: (tag, signal) => inner.find(tag, signal),
    hasManifest: (manifest, signal) => inner.hasManifest(manifest, signal),
    foresee: (signal) => inner.foresee(signal),
    expect: async (blobs, signal) => inner.expect?.(blobs, signal),
    hasBlob: async (blob, signal) => {
      const isThere = await inner.hasBlob(blob, signal);
      if (isThere === true || !leftOut.has(blob.digest)) return isThere;
      return (await mountFromSite(inner, blob, sites, signal)) || isThere;
    },
    mount: (blob, fromPath, signal) => inner.mount(blob, fromPath, signal),
    send: (content, session, sent, signal) => inner.send(content, session, sent, signal),
    drop: (session, blob) => inner.drop(session, blob),
    publish: (manifest, tag, signal) => inner.publish(manifest, tag, signal),
  };
}

/** True once the blob was mounted from a repository of the site that holds it. */
async function mountFromSite(
  destination: Destination,
  blob: Descriptor,
  sites: Sites,
  signal: AbortSignal,
): Promise<boolean> {
  const paths = (await sites.paths(destination.host, signal)).filter((path) => path !== destination.path);
  for (const path of paths.slice(0, mostAsked)) {
    try {
      if ((await sites.repository({ host: destination.host, path }).hasBlob(blob, signal)) !== true) continue;
      const answer = await destination.mount(blob, path, signal);
      if (answer === true) return true;
      if (answer !== false) await destination.drop(answer, blob);
    } catch (thrown) {
      // a repository that may not be looked into says nothing about the others
      if (signal.aborted || !(thrown instanceof CopyError)) throw thrown;
    }
  }
  return false;
}
