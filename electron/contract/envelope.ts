import { z } from 'zod';
import { count, line, list, named, text, whole } from './bounded.ts';
import type { ErrorKind, Failure, Hint } from './errors.ts';

/** Complete, or it does not compile. */
const kinds: { readonly [Word in ErrorKind]: Word } = {
  invalid: 'invalid',
  'not-found': 'not-found',
  unauthorized: 'unauthorized',
  forbidden: 'forbidden',
  'rate-limited': 'rate-limited',
  unreachable: 'unreachable',
  timeout: 'timeout',
  tls: 'tls',
  unavailable: 'unavailable',
  refused: 'refused',
  'missing-content': 'missing-content',
  integrity: 'integrity',
  protocol: 'protocol',
  unsupported: 'unsupported',
  conflict: 'conflict',
  full: 'full',
  disk: 'disk',
  proxy: 'proxy',
  cancelled: 'cancelled',
  internal: 'internal',
};

/** Complete, or it does not compile. */
const hints: { readonly [Word in Hint]: Word } = {
  'attestation-refused': 'attestation-refused',
  'body-limit': 'body-limit',
  'clock-wrong': 'clock-wrong',
  'create-project': 'create-project',
  'credential-missing': 'credential-missing',
  'credential-wrong': 'credential-wrong',
  'folder-owned': 'folder-owned',
  'immutable-tag': 'immutable-tag',
  'line-broken': 'line-broken',
  'no-such-host': 'no-such-host',
  'plain-http': 'plain-http',
  'platform-missing': 'platform-missing',
  quota: 'quota',
  'realm-changed': 'realm-changed',
  'repository-or-access': 'repository-or-access',
  schema1: 'schema1',
  'source-corrupt': 'source-corrupt',
  'destination-corrupt': 'destination-corrupt',
  'subject-missing': 'subject-missing',
  'trust-ca': 'trust-ca',
};

/** The most characters of one text of a failure; whoever makes one for a window must cut there. */
export const longestFailureText = 2000;

/** A failure as it crosses the edge. */
export const failureShape = z.strictObject({
  kind: z.enum(kinds),
  side: z.enum(['source', 'destination', 'registry', 'cache', 'local']),
  op: line(100),
  subject: text(longestFailureText),
  message: text(longestFailureText),
  remedy: text(longestFailureText),
  hint: z.enum(hints).exactOptional(),
  http: z
    .strictObject({
      method: line(20),
      url: text(longestFailureText),
      status: whole(0, 999).exactOptional(),
      requestId: line(200).exactOptional(),
    })
    .exactOptional(),
  codes: list(line(200), 20).readonly(),
  attempts: count.exactOptional(),
  finding: z
    .strictObject({ code: line(100), line: count.exactOptional(), values: named(text(longestFailureText), 20) })
    .exactOptional(),
}) satisfies z.ZodType<Failure>;

/** What comes back of a call. */
export type Answer<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: Failure };
