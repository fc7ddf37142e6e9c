/** How the Location of an upload can look; resolved against the request it is always right. */
export interface LocationQuirks {
  /** Only a path. GHCR: apple/swift-container-plugin#43. */
  locationRelative?: true;
  /** Absolute with `http://` though asked by https: a TLS proxy without X-Forwarded-Proto, distribution#479, #970. */
  locationPlainHttp?: true;
  /** `//host/path`. */
  locationSchemeless?: true;
  /** On the registry's other origin (`elsewhere`), which serves the same sessions but wants no credentials. */
  locationElsewhere?: true;
  /** This query comes along and must come back byte for byte, or BLOB_UPLOAD_INVALID; oras-project/oras-dotnet#132. */
  locationQuery?: string;
  /** With `#fragment`, which must not be sent. */
  locationFragment?: true;
  /** With `user:password@` before the host. */
  locationUserinfo?: true;
  /** 202 to POST without Location; containers/image#756. */
  locationMissingOnPost?: true;
  /** The header is there and empty. */
  locationEmpty?: true;
  /** Keep using the previous one. Azure ACR: dotnet/sdk-container-builds PR #221. */
  locationMissingOnPatch?: true;
  /** On blob and manifest PUT. ECR: apple/swift-container-plugin PR #27. */
  locationMissingOnPut?: true;
  /** No Docker-Upload-UUID. ECR: distribution PR #2927. */
  uploadIdMissing?: true;
  /** Every answer has a new `_state`, an older one is BLOB_UPLOAD_INVALID. registry:2. */
  locationChanges?: true;
}

/** How uploads can go. */
export interface UploadQuirks {
  /** 201 to PATCH. ECR: openai/tart#273, regclient#81. */
  patchAnswers201?: true;
  /** 204 to the closing PUT. */
  putAnswers204?: true;
  /** 202 to the closing PUT, with the blob in place. */
  putAnswers202?: true;
  /** Range after the first PATCH never moves. ECR: aws/containers-roadmap#2831. */
  rangeStale?: true;
  /** `Range: bytes=0-N`. */
  rangeHasUnit?: true;
  /** `Range: 0-0` also for an empty session. registry:2. */
  rangeZeroWhenEmpty?: true;
  /** No Range on any answer. */
  rangeMissing?: true;
  /** Asking for the status cancels the session. registry:2: distribution PR #3755. */
  statusCancelsSession?: true;
  /** The status answers 404, the session lives. Public ECR: dotnet/sdk PR #33019. */
  statusAnswers404?: true;
  /** A body that breaks off takes its session with it. zot. */
  sessionLostOnBreak?: true;
  /** A body that breaks off after its first byte makes the session 404 BLOB_UPLOAD_INVALID. registry:2.8. */
  sessionDeadOnBreak?: true;
  /** A session lives for that many requests. */
  sessionRequests?: number;
  /** A session lives that long. */
  sessionLifetimeMs?: number;
  /** PATCH is 405. Google Artifact Registry: dotnet/sdk-container-builds PR #287. */
  monolithicOnly?: true;
  /** A PUT with a body is 400. */
  chunkedOnly?: true;
  /** A PATCH that is not the last and smaller than this is 400. ECR (5 MB): dotnet/sdk-container-builds PR #279. */
  minimumChunkBytes?: number;
  /** OCI-Chunk-Min-Length on the answer to POST. */
  announcedChunkBytes?: number;
  /** 413 with an nginx page for larger bodies, after reading them; goharbor/harbor#3270. */
  bodyLimitBytes?: number;
  /** 413 and close while the body is being sent; oras-project/oras-dotnet PR #428. */
  earlyBodyLimitBytes?: number;
  /** Reset when a body passes this size. */
  resetAboveBytes?: number;
  /** 411 for Transfer-Encoding: chunked. */
  lengthRequired?: true;
  /** The n-th (from 1) PATCH or PUT to a session is 401, once; jdx/mise PR #11132, ollama PR #381. */
  unauthorizedUploadNth?: number;
  /** Content-Range is not looked at. registry:2.8. */
  contentRangeIgnored?: true;
  /** POST with `?digest=` is answered 202. registry:2.8. */
  singlePostRefused?: true;
  /** Docker-Content-Digest of a sha512 blob is in sha256. registry:2.8. */
  digestHeaderInSha256?: true;
  /** The closing PUT answers another digest of the same algorithm. */
  putAnswersOtherDigest?: true;
  /** The closing PUT answers 201 and nothing is stored. */
  putForgets?: true;
  /** The closing PUT answers DIGEST_INVALID that many times. */
  digestInvalidTimes?: number;
  /** Writing fails with 500 "no space left on device"; then POST too. registry:2.8 on a full disk. */
  diskFull?: true;
  /** 507 on POST. */
  insufficientStorage?: true;
  /** Storage is limited: 403 DENIED from then on. Harbor. */
  quotaBytes?: number;
  /** PATCH fails with 500 "SlowDown" that many times; goharbor/harbor#23005. */
  slowDownTimes?: number;
  /** A mount is answered with this status, whether or not it could be. ggcr#1393 (Harbor, 401), ggcr#1679 (Hub, 400). */
  mountAnswers?: 202 | 400 | 401 | 403 | 404 | 405;
  /** A mount without `from` is 400. Quay. */
  mountNeedsFrom?: true;
  /** 201 to any mount, nothing is mounted. */
  mountLies?: true;
  /** PATCH and PUT are first answered with 307 to the same path on `elsewhere`. */
  uploadRedirects?: true;
}
