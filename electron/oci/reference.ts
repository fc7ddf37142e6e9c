import { type Digest, parseDigest } from './digest.ts';
import { OciError, quoted } from './oci-error.ts';

/** A repository on a registry: `host` as `name[:port]` (lower case, `docker.io` for Docker Hub), `path` by the spec's grammar. */
export interface RepositoryName {
  readonly host: string;
  readonly path: string;
}

/** What is named in a repository. With both tag and digest the digest decides; the tag is kept for display and for the target. */
export interface Reference extends RepositoryName {
  readonly tag?: string;
  readonly digest?: Digest;
}

// distribution-spec v1.1.1, "Pulling manifests": <name> and <reference>
const pathGrammar = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const tagGrammar = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const dnsLabel = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?';
const hostGrammar = new RegExp(
  `^(?:${dnsLabel}(?:\\.${dnsLabel})*\\.?|\\[[0-9a-f:.]+(?:%25[a-z0-9]+)?\\])(?::[1-9][0-9]{0,4})?$`,
);
const dockerHub = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com']);
const longestName = 255;

/** True for a tag of the spec's grammar. */
export function isTag(text: string): boolean {
  return tagGrammar.test(text);
}

/** True for a repository path of the spec's grammar, at most 255 characters. */
export function isRepositoryPath(text: string): boolean {
  return text.length <= longestName && pathGrammar.test(text);
}

/** The host in its one spelling: lower case, no `:443`, no dot at its end, Docker Hub's other names folded into `docker.io`; throws OciError. */
export function parseHost(text: string): string {
  const lower = text.toLowerCase();
  const port = /:(\d+)$/.exec(lower)?.[1];
  if (lower.length > longestName || !hostGrammar.test(lower) || Number(port ?? 1) > 65_535) {
    throw new OciError(`${quoted(text)} is not a registry host`);
  }
  const host = lower.replace(/:443$/, '').replace(/\.(?=$|:)/, '');
  return dockerHub.has(host) ? 'docker.io' : host;
}

/** True when docker would read the first component as a host: it has a dot or a colon, or is `localhost`. */
function looksLikeHost(component: string): boolean {
  return component.includes('.') || component.includes(':') || component.toLowerCase() === 'localhost';
}

/** The repository in `text` by docker's short-name rules (`nginx` is `docker.io/library/nginx`); throws OciError. */
export function parseRepository(text: string): RepositoryName {
  const slash = text.indexOf('/');
  const first = slash < 0 ? '' : text.slice(0, slash);
  const hasHost = slash > 0 && looksLikeHost(first);
  const host = hasHost ? parseHost(first) : 'docker.io';
  const rest = hasHost ? text.slice(slash + 1) : text;
  const path = host === 'docker.io' && !rest.includes('/') ? `library/${rest}` : rest;
  if (!pathGrammar.test(path)) {
    if (/[A-Z]/.test(path)) throw new OciError(`repository ${quoted(rest)} has upper-case letters`);
    throw new OciError(`${quoted(rest)} is not a repository name`);
  }
  if (`${host}/${path}`.length > longestName)
    throw new OciError(`repository name ${quoted(rest)} is longer than ${longestName} characters`);
  return { host, path };
}

/** The reference in `text`: `[host/]path[:tag][@digest]`; throws OciError. A missing tag stays missing. */
export function parseReference(text: string): Reference {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) throw new OciError(`${quoted(text)} is a URL; write host/repository:tag`);
  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : parseDigest(text.slice(at + 1));
  const named = at < 0 ? text : text.slice(0, at);
  const colon = named.lastIndexOf(':');
  const hasTag = colon > named.lastIndexOf('/');
  const tag = hasTag ? named.slice(colon + 1) : undefined;
  if (tag !== undefined && !isTag(tag)) throw new OciError(`${quoted(tag)} is not a tag`);
  const repository = parseRepository(hasTag ? named.slice(0, colon) : named);
  return { ...repository, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
}

/** The same reference with the tag `latest` where it names neither tag nor digest, as docker reads it. */
export function withDefaultTag(reference: Reference): Reference {
  return reference.tag === undefined && reference.digest === undefined ? { ...reference, tag: 'latest' } : reference;
}

/** Stands where a host stands, in names of this machine's library; no host is spelled so. */
export const libraryHost = 'library:';

/** `host/path` in full, or `library:path`. */
export function formatRepository(repository: RepositoryName): string {
  const separator = repository.host === libraryHost ? '' : '/';
  return `${repository.host}${separator}${repository.path}`;
}

/** `host/path[:tag][@digest]` in full; parsing it gives the same reference. */
export function formatReference(reference: Reference): string {
  const tag = reference.tag === undefined ? '' : `:${reference.tag}`;
  const digest = reference.digest === undefined ? '' : `@${reference.digest}`;
  return `${formatRepository(reference)}${tag}${digest}`;
}
