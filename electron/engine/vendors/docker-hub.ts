import { asObject, field, isObject } from '../../oci/fields.ts';
import type { Host } from '../http/hosts.ts';
import { type ApiResponse, headerOf } from '../http/response.ts';
import type {
  Foresight,
  Vendor,
  VendorArtifact,
  VendorPage,
  VendorProject,
  VendorRate,
  VendorRepository,
} from '../ports/vendor.ts';
import {
  accountFor,
  accountRefused,
  ask,
  isUnauthorized,
  readAnswer,
  type VendorContext,
  vendorError,
  type VendorRequest,
} from './api.ts';
import { isProtected, readNamespaces, readRepositories, readTags } from './docker-hub-reading.ts';
import { numberedPage, oneProject, pageNumber, pageSize, splitRepository, tagName } from './pages.ts';
import { known } from './reading.ts';
import type { Account, SignIn } from './sign-ins.ts';

const signInMs = 30_000;
const patienceMs = 20_000;
/** Tokens live for ten minutes; one is used for nine (goharbor/harbor, src/pkg/reg/adapter/dockerhub/client.go). */
const tokenMs = 9 * 60_000;
const silences: readonly number[] = [403, 404];

/** Docker Hub's own API (docs.docker.com/reference/api/hub): namespaces, repositories and tags with digests, sizes and dates. */
export class DockerHub implements Vendor {
  readonly kind = 'docker-hub';
  readonly #context: VendorContext;
  readonly #host: Host;

  /** `apiHost` is where the API answers; the password of `docker.io` goes there and nowhere else. */
  constructor(context: VendorContext, apiHost = 'hub.docker.com') {
    this.#context = context;
    this.#host = context.hosts.get(apiHost);
  }

  projects = async (page: string | undefined, signal: AbortSignal): Promise<VendorPage<VendorProject>> => {
    const number = pageNumber(page);
    const request = { path: '/v2/repositories/namespaces', op: 'projects.list', subject: this.#host.name };
    const response = await this.#ask(request, undefined, signal);
    return numberedPage(readNamespaces(this.#read(response, request)), number, false, rateOf(response));
  };

  repositories = async (
    of: string | undefined,
    search: string | undefined,
    page: string | undefined,
    signal: AbortSignal,
  ): Promise<VendorPage<VendorRepository>> => {
    const project = oneProject(of);
    const name = search ? `&name=${encodeURIComponent(search)}` : '';
    const path = `/v2/namespaces/${project}/repositories?page_size=${pageSize}${name}`;
    const request = { path, op: 'repositories.list', subject: project };
    return this.#list(request, project, page, (answer) => readRepositories(answer, project), signal);
  };

  artifacts = async (
    repository: string,
    page: string | undefined,
    signal: AbortSignal,
  ): Promise<VendorPage<VendorArtifact>> => {
    const request = { path: `${repositoryPath(repository)}/tags?page_size=${pageSize}`, op: 'artifacts.list' };
    return this.#list({ ...request, subject: repository }, repository, page, readTags, signal);
  };

  foresee = async (repository: string, tag: string | undefined, signal: AbortSignal): Promise<Foresight> => {
    const [project] = splitRepository(repository);
    const facts = { project };
    if (tag === undefined) return facts;
    const path = repositoryPath(repository);
    const settings = await this.#quietly({ path, op: 'repository.get', subject: repository }, repository, signal);
    if (!isObject(settings)) return facts;
    const isUnderRule = isProtected(settings, tag);
    if (isUnderRule !== true) return { ...facts, ...known({ isTagImmutable: isUnderRule }) };
    const named = { path: `${path}/tags/${tagName(tag)}`, op: 'tag.get', subject: `${repository}:${tag}` };
    // a rule protects what is there
    return { ...facts, isTagImmutable: (await this.#quietly(named, repository, signal)) !== undefined };
  };

  async #list<Item>(
    request: VendorRequest,
    repository: string,
    page: string | undefined,
    read: (results: unknown) => readonly Item[],
    signal: AbortSignal,
  ): Promise<VendorPage<Item>> {
    const number = pageNumber(page);
    const paged = { ...request, path: `${request.path}&page=${number}` };
    const response = await this.#ask(paged, repository, signal);
    const answer = this.#read(response, request);
    if (!isObject(answer)) throw vendorError(this.#context, this.#host, 'protocol', 'sent no page of a list', request);
    const total = field(answer, 'count');
    const hasMore = typeof field(answer, 'next') === 'string';
    return numberedPage(read(field(answer, 'results')), number, hasMore, {
      ...(typeof total === 'number' && Number.isSafeInteger(total) && total >= 0 ? { total } : {}),
      ...rateOf(response),
    });
  }

  async #quietly(request: VendorRequest, repository: string, signal: AbortSignal): Promise<unknown> {
    try {
      const response = await this.#ask({ ...request, accept: silences, withinMs: patienceMs }, repository, signal);
      return response.status < 300 ? this.#read(response, request) : undefined;
    } catch (thrown) {
      if (isUnauthorized(thrown)) return undefined;
      throw thrown;
    }
  }

  async #ask(request: VendorRequest, repository: string | undefined, signal: AbortSignal): Promise<ApiResponse> {
    const account = await accountFor(this.#context, repository, signal);
    const { signIns } = this.#context;
    const authorization =
      account && (await signIns.authorization(this.#host.name, account, (own) => this.#signIn(account, own), signal));
    try {
      return await ask(this.#context, this.#host, { ...request, authorization }, signal);
    } catch (thrown) {
      // a token that ended early is not asked with again
      if (account !== undefined && isUnauthorized(thrown)) signIns.forget(this.#host.name, account);
      throw thrown;
    }
  }

  async #signIn(account: Account, signal: AbortSignal): Promise<SignIn> {
    const request: VendorRequest = {
      method: 'POST',
      path: '/v2/auth/token',
      op: 'sign-in',
      subject: this.#host.name,
      body: { identifier: account.user, secret: account.password },
      withinMs: signInMs,
    };
    try {
      const response = await ask(this.#context, this.#host, request, signal);
      const token = field(asObject(this.#read(response, request), 'token answer'), 'access_token');
      if (typeof token === 'string' && /^[\x21-\x7e]{1,16384}$/.test(token))
        return { authorization: `Bearer ${token}`, lifetimeMs: tokenMs };
    } catch (thrown) {
      throw isUnauthorized(thrown) ? accountRefused(this.#context, this.#host, account, thrown) : thrown;
    }
    throw vendorError(this.#context, this.#host, 'protocol', 'gave no token', request);
  }

  #read(response: ApiResponse, request: VendorRequest): unknown {
    return readAnswer(this.#context, this.#host, response, request);
  }
}

function repositoryPath(repository: string): string {
  const [namespace, name] = splitRepository(repository);
  return `/v2/namespaces/${namespace}/repositories/${encodeURIComponent(name)}`;
}

/** The limit of this API, which is another than that of pulls; numbers are in flux, so what it says counts (docker/docs#22916). */
function rateOf(response: ApiResponse): { readonly rate?: VendorRate } {
  const [limit, remaining, reset] = ['limit', 'remaining', 'reset'].map((name) => {
    const text = headerOf(response, `x-ratelimit-${name}`) ?? '';
    return /^\d{1,13}$/.test(text) ? Number(text) : undefined;
  });
  if (limit === undefined || remaining === undefined) return {};
  return { rate: { limit, remaining, ...(reset === undefined ? {} : { resetsAtMs: reset * 1000 }) } };
}
