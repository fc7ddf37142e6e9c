import type { Host } from '../http/hosts.ts';
import type { ApiResponse } from '../http/response.ts';
import {
  accountFor,
  accountRefused,
  ask,
  isUnauthorized,
  readAnswer,
  type VendorContext,
  type VendorRequest,
} from './api.ts';
import { basic } from './basic.ts';
import { splitRepository } from './pages.ts';

/** Where Harbor's own API is, from version 2.0 on (goharbor/harbor, api/v2.0/swagger.yaml). */
export const harborApi = '/api/v2.0';

const signInMs = 30_000;

/** Asks Harbor with the account of the registry, once that was found to be right. */
export class HarborApi {
  readonly context: VendorContext;
  readonly host: Host;

  constructor(context: VendorContext) {
    this.context = context;
    this.host = context.hosts.get(context.registry);
  }

  /** The answer to `request`, whose path is below the API; for `repository` a credential of its own may be kept. */
  async ask(request: VendorRequest, repository: string | undefined, signal: AbortSignal): Promise<ApiResponse> {
    const authorization = await this.#authorization(repository, signal);
    const path = `${harborApi}${request.path}`;
    // a project whose name is all digits is not a number
    const headers = { 'x-is-resource-name': 'true' };
    return ask(this.context, this.host, { ...request, path, headers, authorization }, signal);
  }

  /** What the answer says. */
  read(response: ApiResponse, request: VendorRequest): unknown {
    return readAnswer(this.context, this.host, response, request);
  }

  /**
   * A wrong password is not refused by Harbor's lists, which then show what is public (ICTU/quality-time#6484): it is proven
   * first, by what any account may ask, robots included.
   */
  async #authorization(repository: string | undefined, signal: AbortSignal): Promise<string | undefined> {
    const { context, host } = this;
    const account = await accountFor(context, repository, signal);
    if (account === undefined) return undefined;
    const authorization = basic(account);
    const request = {
      path: `${harborApi}/users/current/permissions`,
      op: 'sign-in',
      subject: host.name,
      authorization,
      withinMs: signInMs,
    };
    const prove = async (own: AbortSignal): Promise<{ readonly authorization: string }> => {
      try {
        await ask(context, host, request, own);
      } catch (thrown) {
        throw isUnauthorized(thrown) ? accountRefused(context, host, account, thrown) : thrown;
      }
      return { authorization };
    };
    return context.signIns.authorization(host.name, account, prove, signal);
  }
}

/** Where a repository's artifacts are; a slash in its name is encoded twice, for the proxy before Harbor decodes once. */
export function artifactsPath(repository: string): string {
  const [project, name] = splitRepository(repository);
  return `/projects/${project}/repositories/${encodeURIComponent(encodeURIComponent(name))}/artifacts`;
}
