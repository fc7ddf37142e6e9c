import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { types } from './images.ts';
import { jsonOf, piecesOf } from './listening.ts';
import { openFollowing } from './plain-http.ts';

/** A registry to walk. */
export interface World {
  /** `http://host:port` */
  readonly url: string;
  /** The Authorization header, or how to get one for a repository (`undefined` stands for the catalog). */
  readonly authorization?: string | ((repository: string | undefined) => string | Promise<string>);
  readonly ca?: string;
  /** Which repositories and tags; all of the catalog, all of `tags/list`, if not given. */
  readonly repositories?: Readonly<Record<string, readonly string[] | 'all'>>;
  /** Also walk referrers (API or fallback tag) of every manifest. */
  readonly withReferrers?: boolean;
}

/** One thing that is not as it should be. */
export interface WorldProblem {
  readonly repository: string;
  /** From the tag down to the object. */
  readonly path: readonly string[];
  readonly problem: string;
}

/** What the walk saw besides problems; lets a test be sure that it looked at something. */
export interface WorldReport {
  readonly problems: readonly WorldProblem[];
  /** `repository:tag` → digest */
  readonly tags: Readonly<Record<string, string>>;
  readonly manifestCount: number;
  readonly blobCount: number;
}

const ACCEPT = [types.ociIndex, types.ociManifest, types.dockerList, types.dockerManifest].join(', ');
const MANIFEST_LIMIT_BYTES = 8 * 2 ** 20;

/** Reads and re-hashes everything that the tags reach; shares no code with the product. */
export async function verifyWorld(world: World): Promise<WorldReport> {
  const walk = new Walk(world);
  const repositories = world.repositories ?? Object.fromEntries((await walk.catalog()).map((name) => [name, 'all']));
  for (const [repository, tags] of Object.entries(repositories)) {
    for (const tag of tags === 'all' ? await walk.tagsOf(repository) : tags) {
      const digest = await walk.manifest(repository, tag, [tag], undefined);
      if (digest !== undefined) walk.tags[`${repository}:${tag}`] = digest;
    }
  }
  const { problems, tags, manifestCount, blobCount } = walk;
  return { problems, tags, manifestCount, blobCount };
}

/** Throws with every problem listed unless all that the tags reach is there and whole; returns the report. */
export async function assertWorldIsWhole(world: World): Promise<WorldReport> {
  const report = await verifyWorld(world);
  if (report.problems.length === 0) return report;
  const lines = report.problems.map((one) => `${one.repository} ${one.path.join(' > ')}: ${one.problem}`);
  throw new Error(`${world.url} is not whole:\n  ${lines.join('\n  ')}`);
}

interface Pointer {
  readonly mediaType?: string;
  readonly digest?: string;
  readonly size?: number;
  readonly urls?: readonly string[];
}

class Walk {
  readonly problems: WorldProblem[] = [];
  readonly tags: Record<string, string> = {};
  manifestCount = 0;
  blobCount = 0;
  readonly #world: World;
  readonly #seen = new Set<string>();

  constructor(world: World) {
    this.#world = world;
  }

  async catalog(): Promise<string[]> {
    const page = await this.#list('_catalog', undefined, 'repositories');
    return page ?? [];
  }

  async tagsOf(repository: string): Promise<string[]> {
    return (await this.#list(`${repository}/tags/list`, repository, 'tags')) ?? [];
  }

  /** Checks a manifest by tag or digest with all below it; gives its digest if it could be read. */
  async manifest(
    repository: string,
    name: string,
    path: readonly string[],
    pointer: Pointer | undefined,
  ): Promise<string | undefined> {
    if (name.includes(':') && this.#isSeen(repository, name)) return name;
    const tell = (problem: string): undefined => void this.problems.push({ repository, path, problem });
    const response = await this.#get(`${repository}/manifests/${name}`, repository, { accept: ACCEPT });
    const { body, digest } = await readHashed(response, MANIFEST_LIMIT_BYTES);
    if (response.statusCode !== 200) return tell(`manifest answers ${response.statusCode ?? 0}`);
    const claimed = response.headers['docker-content-digest'];
    if (typeof claimed === 'string' && claimed.startsWith('sha256:') && claimed !== digest) {
      tell(`header says ${claimed}, the bytes are ${digest}`);
    }
    if (name.startsWith('sha256:') && name !== digest) return tell(`the bytes are ${digest}`);
    if (pointer?.size !== undefined && pointer.size !== body.length) {
      tell(`${body.length} bytes, its descriptor says ${pointer.size}`);
    }
    this.manifestCount += 1;
    this.#isSeen(repository, digest);
    await this.#below(repository, body, path, tell);
    if (this.#world.withReferrers === true) await this.#referrers(repository, digest, path);
    return digest;
  }

  async #below(repository: string, body: Buffer, path: readonly string[], tell: (p: string) => void): Promise<void> {
    let document: { manifests?: Pointer[]; config?: Pointer; layers?: Pointer[]; fsLayers?: { blobSum: string }[] };
    try {
      document = jsonOf(body);
    } catch {
      tell('the manifest is not JSON');
      return;
    }
    for (const child of document.manifests ?? []) {
      if (child.digest !== undefined) await this.manifest(repository, child.digest, [...path, child.digest], child);
    }
    const old = (document.fsLayers ?? []).map((layer): Pointer => ({ digest: layer.blobSum }));
    for (const blob of [
      ...(document.config === undefined ? [] : [document.config]),
      ...(document.layers ?? []),
      ...old,
    ]) {
      await this.#blob(repository, blob, path);
    }
  }

  async #blob(repository: string, pointer: Pointer, above: readonly string[]): Promise<void> {
    const { digest = '' } = pointer;
    if (this.#isSeen(repository, `blob ${digest}`)) return;
    const path = [...above, digest];
    try {
      const response = await this.#get(`${repository}/blobs/${digest}`, repository);
      const found = await hashOnly(response, digest.split(':')[0] ?? 'sha256');
      const isForeign = (pointer.urls ?? []).length > 0;
      if (response.statusCode === 404 && isForeign) return;
      if (response.statusCode !== 200)
        this.problems.push({ repository, path, problem: `blob answers ${response.statusCode ?? 0}` });
      else if (found.digest !== digest)
        this.problems.push({ repository, path, problem: `the bytes are ${found.digest}` });
      else if (pointer.size !== undefined && pointer.size !== found.sizeBytes) {
        this.problems.push({
          repository,
          path,
          problem: `${found.sizeBytes} bytes, its descriptor says ${pointer.size}`,
        });
      } else this.blobCount += 1;
    } catch (error) {
      this.problems.push({ repository, path, problem: `blob cannot be read: ${String(error)}` });
    }
  }

  async #referrers(repository: string, digest: string, path: readonly string[]): Promise<void> {
    let next: string | undefined = `${repository}/referrers/${digest}`;
    while (next !== undefined) {
      const response: IncomingMessage = await this.#get(next, repository);
      const { body } = await readHashed(response, MANIFEST_LIMIT_BYTES);
      if (response.statusCode !== 200) break;
      const found = jsonOf<{ manifests?: Pointer[] }>(body).manifests ?? [];
      for (const one of found) {
        if (one.digest !== undefined)
          await this.manifest(repository, one.digest, [...path, 'referrer', one.digest], one);
      }
      next = nextOf(response);
      if (next === undefined) return;
    }
    const tag = digest.replace(':', '-');
    const probe = await this.#get(`${repository}/manifests/${tag}`, repository, { accept: ACCEPT });
    probe.resume();
    if (probe.statusCode === 200) await this.manifest(repository, tag, [...path, tag], undefined);
  }

  async #list(path: string, repository: string | undefined, field: string): Promise<string[] | undefined> {
    const names: string[] = [];
    const asked = new Set<string>();
    for (let next: string | undefined = path; next !== undefined && !asked.has(next); ) {
      asked.add(next);
      const response = await this.#get(next, repository);
      const { body } = await readHashed(response, MANIFEST_LIMIT_BYTES);
      if (response.statusCode !== 200) {
        this.problems.push({
          repository: repository ?? '',
          path: [path],
          problem: `list answers ${response.statusCode ?? 0}`,
        });
        return undefined;
      }
      names.push(...(jsonOf<Record<string, string[] | null>>(body)[field] ?? []));
      next = nextOf(response);
    }
    return [...new Set(names)].sort();
  }

  #isSeen(repository: string, what: string): boolean {
    const key = `${repository} ${what}`;
    if (this.#seen.has(key)) return true;
    this.#seen.add(key);
    return false;
  }

  async #get(
    path: string,
    repository: string | undefined,
    extra: Record<string, string> = {},
  ): Promise<IncomingMessage> {
    const { authorization, ca, url } = this.#world;
    const header = typeof authorization === 'function' ? await authorization(repository) : authorization;
    const headers = { ...extra, ...(header === undefined ? {} : { authorization: header }) };
    return openFollowing(`${url}/v2/${path}`, { headers, ...(ca === undefined ? {} : { ca }) });
  }
}

function nextOf(response: IncomingMessage): string | undefined {
  const { link } = response.headers;
  const target = /<([^>]+)>;\s*rel="?next"?/.exec(Array.isArray(link) ? link.join(',') : (link ?? ''))?.[1];
  if (target === undefined) return undefined;
  const url = new URL(target, 'http://registry.test');
  return `${url.pathname.replace(/^\/v2\//, '')}${url.search}`;
}

async function readHashed(response: IncomingMessage, limitBytes: number): Promise<{ body: Buffer; digest: string }> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of piecesOf(response)) {
    sizeBytes += chunk.length;
    if (sizeBytes > limitBytes) throw new Error(`an answer is larger than ${limitBytes} bytes`);
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  return { body, digest: `sha256:${createHash('sha256').update(body).digest('hex')}` };
}

async function hashOnly(response: IncomingMessage, algorithm: string): Promise<{ digest: string; sizeBytes: number }> {
  const hash = createHash(algorithm === 'sha512' ? 'sha512' : 'sha256');
  let sizeBytes = 0;
  for await (const chunk of piecesOf(response)) {
    hash.update(chunk);
    sizeBytes += chunk.length;
  }
  return { digest: `${algorithm}:${hash.digest('hex')}`, sizeBytes };
}
