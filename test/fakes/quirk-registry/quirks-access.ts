/** How a wait can be told. */
export type RetryAfterForm = 'seconds' | 'date' | 'none' | 'x-retry-after' | 'unix-seconds' | 'unix-ms' | 'duration';

/** A run of refusals. */
export interface Refusals {
  readonly times: number;
  readonly retryAfter: RetryAfterForm;
  /** 1 if not given. */
  readonly seconds?: number;
  /** The header's value as is; decides before `retryAfter`. */
  readonly raw?: string;
  readonly method?: string;
  readonly path?: RegExp;
}

/** How the door can be kept. */
export interface AccessQuirks {
  /** One header with Negotiate, NTLM, Basic and the right challenge in it. */
  challengesInOneHeader?: true;
  /** The same in several headers. */
  challengesInHeaders?: true;
  /** Parameters in another order, unquoted where they can be, escapes, odd case and spaces. */
  challengeOdd?: true;
  /** `realm` is only a path; the registry serves tokens there by a redirect to the token server. */
  realmRelative?: true;
  /** No `service` and no `scope`. */
  challengeBare?: true;
  /** 401 without any challenge. */
  challengeMissing?: true;
  /** A token is refused at its first so many uses: a node whose clock lags. Docker Hub: moby#22158. */
  freshTokenRefusedTimes?: number;
  /** Every token is refused. */
  tokensRefused?: true;
  /** A missing right is 403 instead of 401 insufficient_scope. */
  deniedAs403?: true;
  /** A missing right is 404. Docker Hub. */
  deniedAs404?: true;
  /** A wrong password is 429 "too many failed login attempts"; nicholas-fedor/watchtower#2176. */
  wrongLoginAs429?: true;
  /** Cookies are set, and a writing request that brings one without a CSRF token is 403. Harbor: dotnet/sdk-container-builds#418. */
  cookies?: true;
  /** Only these projects exist; another is 401 UNAUTHORIZED. Harbor: goharbor/harbor#966. */
  projects?: readonly string[];
  /** Status for a project that does not exist, with `projects`. */
  projectMissingStatus?: 401 | 403 | 404;
  /** A project that does not exist cuts the connection, with `projects`. ECR: dotnet/sdk-container-builds PR #279. */
  projectMissingCuts?: true;
  /** Harbor's project API answers this to a creation. goharbor/harbor#13795. */
  projectCreateAnswers?: 403 | 409;
  /** 429 TOOMANYREQUESTS. */
  tooManyRequests?: Refusals;
  /** 503. */
  unavailable?: Refusals;
  /** 429 of the abuse limiter, a plain page without OCI codes; docker/docs#21905. */
  abuseLimit?: Refusals;
  /** RateLimit-Limit and -Remaining, used up by GET of manifests but not by HEAD. Docker Hub. */
  rateLimit?: { readonly limit: number; readonly windowSeconds: number };
  /** Every n-th request is 500 with an HTML page. */
  failEvery?: number;
  /** The first so many requests are this status. */
  failFirst?: { readonly times: number; readonly status: number };
  /** `Warning: 299 - "…"` on every answer. */
  warning?: string;
  /** Idle connections are closed after this time. */
  keepAliveMs?: number;
  /** 407 to everything: a proxy stands before it. */
  proxyAuthenticationRequired?: true;
  /** 200 with a proxy's HTML page to everything. */
  proxyPage?: true;
  /** GET /v2/ is 404. */
  pingMissing?: true;
  /** Answers wait so long. */
  delayMs?: number;
}

/** How lists can come. */
export interface ListingQuirks {
  /** `tags: null`. */
  tagsNull?: true;
  /** Not sorted. registry:2.8. */
  unsorted?: true;
  /** `n` is ignored. registry:2.8. */
  countIgnored?: true;
  /** A page has at most so many names, whatever `n` is. */
  pageSize?: number;
  /** An `n` above this is 400 PAGINATION_NUMBER_INVALID. distribution v3: Joxit#306. */
  countLimit?: number;
  /** Link is absolute. */
  linkAbsolute?: true;
  /** Link leads to the same page again. */
  linkLoops?: true;
  /** No Link though there is more: ask with `last`. */
  linkMissing?: true;
  /** Link on another host. */
  linkElsewhere?: true;
  /** Link with a path that does not exist here. Nexus: sonatype/nexus-public#1011. */
  linkPathWrong?: true;
  /** Link carries an opaque `next_page` instead of `last`. Quay: deitch/docker_registry2#107. */
  linkOpaque?: true;
  /** Every second page is empty but has a Link. */
  emptyPages?: true;
  /** A repository without tags is 404. */
  emptyRepositoryMissing?: true;
  /** The catalog is 401, logged in or not. Docker Hub: regclient#539. */
  catalogRefused?: true;
  /** The catalog is 404. */
  catalogMissing?: true;
  /** The catalog asks for Basic where all else asks for Bearer. Harbor: goharbor/harbor#22118. */
  catalogWantsBasic?: true;
  /** tags/list carries `manifest` with sizes and times. GCR. */
  tagsDetailed?: true;
}

/** How referrers can be told. */
export interface ReferrerQuirks {
  /** 404: the fallback tag is all there is. GHCR, registry:2; NVIDIA/cluster-readiness-engine#271. */
  referrersMissing?: true;
  /** An empty index, whatever refers. */
  referrersEmpty?: true;
  /** Pages of so many. */
  referrersPageSize?: number;
  /** 200 with an HTML page. */
  referrersNotIndex?: true;
  /** `artifactType` is not filtered and OCI-Filters-Applied not sent. */
  referrersUnfiltered?: true;
  /** No OCI-Subject: the client must keep the fallback tag. */
  subjectHeaderMissing?: true;
}
