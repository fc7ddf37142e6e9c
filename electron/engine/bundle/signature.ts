import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { OciError } from '../../oci/oci-error.ts';
import { encodeUtf8 } from '../../oci/utf8.ts';

/** Where the signature lies in a bundle. */
export const signatureName = 'image-ferry.sig';
/** Bytes of a signature entry: 64 bytes in base64 and a line end. */
export const signatureBytes = 89;
const purpose = 'image-ferry list of contents\n';
const keyBytes = 32;
// RFC 8410: what stands before the 32 bytes of an Ed25519 key in its SubjectPublicKeyInfo
const spkiPrefix: Buffer = Buffer.from('302a300506032b6570032100', 'hex');

/** Signs lists of contents. */
export interface Signer {
  /** The raw Ed25519 public key in base64: what receivers remember of the sender. */
  readonly publicKey: string;
  /** The signature over the bytes, 64 bytes. */
  sign(bytes: Uint8Array): Uint8Array;
}

/** A signer with an Ed25519 private key; throws OciError for another kind of key. */
export function ed25519Signer(privateKey: KeyObject): Signer {
  if (privateKey.asymmetricKeyType !== 'ed25519') throw new OciError('signing needs an Ed25519 key');
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  return {
    publicKey: spki.subarray(-keyBytes).toString('base64'),
    sign: (bytes) => sign(null, bytes, privateKey),
  };
}

/** The signature entry over a list of contents. */
export function signList(list: Uint8Array, signer: Signer): Buffer {
  const signature = Buffer.from(signer.sign(Buffer.concat([encodeUtf8(purpose), list])));
  return Buffer.from(`${signature.toString('base64')}\n`, 'ascii');
}

/** True when `entry` is the signature of `publicKey` over the list. */
export function isSignedBy(list: Uint8Array, entry: Uint8Array, publicKey: string): boolean {
  const raw = Buffer.from(publicKey, 'base64');
  if (raw.byteLength !== keyBytes || raw.toString('base64') !== publicKey) return false;
  const key = createPublicKey({ key: Buffer.concat([spkiPrefix, raw]), type: 'spki', format: 'der' });
  const text = Buffer.from(entry).toString('latin1');
  const signature = Buffer.from(text, 'base64');
  if (`${signature.toString('base64')}\n` !== text) return false;
  return verify(null, Buffer.concat([encodeUtf8(purpose), list]), key, signature);
}
