import { X509Certificate } from 'node:crypto';
import { fileError, readTextFile } from './text-file.ts';

const pemBlock = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;
const what = 'the CA file';

/** The certificates in a PEM file; throws CopyError of kind `invalid` when it holds none, or one that is none. */
export async function readCaFile(file: string): Promise<string> {
  const text = await readTextFile(file, what);
  const blocks = text.match(pemBlock) ?? [];
  if (blocks.length === 0) throw fileError(file, what, 'holds no certificate in PEM form');
  blocks.forEach((block, at) => {
    if (!isCertificate(block)) throw fileError(file, what, `is damaged: its certificate ${at + 1} cannot be read`);
  });
  return blocks.join('\n');
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.byteLength > 0;
  } catch {
    return false;
  }
}
