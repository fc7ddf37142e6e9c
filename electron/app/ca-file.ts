import { X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { copyError, type CopyError } from '../engine/engine.ts';

const mostBytes = 4 * 1024 * 1024;
const pemBlock = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** The certificates in a PEM file; throws CopyError of kind `invalid` when it holds none, or one that is none. */
export async function readCaFile(file: string): Promise<string> {
  const text = await read(file);
  const blocks = text.match(pemBlock) ?? [];
  if (blocks.length === 0) throw wrong(file, 'holds no certificate in PEM form');
  blocks.forEach((block, at) => {
    if (!isCertificate(block)) throw wrong(file, `is damaged: its certificate ${at + 1} cannot be read`);
  });
  return blocks.join('\n');
}

async function read(file: string): Promise<string> {
  let sizeBytes: number;
  try {
    sizeBytes = (await stat(file)).size;
    if (sizeBytes <= mostBytes) return await readFile(file, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
    throw wrong(file, `cannot be read${code}`, cause);
  }
  throw wrong(file, `is larger than ${mostBytes} bytes`);
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.byteLength > 0;
  } catch {
    return false;
  }
}

function wrong(file: string, what: string, cause?: unknown): CopyError {
  const message = `the CA file ${file} ${what}`;
  return copyError('invalid', { side: 'local', op: 'ca.read', subject: file, message, cause });
}
