import type { ErrorKind, Hint, Side } from '../../contract/errors.ts';

/** What is known of an answer that refused, before it becomes an error. */
export interface RefusedAnswer {
  readonly status: number;
  readonly op: string;
  readonly side: Side;
  readonly codes: readonly string[];
  /** Messages, details and the start of a body that was not the spec's JSON. */
  readonly text: string;
}

/** An answer that means more than its status says. */
export interface KnownAnswer {
  readonly vendor: string;
  /** The thread or file where it was seen. */
  readonly seen: string;
  readonly kind: ErrorKind;
  readonly hint?: Hint;
  readonly matches: (answer: RefusedAnswer) => boolean;
}

const isManifestPut = (answer: RefusedAnswer): boolean => answer.op === 'manifest.put';
const isWrite = (answer: RefusedAnswer): boolean => answer.side === 'destination' && answer.op !== 'manifest.head';

/** Answers by which vendors say what the spec has no code for; the first that matches decides. */
export const knownAnswers: readonly KnownAnswer[] = [
  {
    vendor: 'any registry on a full disk or bucket',
    // Go writes the system error into the detail as words or as its number: ENOSPC is 28, EDQUOT 122
    seen: 'docker-registry 2.8.2: 500 with the system error in its detail',
    kind: 'full',
    matches: (answer) =>
      answer.status === 507 ||
      (answer.status >= 500 && /no space left|disk full|quota exceeded|"Err":(?:28|122)\b/i.test(answer.text)),
  },
  {
    vendor: 'Harbor',
    seen: 'goharbor/harbor src/server/middleware/quota',
    kind: 'full',
    hint: 'quota',
    matches: (answer) =>
      isWrite(answer) &&
      [400, 403, 412].includes(answer.status) &&
      /quota|exceed the configured upper limit/i.test(answer.text),
  },
  {
    vendor: 'Aliyun ACR',
    seen: 'koordinator-sh/koordinator PR #3194; BuildKit since moby/buildkit PR #6914',
    kind: 'refused',
    hint: 'attestation-refused',
    matches: (answer) =>
      isManifestPut(answer) && /unknown manifest class for application\/vnd\.oci\.empty/i.test(answer.text),
  },
  {
    vendor: 'GitLab',
    seen: 'docker/buildx PR #3991',
    kind: 'refused',
    hint: 'subject-missing',
    matches: (answer) =>
      isManifestPut(answer) &&
      answer.status < 500 &&
      /subject/i.test(answer.text) &&
      /not found|unknown|exist/i.test(answer.text),
  },
  {
    vendor: 'Harbor, Amazon ECR, Quay',
    seen: 'goharbor/community PR #108',
    kind: 'conflict',
    hint: 'immutable-tag',
    matches: (answer) =>
      isManifestPut(answer) &&
      (answer.status === 412 || (answer.status < 500 && /immutab|already exists in the/i.test(answer.text))),
  },
  {
    vendor: 'Harbor',
    seen: 'goharbor/harbor#966, google/go-containerregistry#1393',
    kind: 'forbidden',
    hint: 'create-project',
    matches: (answer) =>
      isWrite(answer) &&
      [401, 403, 404].includes(answer.status) &&
      /project .*not found|no such project/i.test(answer.text),
  },
  {
    vendor: 'Amazon ECR and others where repositories are made beforehand',
    seen: 'dotnet/sdk-container-builds#279',
    kind: 'not-found',
    hint: 'create-project',
    matches: (answer) => isWrite(answer) && answer.status === 404 && answer.codes.includes('NAME_UNKNOWN'),
  },
  {
    vendor: 'reverse proxies',
    seen: 'goharbor/harbor#3270',
    kind: 'refused',
    hint: 'body-limit',
    matches: (answer) => answer.status === 413,
  },
  {
    vendor: 'Docker Hub',
    seen: 'nicholas-fedor/watchtower#2176',
    kind: 'unauthorized',
    hint: 'credential-wrong',
    matches: (answer) => answer.status === 429 && /too many failed login/i.test(answer.text),
  },
  {
    vendor: 'Harbor',
    seen: 'goharbor/harbor src/server/middleware/vulnerable',
    kind: 'forbidden',
    matches: (answer) => answer.side === 'source' && answer.status === 412,
  },
];
