import { isDigest } from '../../oci/digest.ts';
import { mediaTypes } from '../../oci/media-types.ts';
import { answerJson } from './answers.ts';
import type { Exchange } from './exchange.ts';
import { cutPage, pageOf, withOneMore } from './pages.ts';
import { refusal } from './refusal.ts';

const itself = (name: string): string => name;

/** GET of `tags/list` (distribution-spec v1.1.1, "Listing Tags"). */
export async function answerTags(exchange: Exchange, repository: string): Promise<void> {
  const page = pageOf(exchange);
  const found = await exchange.library.tags(repository, withOneMore(page), exchange.signal);
  if (found === undefined) throw refusal(404, 'NAME_UNKNOWN', 'there is no such repository');
  const { items, headers } = cutPage(exchange, page, found, itself);
  answerJson(exchange, { name: repository, tags: items }, headers);
}

/** GET of `_catalog`, which is of Docker's protocol and not of the spec. */
export async function answerCatalog(exchange: Exchange): Promise<void> {
  const page = pageOf(exchange);
  const found = await exchange.library.repositories(withOneMore(page), exchange.signal);
  const { items, headers } = cutPage(exchange, page, found, itself);
  answerJson(exchange, { repositories: items }, headers);
}

/** GET of `referrers` (distribution-spec v1.1.1, "Listing Referrers"): always an index, for an unknown subject an empty one. */
export async function answerReferrers(exchange: Exchange, repository: string, subject: string): Promise<void> {
  if (!isDigest(subject)) throw refusal(400, 'DIGEST_INVALID', 'this is not a digest of sha256 or sha512');
  const page = pageOf(exchange);
  // A plus sign that came unescaped reads as a space; media types have none.
  const artifactType = exchange.query.get('artifactType')?.replaceAll(' ', '+') || undefined;
  const { library, signal } = exchange;
  const found = await library.referrers(repository, subject, artifactType, withOneMore(page), signal);
  const { items, headers } = cutPage(exchange, page, found, (item) => item.digest);
  answerJson(
    exchange,
    { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: items },
    {
      'Content-Type': mediaTypes.ociIndex,
      ...(artifactType === undefined ? {} : { 'OCI-Filters-Applied': 'artifactType' }),
      ...headers,
    },
  );
}
