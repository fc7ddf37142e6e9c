import { generate } from 'selfsigned';
import type { TlsMaterial } from './listening.ts';

/** An authority and what it signs; EC keys, so making all of them takes milliseconds. */
export interface Authority extends TlsMaterial {
  /** A server certificate for `names` (127.0.0.1, ::1 and localhost if not given). */
  sign(options?: CertificateOptions): Promise<TlsMaterial>;
}

/** How a server certificate may differ from a good one. */
export interface CertificateOptions {
  /** DNS names or IP addresses of the subject alternative name. */
  readonly names?: readonly string[];
  readonly commonName?: string;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** No subject alternative name at all, only the common name (skopeo#2054). */
  readonly isNameless?: boolean;
  /** `ec` if not given; only without an authority. */
  readonly keyType?: 'ec' | 'rsa';
}

/** The certificates that the TLS tests speak about, each ready for a server. */
export interface CertificateSet {
  readonly authority: Authority;
  readonly good: TlsMaterial;
  readonly expired: TlsMaterial;
  readonly notYetValid: TlsMaterial;
  readonly wrongHost: TlsMaterial;
  readonly commonNameOnly: TlsMaterial;
  /** Signed by nobody but itself. */
  readonly selfSigned: TlsMaterial;
  /** Good, but signed by another authority than `authority`. */
  readonly unknownAuthority: TlsMaterial;
}

const DAY_MS = 86_400_000;
const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

/** Makes a certificate authority. */
export async function createAuthority(commonName = 'Test Authority'): Promise<Authority> {
  const made = await generate([{ name: 'commonName', value: commonName }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - 30 * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
    ],
  });
  const ca = { key: made.private, cert: made.cert };
  return { ...ca, sign: (options = {}) => certify(options, ca) };
}

/** Makes a certificate that signs itself; usable as a server's and as a token signer's. */
export function createSelfSigned(options: CertificateOptions = {}): Promise<TlsMaterial> {
  return certify(options, undefined);
}

/** Makes the whole set. */
export async function createCertificates(): Promise<CertificateSet> {
  const [authority, stranger] = await Promise.all([createAuthority(), createAuthority('Other Authority')]);
  const at = (days: number): Date => new Date(Date.now() + days * DAY_MS);
  const [good, expired, notYetValid, wrongHost, commonNameOnly, selfSigned, unknownAuthority] = await Promise.all([
    authority.sign(),
    authority.sign({ notBefore: at(-20), notAfter: at(-1) }),
    authority.sign({ notBefore: at(1), notAfter: at(20) }),
    authority.sign({ names: ['registry.example.test'], commonName: 'registry.example.test' }),
    authority.sign({ isNameless: true }),
    createSelfSigned(),
    stranger.sign(),
  ]);
  return { authority, good, expired, notYetValid, wrongHost, commonNameOnly, selfSigned, unknownAuthority };
}

async function certify(options: CertificateOptions, ca: TlsMaterial | undefined): Promise<TlsMaterial> {
  const altNames = (options.names ?? LOOPBACK).map((name) =>
    /^[\d.]+$|:/.test(name) ? { type: 7 as const, ip: name } : { type: 2 as const, value: name },
  );
  const made = await generate([{ name: 'commonName', value: options.commonName ?? 'localhost' }], {
    keyType: options.keyType ?? 'ec',
    algorithm: 'sha256',
    notBeforeDate: options.notBefore ?? new Date(Date.now() - DAY_MS),
    notAfterDate: options.notAfter ?? new Date(Date.now() + 30 * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: true },
      { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
      ...(options.isNameless === true ? [] : [{ name: 'subjectAltName' as const, altNames }]),
    ],
    ...(ca === undefined ? {} : { ca }),
  });
  return { key: made.private, cert: made.cert };
}
