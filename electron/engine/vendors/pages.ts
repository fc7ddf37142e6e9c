import { isRepositoryPath, isTag } from '../../oci/reference.ts';
import { copyError, type CopyError } from '../kernel/errors.ts';
import type { VendorPage } from '../ports/vendor.ts';

/** How many entries a page is asked for; Harbor, Docker Hub and Quay all give at most so many. */
export const pageSize = 100;
const mostPages = 10_000;

/** The number of a page, from 1; throws CopyError `invalid` for what no vendor here gave out. */
export function pageNumber(page: string | undefined): number {
  if (page === undefined) return 1;
  const number = /^[1-9]\d{0,4}$/.test(page) ? Number(page) : mostPages + 1;
  if (number <= mostPages) return number;
  throw invalid('page', `${JSON.stringify(page.slice(0, 50))} is no page of a list`);
}

/** The page with how to go on; `hasMore` is what the vendor says, and is not believed for ever. */
export function numberedPage<Item>(
  items: readonly Item[],
  number: number,
  hasMore: boolean,
  rest: Omit<VendorPage<Item>, 'items' | 'next'> = {},
): VendorPage<Item> {
  return { items, ...(hasMore && number < mostPages ? { next: String(number + 1) } : {}), ...rest };
}

/** A repository path in its components, at least two; throws CopyError `invalid`, so that nothing else gets into a URL. */
export function splitRepository(path: string): readonly [project: string, name: string] {
  const slash = path.indexOf('/');
  if (slash < 0 || !isRepositoryPath(path)) throw invalid(path, `${JSON.stringify(path)} is no project/repository`);
  return [path.slice(0, slash), path.slice(slash + 1)];
}

/** The name of a project of a vendor that lists by project only; throws CopyError `unsupported` for none, and `invalid`. */
export function oneProject(name: string | undefined): string {
  if (name !== undefined) return projectName(name);
  const message = 'this registry lists the repositories of one namespace at a time';
  throw copyError('unsupported', { side: 'local', op: 'vendor.ask', subject: 'repositories', message });
}

/** The name of a project as it may stand in a URL; throws CopyError `invalid`. */
export function projectName(name: string): string {
  if (name.includes('/') || !isRepositoryPath(name)) throw invalid(name, `${JSON.stringify(name)} is no project`);
  return name;
}

/** A tag as it may stand in a URL; throws CopyError `invalid`. */
export function tagName(tag: string): string {
  if (!isTag(tag)) throw invalid(tag, `${JSON.stringify(tag)} is no tag`);
  return tag;
}

function invalid(subject: string, message: string): CopyError {
  return copyError('invalid', { side: 'local', op: 'vendor.ask', subject, message });
}
