import { field, isObject, type JsonObject } from '../../oci/fields.ts';
import type { Host } from '../http/hosts.ts';
import type { ApiResponse } from '../http/response.ts';
import { copyError } from '../kernel/errors.ts';
import type {
  Foresight,
  Vendor,
  VendorArtifact,
  VendorPage,
  VendorProject,
  VendorRepository,
} from '../ports/vendor.ts';
import {
  accountFor,
  ask,
  isUnauthorized,
  readAnswer,
  type VendorContext,
  vendorError,
  type VendorRequest,
} from './api.ts';
import { numberedPage, oneProject, pageNumber, pageSize, splitRepository } from './pages.ts';
import { countIn, digestIn, flagIn, known, objectIn, objectsOf, textIn, timeIn } from './reading.ts';

/** The user name by which Quay marks a password as a token of its API; robots and passwords are for pushing and pulling only. */
const tokenUser = '$oauthtoken';
const patienceMs = 20_000;
const longestCursor = 4096;
const silences: readonly number[] = [401, 403, 404];

/** Quay's own API (quay/quay, endpoints/api): organizations, repositories, tags with digests, sizes and dates. */
export class Quay implements Vendor {
  readonly kind = 'quay';
  readonly #context: VendorContext;
  readonly #host: Host;

  constructor(context: VendorContext) {
    this.#context = context;
    this.#host = context.hosts.get(context.registry);
  }

  projects = async (page: string | undefined, signal: AbortSignal): Promise<VendorPage<VendorProject>> => {
    const number = pageNumber(page);
    const request = { path: '/api/v1/user/', op: 'projects.list', subject: this.#host.name };
    const user = await this.#object(request, undefined, signal);
    const names = [user, ...objectsOf(field(user, 'organizations'))].map(
      (object, at) => textIn(object, at === 0 ? 'username' : 'name') ?? '',
    );
    const items = names.filter((name) => name !== '').map((name) => ({ name }));
    return numberedPage(items, number, false);
  };

  /** The API has no search: pages are searched here, so one may be empty and not the last. */
  repositories = async (
    of: string | undefined,
    search: string | undefined,
    page: string | undefined,
    signal: AbortSignal,
  ): Promise<VendorPage<VendorRepository>> => {
    const project = oneProject(of);
    const path = `/api/v1/repository?namespace=${project}&public=true&last_modified=true${cursor(page)}`;
    const answer = await this.#object({ path, op: 'repositories.list', subject: project }, project, signal);
    const items = objectsOf(field(answer, 'repositories')).flatMap((object): VendorRepository[] => {
      const name = textIn(object, 'name');
      if (name === undefined || !name.includes(search ?? '')) return [];
      const fields = {
        isPublic: flagIn(object, 'is_public'),
        sizeBytes: countIn(objectIn(object, 'quota_report'), 'quota_bytes'),
        updatedAtMs: timeIn(object, 'last_modified'),
      };
      return [{ path: `${project}/${name}`, ...known(fields) }];
    });
    const next = field(answer, 'next_page');
    return typeof next === 'string' && next !== '' && next.length <= longestCursor ? { items, next } : { items };
  };

  artifacts = async (
    repository: string,
    page: string | undefined,
    signal: AbortSignal,
  ): Promise<VendorPage<VendorArtifact>> => {
    const number = pageNumber(page);
    const query = `?onlyActiveTags=true&limit=${pageSize}&page=${number}`;
    const request = { path: `${repositoryPath(repository)}/tag/${query}`, op: 'artifacts.list', subject: repository };
    const answer = await this.#object(request, repository, signal);
    const items = objectsOf(field(answer, 'tags')).flatMap((object): VendorArtifact[] => {
      const name = textIn(object, 'name');
      if (name === undefined) return [];
      // of a list of manifests Quay knows no size and says 0
      const sizeBytes = flagIn(object, 'is_manifest_list') === true ? undefined : countIn(object, 'size');
      const pushedAtMs = timeIn(object, 'start_ts') ?? timeIn(object, 'last_modified');
      return [{ tags: [{ name }], ...known({ digest: digestIn(object, 'manifest_digest'), sizeBytes, pushedAtMs }) }];
    });
    return numberedPage(items, number, flagIn(answer, 'has_additional') === true);
  };

  foresee = async (repository: string, _tag: string | undefined, signal: AbortSignal): Promise<Foresight> => {
    const [project] = splitRepository(repository);
    const authorization = await this.#authorization(repository, signal);
    // without a token of the API everything is answered for a stranger
    if (authorization === undefined) return { project };
    const path = `${repositoryPath(repository)}?includeTags=false`;
    const request = { path, op: 'repository.get', subject: repository, authorization };
    try {
      const options = { accept: silences, withinMs: patienceMs };
      const response = await ask(this.#context, this.#host, { ...request, ...options }, signal);
      const answer = response.status < 300 ? this.#read(response, request) : undefined;
      return { project, ...known({ mayPush: isObject(answer) ? flagIn(answer, 'can_write') : undefined }) };
    } catch (thrown) {
      if (isUnauthorized(thrown)) return { project };
      throw thrown;
    }
  };

  async #object(request: VendorRequest, repository: string | undefined, signal: AbortSignal): Promise<JsonObject> {
    const authorization = await this.#authorization(repository, signal);
    const response = await ask(this.#context, this.#host, { ...request, authorization }, signal).catch(
      (thrown: unknown) => {
        throw authorization === undefined && isUnauthorized(thrown) ? this.#tokenMissing(request, thrown) : thrown;
      },
    );
    const answer = this.#read(response, request);
    if (isObject(answer)) return answer;
    throw vendorError(this.#context, this.#host, 'protocol', `sent no object for ${request.op}`, request);
  }

  async #authorization(repository: string | undefined, signal: AbortSignal): Promise<string | undefined> {
    const account = await accountFor(this.#context, repository, signal);
    return account?.user === tokenUser ? `Bearer ${account.password}` : undefined;
  }

  #tokenMissing({ op, subject }: VendorRequest, cause: unknown): Error {
    const { side } = this.#context;
    const message = `${side} ${this.#host.name} shows ${subject} to tokens of its API only (user ${tokenUser})`;
    return copyError('unauthorized', { side, op, subject, message, hint: 'credential-missing', cause });
  }

  #read(response: ApiResponse, request: VendorRequest): unknown {
    return readAnswer(this.#context, this.#host, response, request);
  }
}

function repositoryPath(repository: string): string {
  const [namespace, name] = splitRepository(repository);
  return `/api/v1/repository/${namespace}/${name}`;
}

function cursor(page: string | undefined): string {
  return page === undefined ? '' : `&next_page=${encodeURIComponent(page.slice(0, longestCursor))}`;
}
