import { quoted } from '../../oci/oci-error.ts';
import type { RepositoryName } from '../../oci/reference.ts';
import { type Finding, finding } from './findings.ts';
import type { SyncRule } from './sync-rule.ts';

/** What a credential is kept for: a whole host when `path` is empty, or the repositories under a path of it. */
export interface KeyFacts {
  /** As the file has it. */
  readonly text: string;
  readonly host: string;
  readonly path: string;
}

/** What the credentials of a file and its rules say about one another. Loopback hosts need no credential. */
export function lintCredentials(
  rules: readonly SyncRule[],
  keys: readonly KeyFacts[],
  insecureHosts: readonly string[] = [],
): readonly Finding[] {
  const sources = rules.map((rule) => rule.source.repository);
  const destinations = rules.flatMap((rule) => rule.destinations.map((destination) => destination.repository));
  const hosts = [...new Set([...sources, ...destinations].map(({ host }) => host))];
  const byHost = new Map<string, KeyFacts[]>();
  for (const key of keys) byHost.set(key.host, [...(byHost.get(key.host) ?? []), key]);
  const used = new Set<KeyFacts>();
  const cover = (repository: RepositoryName): boolean => {
    const covering = (byHost.get(repository.host) ?? []).filter((key) => covers(key, repository.path));
    for (const key of covering) used.add(key);
    return covering.length > 0;
  };
  const missing = (repositories: readonly RepositoryName[]): readonly string[] => [
    ...new Set(repositories.filter((each) => !cover(each)).map(({ host }) => host)),
  ];
  const missingAtDestination = missing(destinations).filter((host) => !isLoopback(host));
  const missingAtSource = missing(sources).filter((host) => !isLoopback(host) && !missingAtDestination.includes(host));
  const unused = keys.filter((key) => !used.has(key));
  return [
    ...unused.map((key) => {
      const similar = hosts.find((host) => host !== key.host && isTypo(host, key.host));
      return finding(
        'unused-credential',
        {},
        { key: quoted(key.text).slice(1, -1), hint: similar === undefined ? '' : ` (${similar}?)` },
      );
    }),
    ...missingAtDestination.map((host) => finding('destination-without-credential', {}, { host })),
    ...missingAtSource.map((host) => finding('source-without-credential', {}, { host })),
    ...insecureHosts.map((host) => finding('insecure', {}, { host })),
  ];
}

/** Whole leading components, so that `team` is not for `team2/app`. */
function covers(key: KeyFacts, path: string): boolean {
  return key.path === '' || `${path}/`.startsWith(`${key.path}/`);
}

function isLoopback(host: string): boolean {
  return /^(?:localhost|127\.[0-9.]+|\[::1\])(?::|$)/.test(host);
}

/** True for names at most two changes apart: `quay.io` and `qauy.io`. */
function isTypo(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 2 || a.length < 5) return false;
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return (row[b.length] ?? 3) <= 2;
}
