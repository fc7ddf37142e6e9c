import { asObject, type JsonObject, optionalString } from '../../oci/fields.ts';
import { OciError } from '../../oci/oci-error.ts';
import { parseHost } from '../../oci/reference.ts';
import { parseStrictJson } from '../../oci/strict-json.ts';
import { decodeUtf8, encodeUtf8 } from '../../oci/utf8.ts';
import { asCopyError } from '../kernel/errors.ts';
import type { Credential } from '../ports/credentials.ts';
import type { KeptCredential } from '../ports/vault.ts';

const longestSecret = 64 * 1024;

/** The registry in its one spelling, which a record is bound to; throws CopyError `invalid`. */
export function registryOf(host: string): string {
  try {
    return parseHost(host);
  } catch (thrown) {
    throw asCopyError(thrown, { side: 'local', op: 'vault', subject: 'host' });
  }
}

/** What may be shown of a credential. */
export function shownOf(host: string, credential: Credential): KeptCredential {
  const user = credential.kind === 'registry-token' ? undefined : credential.user;
  return { host, kind: credential.kind, ...(user === undefined ? {} : { user }) };
}

/** The secret part of a record as bytes; throws CopyError `invalid` when it is absurdly long. */
export function encodeCredential(credential: Credential): Uint8Array {
  const bytes = encodeUtf8(JSON.stringify(secretsOf(credential)));
  if (bytes.byteLength <= longestSecret) return bytes;
  const problem = new OciError(`credential is larger than ${longestSecret} bytes`);
  throw asCopyError(problem, { side: 'local', op: 'vault.set', subject: 'credential' });
}

/** The credential of a record; throws OciError, which never holds a value. */
export function decodeCredential(kind: Credential['kind'], bytes: Uint8Array): Credential {
  const object = asObject(parseStrictJson(decodeUtf8(bytes)), 'record');
  if (kind === 'basic') return { kind, user: text(object, 'user'), password: text(object, 'password') };
  const user = optionalString(object, 'user');
  if (kind === 'identity') return { kind, token: text(object, 'token'), ...(user === undefined ? {} : { user }) };
  return { kind, token: text(object, 'token') };
}

/** Only the fields we know, in one order. */
function secretsOf(credential: Credential): JsonObject {
  if (credential.kind === 'basic') return { user: credential.user, password: credential.password };
  if (credential.kind === 'identity') return { user: credential.user, token: credential.token };
  return { token: credential.token };
}

function text(object: JsonObject, name: string): string {
  const value = optionalString(object, name);
  if (value === undefined) throw new OciError(`record has no ${name}`);
  return value;
}
