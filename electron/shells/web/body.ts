import type { IncomingMessage } from 'node:http';
import type { Refusal } from './answers.ts';
import { headerValues, only } from './guard.ts';

/** The most bytes of a body (S-WEB-9). */
const mostBodyBytes = 1024 * 1024;

/** What a body says, or why it is refused. */
export type ReadBody = { readonly value: unknown } | { readonly refusal: Refusal };

/** Reads a JSON body to its end or to where it is too long; rejects when the line broke. */
export async function readJsonBody(request: IncomingMessage): Promise<ReadBody> {
  const type = only(request, 'content-type') ?? '';
  if (!/^application\/json(?:;\s*charset=utf-8)?$/i.test(type)) return { refusal: 415 };
  if (headerValues(request, 'content-encoding').length > 0) return { refusal: 415 };
  if (Number(request.headers['content-length'] ?? 0) > mostBodyBytes) return { refusal: 413 };
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request.iterator({ destroyOnReturn: false })) {
    if (!Buffer.isBuffer(piece)) return { refusal: 400 };
    bytes += piece.byteLength;
    if (bytes > mostBodyBytes) return { refusal: 413 };
    pieces.push(piece);
  }
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces))) };
  } catch {
    return { refusal: 400 };
  }
}
