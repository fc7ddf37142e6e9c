/** What went wrong, in one word; every kind has a sentence of cause and one of remedy in error-text. */
export type ErrorKind =
  | 'invalid'
  | 'not-found'
  | 'unauthorized'
  | 'forbidden'
  | 'rate-limited'
  | 'unreachable'
  | 'timeout'
  | 'tls'
  | 'unavailable'
  | 'refused'
  | 'missing-content'
  | 'integrity'
  | 'protocol'
  | 'unsupported'
  | 'conflict'
  | 'full'
  | 'disk'
  | 'proxy'
  | 'cancelled'
  | 'internal';

/** Where it went wrong; a registry that is only tried is neither source nor destination. */
export type Side = 'source' | 'destination' | 'registry' | 'cache' | 'local';

/** A cause known more exactly than its kind, with a remedy of its own. */
export type Hint =
  | 'attestation-refused'
  | 'body-limit'
  | 'clock-wrong'
  | 'create-project'
  | 'credential-missing'
  | 'credential-wrong'
  | 'folder-owned'
  | 'immutable-tag'
  | 'line-broken'
  | 'no-such-host'
  | 'plain-http'
  | 'platform-missing'
  | 'quota'
  | 'realm-changed'
  | 'repository-or-access'
  | 'schema1'
  | 'source-corrupt'
  | 'destination-corrupt'
  | 'subject-missing'
  | 'trust-ca';

/** A failure as plain data: what a shell shows, a report lists and `--json` prints. Never holds a secret. */
export interface Failure {
  readonly kind: ErrorKind;
  readonly side: Side;
  /** What was being done, such as `upload.chunk`. */
  readonly op: string;
  /** What it was done to: a reference, a digest, a host. */
  readonly subject: string;
  readonly message: string;
  readonly remedy: string;
  readonly hint?: Hint;
  readonly http?: HttpFacts;
  /** The registry's own error codes, as it sent them. */
  readonly codes: readonly string[];
  readonly attempts?: number;
  /** What of a file or an argument cannot be done, to be told in any language; message and remedy are its English. */
  readonly finding?: FindingFacts;
}

/** A finding of the engine's rules as a failure carries it. */
export interface FindingFacts {
  readonly code: string;
  /** In the file that was given, from 1. */
  readonly line?: number;
  readonly values: Readonly<Record<string, string>>;
}

/** The request an error was born in, its URL without a query. */
export interface HttpFacts {
  readonly method: string;
  readonly url: string;
  readonly status?: number;
  readonly requestId?: string;
}
