import { type ApiResponse, headerOf } from '../http/response.ts';
import { CopyError } from '../kernel/errors.ts';
import type {
  Foresight,
  Vendor,
  VendorArtifact,
  VendorPage,
  VendorProject,
  VendorRepository,
} from '../ports/vendor.ts';
import { type VendorContext, vendorError, type VendorRequest } from './api.ts';
import { artifactsPath, HarborApi } from './harbor-api.ts';
import { HarborForesight } from './harbor-foresight.ts';
import { readArtifacts, readProjects, readRepositories } from './harbor-reading.ts';
import { numberedPage, pageNumber, pageSize, projectName } from './pages.ts';

/** Harbor 2: projects, repositories and artifacts with sizes and dates, and what will refuse a push. */
export class Harbor implements Vendor {
  readonly kind = 'harbor';
  readonly version?: string;
  readonly #api: HarborApi;
  readonly #foresight: HarborForesight;

  constructor(context: VendorContext, version?: string) {
    if (version !== undefined) this.version = version;
    this.#api = new HarborApi(context);
    this.#foresight = new HarborForesight(this.#api);
  }

  projects = (page: string | undefined, signal: AbortSignal): Promise<VendorPage<VendorProject>> =>
    this.#list('/projects', 'projects.list', undefined, page, readProjects, signal);

  repositories = async (
    project: string | undefined,
    search: string | undefined,
    page: string | undefined,
    signal: AbortSignal,
  ): Promise<VendorPage<VendorRepository>> => {
    // anything else has a meaning in Harbor's query language, and stands in no name
    if (search !== undefined && !/^[a-z0-9._/-]*$/.test(search)) return { items: [] };
    const query = search ? `?q=${encodeURIComponent(`name=~${search}`)}` : '';
    const parent = project === undefined ? '' : `/projects/${projectName(project)}`;
    return this.#list(`${parent}/repositories${query}`, 'repositories.list', project, page, readRepositories, signal);
  };

  artifacts = async (
    repository: string,
    page: string | undefined,
    signal: AbortSignal,
  ): Promise<VendorPage<VendorArtifact>> => {
    const path = `${artifactsPath(repository)}?with_tag=true&with_immutable_status=true&sort=-push_time`;
    return this.#list(path, 'artifacts.list', repository, page, readArtifacts, signal);
  };

  createProject = async (name: string, isPublic: boolean, signal: AbortSignal): Promise<'created' | 'present'> => {
    const request: VendorRequest = {
      method: 'POST',
      path: '/projects',
      op: 'project.create',
      subject: projectName(name),
      body: { project_name: name, metadata: { public: String(isPublic) } },
      accept: [409],
    };
    try {
      return (await this.#api.ask(request, name, signal)).status === 409 ? 'present' : 'created';
    } catch (thrown) {
      if (!(thrown instanceof CopyError) || thrown.kind !== 'forbidden') throw thrown;
      const { context, host } = this.#api;
      throw vendorError(context, host, 'forbidden', `lets this account make no project ${name}`, request, thrown);
    }
  };

  foresee = (repository: string, tag: string | undefined, signal: AbortSignal): Promise<Foresight> =>
    this.#foresight.of(repository, tag, signal);

  async #list<Item>(
    path: string,
    op: string,
    subject: string | undefined,
    page: string | undefined,
    read: (answer: unknown) => readonly Item[],
    signal: AbortSignal,
  ): Promise<VendorPage<Item>> {
    const number = pageNumber(page);
    const paged = `${path}${path.includes('?') ? '&' : '?'}page=${number}&page_size=${pageSize}`;
    const request = { path: paged, op, subject: subject ?? this.#api.host.name };
    const response = await this.#api.ask(request, subject, signal);
    const items = read(this.#api.read(response, request));
    const total = totalOf(response);
    const hasMore = total === undefined ? items.length === pageSize : number * pageSize < total;
    return numberedPage(items, number, hasMore && items.length > 0, total === undefined ? {} : { total });
  }
}

function totalOf(response: ApiResponse): number | undefined {
  const text = headerOf(response, 'x-total-count') ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
