import { release, type as systemName } from 'node:os';
import { getCACertificates } from 'node:tls';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { type Found, found } from './found.ts';

/** What runs, on what. */
export function checkVersions(version: string): Found {
  const { electron, node } = process.versions;
  const runtime = electron === undefined ? `Node ${node}` : `Electron ${electron}, Node ${node}`;
  return found('versions-known', { version, runtime, system: `${systemName()} ${release()} ${process.arch}` });
}

/** Whether zstd is there and gives back what it was given. */
export function checkZstd(): Found {
  // older runtimes have no such function
  if (typeof zstdCompressSync !== 'function') return found('zstd-missing');
  const bytes = Buffer.from('Image Ferry '.repeat(10_000));
  const isSame = zstdDecompressSync(zstdCompressSync(bytes)).equals(bytes);
  if (!isSame) throw new Error('zstd gave back other bytes');
  return found('zstd-works');
}

/** How many certificates the system trusts; they are trusted for every registry. */
export function checkCertificates(): Found {
  const count = getCACertificates('system').length;
  return count === 0 ? found('certificates-none') : found('certificates-found', { count: String(count) });
}
