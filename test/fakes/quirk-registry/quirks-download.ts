/** How blobs can arrive. */
export interface BlobQuirks {
  /** The byte faults below strike only the first so many GETs of each blob. */
  blobFaultTimes?: number;
  /** Blobs come from `elsewhere` by this redirect, S3-like: 400 there if Authorization is sent; opa#6580. */
  blobRedirect?: 301 | 302 | 303 | 307 | 308;
  /** The redirect's Location is this text instead. */
  blobRedirectTo?: string;
  /** The redirect's Location is only a path, of the same origin. */
  blobRedirectRelative?: true;
  /** The redirect leads to itself. */
  blobRedirectLoops?: true;
  /** A signed URL is good for so many requests, then 403. */
  signedUses?: number;
  /** A signed URL is good for so long, then 403. */
  signedLifetimeMs?: number;
  /** HEAD on a signed URL is 403: it was signed for GET. */
  signedHeadRefused?: true;
  /** Range is answered 200 with everything. */
  rangeIgnored?: true;
  /** 206 whose Content-Range starts one byte later than the body. */
  rangeShifted?: true;
  /** 206 without Content-Range. */
  contentRangeMissing?: true;
  /** 206 with another total. */
  contentRangeOtherTotal?: true;
  /** 206 as multipart/byteranges. */
  rangeMultipart?: true;
  /** Every Range is 416. */
  rangeRefused?: true;
  /** 416 carries the blob's Content-Length and a short body. registry:2.8. */
  rangeRefusalBroken?: true;
  /** No Accept-Ranges, though ranges work. */
  acceptRangesMissing?: true;
  /** The body ends after so many bytes of the announced length. */
  truncateAt?: number;
  /** The same without an announced length. */
  truncateUnlengthedAt?: number;
  /** The byte at that position of the blob is wrong. */
  corruptAt?: number;
  /** The byte at that position is wrong only in answers to Range. */
  corruptResumedAt?: number;
  /** No Content-Length: chunked. */
  lengthMissing?: true;
  /** Nothing more comes after so many bytes, and no close. */
  stallAt?: number;
  /** Reset after so many bytes. */
  resetAt?: number;
  /** So many bytes too many, in the announced length too. */
  extraBytes?: number;
  /** At this rate. */
  dripBytesPerSecond?: number;
  /** Gzipped, said by Content-Encoding, though identity was asked for. */
  contentEncoded?: true;
  /** HEAD of a blob answers this. */
  blobHeadAnswers?: 401 | 403 | 405;
  /** HEAD of a blob has no Content-Length. */
  blobHeadUnlengthed?: true;
  /** These digests are 404 though manifests name them: garbage-collected. */
  blobsMissing?: readonly string[];
  /** These digests are 404 on GET while HEAD says 200; distribution#4702. */
  blobsMissingOnGet?: readonly string[];
}

/** How manifests can be read and written. */
export interface ManifestQuirks {
  /** HEAD is 405. */
  manifestHeadRefused?: true;
  /** No Docker-Content-Digest. */
  digestHeaderMissing?: true;
  /** Docker-Content-Digest is another than that of the bytes. */
  digestHeaderLies?: true;
  /** Content-Type is this, whatever the manifest is. */
  contentType?: string;
  /** No Content-Type. */
  contentTypeMissing?: true;
  /** Content-Type with `; charset=utf-8`. */
  contentTypeParameters?: true;
  /** Without its type in Accept an image is answered as schema1, an OCI one as MANIFEST_UNKNOWN. distribution 2. */
  schema1WithoutAccept?: true;
  /** Missing manifests have code NOT_FOUND. Harbor: containers/image#2203. */
  notFoundCode?: true;
  /** The bytes of a manifest asked for by digest are another manifest's. */
  manifestSwapped?: string;
  /** JSON without end. */
  manifestEndless?: true;
  /** 412 on GET: vulnerability prevention. Harbor. */
  pullPrevented?: true;
  /** 400 MANIFEST_INVALID above this size. registry:2.8 (4 MiB). */
  manifestLimitBytes?: number;
  /** PUT is denied for manifests with the empty config. Aliyun ACR: koordinator PR #3194. */
  emptyConfigRefused?: true;
  /** PUT is denied for config types outside Docker's and OCI's. GitLab, Quay: moby/buildkit PR #3610. */
  unknownConfigRefused?: true;
  /** PUT is denied for index entries with platform unknown/unknown; Mi-Bee-Studio/MiBeeNvr PR #397. */
  unknownPlatformRefused?: true;
  /** PUT is denied while the subject is not there. GitLab: docker/buildx PR #3991. */
  absentSubjectRefused?: true;
  /** PUT is 415 for Docker's types. zot without `http.compat`. */
  dockerTypesRefused?: true;
  /** PUT is 400 for OCI types: a registry from before OCI. */
  ociTypesRefused?: true;
  /** Children of an index need not be there. distribution v3 can be told so; without it they must. */
  sparseAccepted?: true;
  /** Nothing that a manifest names needs to be there: what is incomplete is only found by looking. */
  incompleteAccepted?: true;
  /** An existing tag is 412 for another digest. Harbor: goharbor/community PR #108. Others may answer otherwise. */
  tagsImmutable?: 400 | 403 | 409 | 412;
  /** PUT answers MANIFEST_BLOB_UNKNOWN that many times though all is there. */
  blobUnknownTimes?: number;
  /** PUT answers 201 and stores nothing. */
  manifestPutForgets?: true;
  /** PUT of a tag stores the manifest, and the tag says another one's digest from then on. */
  tagOvertakenBy?: string;
  /** Deleting a tag is 405. */
  tagDeleteRefused?: true;
}
