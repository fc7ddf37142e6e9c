import { type FakeVendor, startVendor, type VendorAnswer, type VendorQuestion } from './answering.ts';
import { jsonOf } from '../listening.ts';

/** An artifact as Harbor answers it (swagger: Artifact), or a part of it. */
export type HarborArtifact = Readonly<Record<string, unknown>> & { readonly tags?: readonly HarborTag[] };

/** A tag as Harbor answers it. */
export interface HarborTag {
  readonly name: string;
  readonly immutable?: boolean;
}

/** A project of a fake Harbor. */
export interface HarborProject {
  readonly id: number;
  readonly isPublic?: boolean;
  /** Repositories by their path within the project. */
  readonly repositories?: Readonly<Record<string, readonly HarborArtifact[]>>;
  readonly quota?: { readonly hard: number; readonly used: number };
  /** `resource:action` of the account in this project; undefined for everything. */
  readonly rights?: readonly string[];
}

/** What a fake Harbor holds and how it behaves. */
export interface HarborWorld {
  readonly projects: Record<string, HarborProject>;
  readonly user?: string;
  readonly password?: string;
  /** Says 403 for any project that is asked for by name and not there, as Harbor did before 2.13. */
  readonly hidesMissing?: boolean;
  /** Says 403 for every project asked for by name, as it does to robots without `project:read`. */
  readonly isForRobots?: boolean;
  readonly mayCreate?: boolean;
}

const base = '/api/v2.0';
const unauthorized: VendorAnswer = {
  status: 401,
  json: { errors: [{ code: 'UNAUTHORIZED', message: 'unauthorized' }] },
};
const forbidden: VendorAnswer = { status: 403, json: { errors: [{ code: 'FORBIDDEN', message: 'forbidden' }] } };
const missing = (what: string): VendorAnswer => ({
  status: 404,
  json: { errors: [{ code: 'NOT_FOUND', message: `${what} not found` }] },
});

/** Starts a Harbor 2 API: lists are paged and show strangers what is public, a wrong password counts as none. */
export function startHarbor(world: HarborWorld): Promise<FakeVendor> {
  const { user = 'robot$copy', password = 'harbor-password-1' } = world;
  const right = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  return startVendor('harbor', (question) => {
    const { method, path } = question;
    const isKnown = question.authorization === right;
    if (path === `${base}/systeminfo`)
      return { json: { auth_mode: 'db_auth', self_registration: false, harbor_version: 'v2.12.2-0a1b2c3d' } };
    if (path === `${base}/users/current/permissions`) return isKnown ? permissions(world, question) : unauthorized;
    if (path === `${base}/projects`) {
      if (method === 'POST') return isKnown ? create(world, question) : unauthorized;
      const visible = Object.entries(world.projects).filter(([, project]) => isKnown || project.isPublic === true);
      const named = visible.filter(([name]) => name.includes(question.query.get('name') ?? ''));
      return paged(
        question,
        named.map(([name, project]) => projectOf(name, project)),
      );
    }
    if (path === `${base}/repositories`) {
      const visible = Object.entries(world.projects).filter(([, project]) => isKnown || project.isPublic === true);
      const search = question.query.get('q') ?? '';
      return paged(
        question,
        visible.flatMap(([name, project]) => repositoriesOf(name, project, search)),
      );
    }
    const match = /^\/api\/v2\.0\/projects\/([^/]+)(\/.*)?$/.exec(path);
    if (match === null) return missing('page');
    const [, name = '', rest = ''] = match;
    return inProject(world, question, isKnown, name, rest);
  });
}

function inProject(
  world: HarborWorld,
  question: VendorQuestion,
  isKnown: boolean,
  name: string,
  rest: string,
): VendorAnswer {
  const project = world.projects[name];
  if (question.headers['x-is-resource-name'] !== 'true' && /^\d+$/.test(name)) return missing(`project ${name}`);
  if (project === undefined) {
    if (!isKnown) return unauthorized;
    return world.hidesMissing === true ? forbidden : missing(`project ${name}`);
  }
  if (!isKnown && project.isPublic !== true) return unauthorized;
  if (rest === '') return world.isForRobots === true ? forbidden : { json: projectOf(name, project) };
  if (rest === '/summary') {
    const { quota } = project;
    const limits = quota && { hard: { storage: quota.hard }, used: { storage: quota.used } };
    return { json: { repo_count: 1, ...(limits === undefined ? {} : { quota: limits }) } };
  }
  if (rest === '/repositories') return paged(question, repositoriesOf(name, project, question.query.get('q') ?? ''));
  const [, encoded = '', tag] = /^\/repositories\/([^/]+)\/artifacts(?:\/([^/]+))?$/.exec(rest) ?? [];
  // decoded once by the proxy before it and once by Harbor
  const artifacts = project.repositories?.[decodeURIComponent(decodeURIComponent(encoded))];
  if (artifacts === undefined) return missing(`repository ${name}/${encoded}`);
  const shown = artifacts.map((artifact) => shownArtifact(artifact, question));
  if (tag === undefined) return paged(question, shown);
  const found = artifacts.findIndex((artifact) => artifact.tags?.some((one) => one.name === tag) === true);
  return found < 0 ? missing(`artifact ${name}/${encoded}:${tag}`) : { json: shown[found] };
}

function permissions({ projects }: HarborWorld, { query }: VendorQuestion): VendorAnswer {
  const id = Number(/^\/project\/(\d+)$/.exec(query.get('scope') ?? '')?.[1]);
  const project = Object.values(projects).find((one) => one.id === id);
  // Go writes a list that nothing was put into as null
  if (project === undefined) return { text: 'null', headers: { 'content-type': 'application/json' } };
  const rights = project.rights ?? ['repository:pull', 'repository:push'];
  const list = rights.map((right) => ({ resource: right.split(':')[0], action: right.split(':')[1] }));
  return { text: JSON.stringify(list.length === 0 ? null : list), headers: { 'content-type': 'application/json' } };
}

function create(world: HarborWorld, { body }: VendorQuestion): VendorAnswer {
  if (world.mayCreate === false)
    return { status: 403, json: { errors: [{ code: 'FORBIDDEN', message: 'Only system admin can create project' }] } };
  const wanted = jsonOf<{ project_name: string; metadata: { public: string } }>(body);
  if (world.projects[wanted.project_name] !== undefined)
    return { status: 409, json: { errors: [{ code: 'CONFLICT', message: 'The project already exists' }] } };
  world.projects[wanted.project_name] = { id: 900, isPublic: wanted.metadata.public === 'true' };
  return { status: 201, headers: { location: `${base}/projects/900` } };
}

function projectOf(name: string, { id, isPublic = false, repositories = {} }: HarborProject): object {
  return {
    project_id: id,
    name,
    owner_name: 'admin',
    metadata: { public: String(isPublic) },
    repo_count: Object.keys(repositories).length,
    creation_time: '2026-01-02T03:04:05.678Z',
  };
}

function repositoriesOf(name: string, { id, repositories = {} }: HarborProject, q: string): object[] {
  const search = /^name=~(.*)$/.exec(q)?.[1] ?? '';
  return Object.entries(repositories)
    .filter(([path]) => `${name}/${path}`.includes(search))
    .map(([path, artifacts]) => ({
      project_id: id,
      name: `${name}/${path}`,
      artifact_count: artifacts.length,
      pull_count: 5,
      update_time: '2026-02-03T04:05:06.000Z',
    }));
}

/** Tags and what protects them stand in an answer only when they were asked for. */
function shownArtifact(artifact: HarborArtifact, { query }: VendorQuestion): object {
  if (query.get('with_tag') !== 'true') return { ...artifact, tags: null };
  const isFull = query.get('with_immutable_status') === 'true';
  return { ...artifact, tags: artifact.tags?.map((tag) => (isFull ? tag : { name: tag.name })) ?? null };
}

function paged(question: VendorQuestion, all: readonly object[]): VendorAnswer {
  const page = Number(question.query.get('page') ?? 1);
  const size = Math.min(100, Number(question.query.get('page_size') ?? 10));
  const items = all.slice((page - 1) * size, page * size);
  return { json: items, headers: { 'x-total-count': String(all.length) } };
}
