/** What Debian's docker-registry 2.8.2 does otherwise, by requirement; each was seen, and its disappearance fails the suite. */
export const deviations: Readonly<Record<string, string>> = {
  'answers 416 with the size for a range behind the end': 'its 416 promises the blob’s length and sends less',
  'answers several ranges at once with the whole blob': 'it answers 206 multipart/byteranges',
  'answers a malformed digest with a client error that tells nothing of its files': '500 with a path in it',
  'takes a blob in one POST': 'it answers 202 and wants a PUT, which the spec allows',
  'refuses a chunk out of order with 416 and goes on from where it was': 'it ignores Content-Range and answers 202',
  'takes a blob under sha512 and answers with that digest': 'it answers with the sha256 digest',
  'takes a manifest under sha512 and answers with that digest': 'it answers 400 DIGEST_INVALID',
  'calls a document of no kind an invalid manifest': 'it misses blobs with an empty digest',
  'refuses a manifest that gives a blob another size': 'it answers 201',
  'answers 413 for a manifest that is far too large': 'it answers 400 MANIFEST_INVALID',
  'takes a manifest whose subject is absent and names the subject in its answer':
    'no OCI-Subject: it knows no subjects',
  'lists tags in lexical order without regard to case': 'the list is unsorted',
  'lists no more tags than n, and those behind last': 'it ignores n and last',
  'leads through pages of tags by Link, every tag once': 'it ignores n, so there is one page',
  'answers an empty index for a subject without referrers': 'it has no referrers API',
  'lists referrers with type, size, artifact type and annotations, whichever of both was pushed first':
    'no referrers API',
  'takes the type of the config for the artifact type where the manifest names none': 'no referrers API',
  'filters referrers by artifact type and says so': 'no referrers API',
  'answers 400 for the referrers of what is not a digest': 'no referrers API: 404',
  'deletes a tag and keeps its manifest': 'it deletes by digest only',
  'lists a referrer no more once it is deleted': 'no referrers API',
};
