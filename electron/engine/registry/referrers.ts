import type { Descriptor } from '../../oci/descriptor.ts';
import type { Digest } from '../../oci/digest.ts';
import { maxManifestBytes, parseManifest } from '../../oci/manifest.ts';
import { bareMediaType, mediaTypes } from '../../oci/media-types.ts';
import { headerOf, type ApiResponse } from '../http/response.ts';
import type { CopyError } from '../kernel/errors.ts';
import { apiPath, registryError, type RepositoryContext, send } from './context.ts';
import { nextLink } from './paging.ts';

const mostPages = 100;

/** What refers to `digest` by the host's referrers API; undefined when the host has none, which is asked once. */
export async function listReferrers(
  context: RepositoryContext,
  digest: Digest,
  signal: AbortSignal,
): Promise<readonly Descriptor[] | undefined> {
  if (context.host.learned.hasReferrersApi === false) return undefined;
  const found = new Map<string, Descriptor>();
  let query = '';
  for (let page = 0; page < mostPages; page++) {
    // distribution-spec v1.1.1, "Listing Referrers"
    const response = await send(
      context,
      {
        method: 'GET',
        target: `${apiPath(context, `referrers/${digest}`)}${query}`,
        op: 'referrers.list',
        subject: `${context.path}@${digest}`,
        headers: { accept: mediaTypes.ociIndex },
        isIdempotent: true,
        maxBytes: maxManifestBytes,
        accept: [400, 404, 405, 406, 501],
      },
      signal,
    );
    const entries = entriesOf(response);
    if (entries === undefined && page > 0) throw brokenList(context, digest);
    context.host.learned.hasReferrersApi = entries !== undefined;
    if (entries === undefined) return undefined;
    for (const entry of entries) found.set(entry.digest, entry);
    const next = nextLink(response);
    if (next === undefined || next === query) break;
    query = next;
  }
  return [...found.values()];
}

function brokenList(context: RepositoryContext, digest: Digest): CopyError {
  const subject = `${context.path}@${digest}`;
  const what = `began a list of what refers to ${subject} and did not end it`;
  return registryError(context, 'protocol', what, { op: 'referrers.list', subject });
}

/** The entries of an answer that is an index; undefined for every other answer. */
function entriesOf(response: ApiResponse): readonly Descriptor[] | undefined {
  if (response.status !== 200) return undefined;
  try {
    const document = parseManifest(response.body, bareMediaType(headerOf(response, 'content-type')));
    return document.kind === 'index' ? document.manifests : undefined;
  } catch {
    return undefined;
  }
}
