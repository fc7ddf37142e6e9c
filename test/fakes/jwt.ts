import {
  createHash,
  createPrivateKey,
  createPublicKey,
  sign,
  verify,
  X509Certificate,
  type KeyObject,
} from 'node:crypto';
import { jsonOf, type TlsMaterial } from './listening.ts';
import type { Access } from './token-access.ts';

/** What a token says. */
export interface TokenClaims {
  readonly aud: string;
  readonly exp: number;
  readonly nbf: number;
  readonly access: readonly Access[];
}

/** Signs and checks the tokens of a token server with one key. */
export interface TokenSigner {
  /** The signer's certificate, PEM: a registry's `rootcertbundle`. */
  readonly cert: string;
  sign(claims: object): string;
  /** The claims if the signature is right; times are not looked at. */
  read(token: string): TokenClaims | undefined;
}

/** How the token names its key: by certificate chain or by libtrust key id; distribution 2.8 takes either. */
export type KeyNaming = 'x5c' | 'kid';

/** Makes a signer; ES256 or RS256 follows from the key. */
export function createSigner(material: TlsMaterial, naming: KeyNaming = 'x5c'): TokenSigner {
  const privateKey = createPrivateKey(material.key);
  const publicKey = createPublicKey(privateKey);
  const isElliptic = privateKey.asymmetricKeyType === 'ec';
  const certificate = new X509Certificate(material.cert);
  const header = {
    typ: 'JWT',
    alg: isElliptic ? 'ES256' : 'RS256',
    ...(naming === 'x5c' ? { x5c: [certificate.raw.toString('base64')] } : { kid: libtrustKeyId(publicKey) }),
  };
  const encoding = isElliptic ? { dsaEncoding: 'ieee-p1363' as const } : {};
  return {
    cert: material.cert,
    sign: (claims) => {
      const text = `${encode(header)}.${encode(claims)}`;
      return `${text}.${sign('sha256', Buffer.from(text), { key: privateKey, ...encoding }).toString('base64url')}`;
    },
    read: (token) => {
      const [head = '', body = '', signature = ''] = token.split('.');
      const text = Buffer.from(`${head}.${body}`);
      const key = { key: publicKey, ...encoding };
      if (!verify('sha256', text, key, Buffer.from(signature, 'base64url'))) return undefined;
      return jsonOf(Buffer.from(body, 'base64url'));
    },
  };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

// libtrust, "KeyID": base32 of the first 240 bits of sha256(SubjectPublicKeyInfo), in groups of four.
function libtrustKeyId(key: KeyObject): string {
  const spki = key.export({ type: 'spki', format: 'der' });
  const bits = createHash('sha256').update(spki).digest().subarray(0, 30);
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  let text = '';
  for (let bit = 0; bit < 240; bit += 5) {
    const at = bit >> 3;
    const pair = ((bits[at] ?? 0) << 8) | (bits[at + 1] ?? 0);
    text += alphabet[(pair >> (11 - (bit & 7))) & 31] ?? '';
  }
  return (text.match(/.{4}/g) ?? []).join(':');
}
