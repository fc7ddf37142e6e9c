import { isObject } from '../../oci/fields.ts';
import type { ApiResponse } from '../http/response.ts';
import { CopyError } from '../kernel/errors.ts';
import { SingleFlight, unlessAborted } from '../kernel/single-flight.ts';
import type { Foresight } from '../ports/vendor.ts';
import type { VendorRequest } from './api.ts';
import { artifactsPath, type HarborApi } from './harbor-api.ts';
import { readProjects, readQuotaLeft, readTags } from './harbor-reading.ts';
import { pageSize, splitRepository, tagName } from './pages.ts';
import { countIn, known, objectsOf, textIn } from './reading.ts';

/** A plan waits for this, so it does not wait long. */
const patienceMs = 20_000;
/** Answers by which Harbor keeps to itself what was asked. */
const silences: readonly number[] = [400, 401, 403, 404, 412];

type ProjectForesight = Omit<Foresight, 'isTagImmutable'>;

/** What Harbor lets foresee of a push: whether the project is there, the right to push, its quota, protected tags. */
export class HarborForesight {
  readonly #api: HarborApi;
  readonly #projects = new Map<string, ProjectForesight>();
  readonly #flights = new SingleFlight<string, ProjectForesight>();

  constructor(api: HarborApi) {
    this.#api = api;
  }

  /** What is known about pushing to `repository`, and to `tag`. */
  async of(repository: string, tag: string | undefined, signal: AbortSignal): Promise<Foresight> {
    const [project] = splitRepository(repository);
    const kept = this.#projects.get(project);
    // shared by all who wait for it: each request has a time of its own, and no asker's signal
    const own = new AbortController().signal;
    const flight = kept ?? this.#flights.run(project, () => this.#project(project, repository, own));
    const facts = await unlessAborted(Promise.resolve(flight), signal);
    this.#projects.set(project, facts);
    if (tag === undefined || facts.hasProject === false) return facts;
    return { ...facts, ...known({ isTagImmutable: await this.#isImmutable(repository, tag, signal) }) };
  }

  async #project(project: string, repository: string, signal: AbortSignal): Promise<ProjectForesight> {
    const read = (path: string, op: string): Promise<unknown> =>
      this.#quietly({ path, op, subject: project }, repository, signal);
    const shown = await this.#find(project, repository, signal);
    if (shown === undefined) return { project };
    if (shown === 'missing') return { project, hasProject: false };
    const [permissions, summary] = await Promise.all([
      // any account may ask for its own rights, robots too; a right to nothing is answered with null
      read(`/users/current/permissions?scope=/project/${shown}&relative=true`, 'permissions.list'),
      read(`/projects/${project}/summary`, 'project.summary'),
    ]);
    return {
      project,
      hasProject: true,
      ...known({
        mayPush: permissions === undefined ? undefined : mayPush(permissions),
        quotaLeftBytes: isObject(summary) ? readQuotaLeft(summary) : undefined,
      }),
    };
  }

  /**
   * The number of the project. Asked by name, Harbor before 2.13 says 403 for one that is not there, and to robots for some that
   * are (goharbor/harbor#17586, #14512): then the list of what this account sees decides. Undefined when neither would say.
   */
  async #find(project: string, repository: string, signal: AbortSignal): Promise<number | 'missing' | undefined> {
    const request = { path: `/projects/${project}`, op: 'project.get', subject: project };
    const response = await this.#tell(request, repository, signal);
    if (response === undefined) return undefined;
    if (response.status === 404) return 'missing';
    const found = response.status < 300 ? this.#api.read(response, request) : undefined;
    if (isObject(found)) return countIn(found, 'project_id');
    if (response.status !== 403) return undefined;
    const path = `/projects?name=${encodeURIComponent(project)}&page_size=${pageSize}`;
    const listed = await this.#quietly({ path, op: 'projects.list', subject: project }, repository, signal);
    if (!Array.isArray(listed)) return undefined;
    const match = objectsOf(listed).find((object) => textIn(object, 'name') === project);
    if (match !== undefined) return countIn(match, 'project_id');
    // the list goes by a part of the name, so a full page may lack the one that is meant
    return readProjects(listed).length < pageSize ? 'missing' : undefined;
  }

  async #isImmutable(repository: string, tag: string, signal: AbortSignal): Promise<boolean | undefined> {
    const path = `${artifactsPath(repository)}/${tagName(tag)}?with_tag=true&with_immutable_status=true`;
    const request = { path, op: 'artifact.get', subject: `${repository}:${tag}` };
    const response = await this.#tell(request, repository, signal);
    // what is not there may be pushed, whatever the rules say of it (goharbor/harbor, src/server/middleware/immutable)
    if (response?.status === 404) return false;
    const artifact = response !== undefined && response.status < 300 ? this.#api.read(response, request) : undefined;
    if (!isObject(artifact)) return undefined;
    return readTags(artifact).find(({ name }) => name === tag)?.isImmutable;
  }

  async #quietly(request: VendorRequest, repository: string, signal: AbortSignal): Promise<unknown> {
    const response = await this.#tell(request, repository, signal);
    return response === undefined || response.status >= 300 ? undefined : this.#api.read(response, request);
  }

  /** The answer, refusals included; undefined when the account itself is refused, which the copy will say better. */
  async #tell(request: VendorRequest, repository: string, signal: AbortSignal): Promise<ApiResponse | undefined> {
    try {
      return await this.#api.ask({ ...request, accept: silences, withinMs: patienceMs }, repository, signal);
    } catch (thrown) {
      if (thrown instanceof CopyError && (thrown.kind === 'unauthorized' || thrown.kind === 'forbidden'))
        return undefined;
      throw thrown;
    }
  }
}

function mayPush(permissions: unknown): boolean {
  return objectsOf(permissions).some(
    (one) => textIn(one, 'resource') === 'repository' && textIn(one, 'action') === 'push',
  );
}
