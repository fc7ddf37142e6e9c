import { createHash } from 'node:crypto';
import { asObject, field, type JsonObject, optionalObjects, optionalString } from '../../oci/fields.ts';
import { OciError } from '../../oci/oci-error.ts';
import { parseHost } from '../../oci/reference.ts';
import { parseStrictJson } from '../../oci/strict-json.ts';
import { decodeUtf8, encodeUtf8 } from '../../oci/utf8.ts';
import type { Credential } from '../ports/credentials.ts';
import { type Box, keyBytes, nonceBytes, tagBytes } from './vault-key.ts';

/** How the key of a vault is had: from a passphrase (RFC 7914), or unwrapped by the machine's key store. */
export type KeyFacts =
  | {
      readonly kind: 'scrypt';
      readonly cost: number;
      readonly blockSize: number;
      readonly parallelization: number;
      readonly salt: Uint8Array;
    }
  | { readonly kind: 'wrapped'; readonly wrapped: Uint8Array };

/** One credential at rest. Host and kind stand in the open and are what the box is bound to. */
export interface VaultRecord extends Box {
  readonly host: string;
  readonly kind: Credential['kind'];
}

/** What a vault's file says. */
export interface VaultFile {
  readonly key: KeyFacts;
  /** Opens with the right key and no other, so that a wrong passphrase is told from damage. */
  readonly check: Box;
  readonly records: readonly VaultRecord[];
  /** Made over all the rest with the key. */
  readonly seal: Uint8Array;
}

const format = 'image-ferry-vault';
const version = 1;
const mostRecords = 10_000;
const kinds: readonly Credential['kind'][] = ['basic', 'identity', 'registry-token'];

/** The file's bytes; beside the seal stands a plain sum, which shows damage to who has no key. */
export function formatVaultFile(file: VaultFile): Uint8Array {
  const seal = base64(file.seal);
  const body = bodyOf(file);
  return encodeUtf8(`${JSON.stringify({ ...body, seal, sum: sumOf(body, seal) }, undefined, 1)}\n`);
}

/** What the seal is made over. */
export function sealedContent(file: Omit<VaultFile, 'seal'>): Uint8Array {
  return encodeUtf8(JSON.stringify(bodyOf(file)));
}

/** What the bytes say; throws OciError, `unsupported` for a later version of the format. */
export function parseVaultFile(bytes: Uint8Array): VaultFile {
  const object = asObject(parseStrictJson(decodeUtf8(bytes)), 'vault');
  if (optionalString(object, 'format') !== format) throw new OciError('it is no vault');
  const written = field(object, 'version');
  if (typeof written === 'number' && written > version) throw new OciError(`its version is ${written}`, 'unsupported');
  if (written !== version) throw new OciError('it has no version');
  const records = optionalObjects(object, 'records') ?? [];
  if (records.length > mostRecords) throw new OciError(`it has more than ${mostRecords} records`);
  const file: VaultFile = {
    key: readKey(asObject(field(object, 'key'), 'field "key"')),
    check: readBox(asObject(field(object, 'check'), 'field "check"')),
    records: records.map(readRecord),
    seal: readBytes(object, 'seal', 32, 32),
  };
  const hosts = new Set(file.records.map((record) => record.host));
  if (hosts.size < file.records.length) throw new OciError('it has two records for one host');
  // After the fields, so that bounds hold whatever somebody wrote there.
  if (sumOf(bodyOf(file), base64(file.seal)) !== optionalString(object, 'sum')) throw new OciError('its sum is wrong');
  return file;
}

function bodyOf(file: Omit<VaultFile, 'seal'>): JsonObject {
  const { key, check, records } = file;
  return {
    format,
    version,
    key:
      key.kind === 'scrypt'
        ? {
            kind: key.kind,
            cost: key.cost,
            blockSize: key.blockSize,
            parallelization: key.parallelization,
            salt: base64(key.salt),
          }
        : { kind: key.kind, wrapped: base64(key.wrapped) },
    check: { nonce: base64(check.nonce), box: base64(check.bytes) },
    records: records.map((record) => ({
      host: record.host,
      kind: record.kind,
      nonce: base64(record.nonce),
      box: base64(record.bytes),
    })),
  };
}

function sumOf(body: JsonObject, seal: string): string {
  return createHash('sha256')
    .update(JSON.stringify({ ...body, seal }))
    .digest('hex');
}

/** The facts in bounds: a file must neither weaken the key nor take the machine's memory. */
function readKey(object: JsonObject): KeyFacts {
  const kind = optionalString(object, 'kind');
  if (kind === 'wrapped') return { kind, wrapped: readBytes(object, 'wrapped', 1, 16 * 1024) };
  if (kind !== 'scrypt') throw new OciError('its key is of an unknown kind');
  const cost = readNumber(object, 'cost', 2 ** 17, 2 ** 20);
  if (!Number.isInteger(Math.log2(cost))) throw new OciError('field "cost" is not a power of two');
  return {
    kind,
    cost,
    blockSize: readNumber(object, 'blockSize', 8, 8),
    parallelization: readNumber(object, 'parallelization', 1, 4),
    salt: readBytes(object, 'salt', 16, 64),
  };
}

function readRecord(object: JsonObject): VaultRecord {
  const host = optionalString(object, 'host') ?? '';
  const kind = kinds.find((one) => one === optionalString(object, 'kind'));
  if (kind === undefined || parseHost(host) !== host) throw new OciError('it has a record for no registry');
  return { host, kind, ...readBox(object) };
}

function readBox(object: JsonObject): Box {
  return {
    nonce: readBytes(object, 'nonce', nonceBytes, nonceBytes),
    bytes: readBytes(object, 'box', tagBytes, 2 * 64 * 1024 + keyBytes),
  };
}

function readNumber(object: JsonObject, name: string, least: number, most: number): number {
  const value = field(object, name);
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new OciError(`field "${name}" is not a number from ${least} to ${most}`);
}

function readBytes(object: JsonObject, name: string, least: number, most: number): Uint8Array {
  const text = optionalString(object, name) ?? '';
  const bytes = Buffer.from(text, 'base64');
  // Node reads base64 leniently; what does not come out as it went in was changed.
  if (base64(bytes) !== text) throw new OciError(`field "${name}" is not base64`);
  if (bytes.length < least || bytes.length > most) throw new OciError(`field "${name}" has a wrong length`);
  return bytes;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
