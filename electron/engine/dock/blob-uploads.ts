import { algorithmOf, type Digest, type DigestAlgorithm, isDigest } from '../../oci/digest.ts';
import { isRepositoryPath } from '../../oci/reference.ts';
import { answerEmpty, type Headers } from './answers.ts';
import { bodyOf, declaredBytes } from './body.ts';
import type { Exchange } from './exchange.ts';
import { refusal } from './refusal.ts';
import type { UploadSession } from './uploads.ts';

const chunkGrammar = /^(\d{1,15})-(\d{1,15})$/;

/** POST to `blobs/uploads/`: mounts, takes a whole blob, or opens an upload (distribution-spec v1.1.1, "Pushing blobs"). */
export async function openUpload(exchange: Exchange, repository: string): Promise<void> {
  const { query, uploads } = exchange;
  if (query.has('mount') && (await mount(exchange, repository, digestIn(query.get('mount'))))) return;
  const digest = query.has('digest') ? digestIn(query.get('digest')) : undefined;
  const session = await uploads.open(repository, () =>
    exchange.library.beginUpload(repository, algorithmFor(exchange, digest), exchange.signal),
  );
  if (digest === undefined) return answerEmpty(exchange, 202, stateOf(session));
  try {
    await uploads.use(repository, session.id, exchange.signal, async () => {
      await append(exchange, session);
      await session.upload.commit(digest, exchange.signal);
    });
  } finally {
    await uploads.end(session);
  }
  answerCreated(exchange, repository, digest);
}

/** PATCH: adds a chunk, or the whole blob as one stream. */
export async function patchUpload(exchange: Exchange, repository: string, id: string): Promise<void> {
  await exchange.uploads.use(repository, id, exchange.signal, async (session) => {
    await append(exchange, session);
    answerEmpty(exchange, 202, stateOf(session));
  });
}

/** PUT: adds what the body still has and closes the upload under its digest. */
export async function closeUpload(exchange: Exchange, repository: string, id: string): Promise<void> {
  const { uploads, query } = exchange;
  const digest = digestIn(query.get('digest'));
  await uploads.use(repository, id, exchange.signal, async (session) => {
    await append(exchange, session);
    try {
      await session.upload.commit(digest, exchange.signal);
    } finally {
      await uploads.end(session);
    }
  });
  answerCreated(exchange, repository, digest);
}

/** GET: how far the upload is. */
export function answerUploadStatus(exchange: Exchange, repository: string, id: string): void {
  answerEmpty(exchange, 204, stateOf(exchange.uploads.find(repository, id)));
}

/** DELETE: gives the upload up. */
export async function cancelUpload(exchange: Exchange, repository: string, id: string): Promise<void> {
  await exchange.uploads.use(repository, id, exchange.signal, (session) => exchange.uploads.end(session));
  answerEmpty(exchange, 204);
}

/** Without `from`, or with one that the client may not read, nothing is mounted: a digest alone opens no content (S-REG-2). */
async function mount(exchange: Exchange, repository: string, digest: Digest): Promise<boolean> {
  const from = exchange.query.get('from') ?? '';
  if (!isRepositoryPath(from) || !exchange.allows({ type: 'repository', name: from, actions: ['pull'] })) return false;
  if (!(await exchange.library.mountBlob(repository, digest, from, exchange.signal))) return false;
  answerCreated(exchange, repository, digest);
  return true;
}

async function append(exchange: Exchange, session: UploadSession): Promise<void> {
  const { upload } = session;
  const end = endOfChunk(exchange, session);
  for await (const piece of bodyOf(exchange)) {
    if (end !== undefined && upload.sizeBytes + piece.byteLength > end) {
      throw refusal(400, 'SIZE_INVALID', 'the chunk is longer than its Content-Range', stateOf(session));
    }
    await upload.append(piece, exchange.signal);
  }
  if (end !== undefined && upload.sizeBytes !== end) {
    throw refusal(400, 'SIZE_INVALID', 'the chunk is shorter than its Content-Range', stateOf(session));
  }
}

/** Where the chunk must end by its Content-Range; undefined without one. Refuses a chunk out of order with 416. */
function endOfChunk({ request }: Exchange, session: UploadSession): number | undefined {
  const header = request.headers['content-range'];
  if (header === undefined) return undefined;
  const [, first, last] = chunkGrammar.exec(header) ?? [];
  const [start, end] = [Number(first), Number(last) + 1];
  if (first === undefined || last === undefined || start !== session.upload.sizeBytes || end <= start) {
    throw refusal(416, 'BLOB_UPLOAD_INVALID', 'the chunk does not begin where the upload ends', stateOf(session));
  }
  if ((declaredBytes(request) ?? end - start) !== end - start) {
    throw refusal(400, 'SIZE_INVALID', 'Content-Range and Content-Length disagree', stateOf(session));
  }
  return end;
}

function stateOf({ id, repository, upload }: UploadSession): Headers & Readonly<Record<string, string>> {
  return {
    Location: `/v2/${repository}/blobs/uploads/${id}`,
    // An upload without a byte is `0-0` too: every registry answers so, and clients fail on its absence.
    Range: `0-${Math.max(upload.sizeBytes - 1, 0)}`,
    'Docker-Upload-UUID': id,
  };
}

function answerCreated(exchange: Exchange, repository: string, digest: Digest): void {
  answerEmpty(exchange, 201, { Location: `/v2/${repository}/blobs/${digest}`, 'Docker-Content-Digest': digest });
}

function digestIn(text: string | null): Digest {
  if (text !== null && isDigest(text)) return text;
  throw refusal(400, 'DIGEST_INVALID', 'a digest of sha256 or sha512 is needed');
}

/** `digest-algorithm` is of the development spec (end-4c); it spares hashing the blob again at its end. */
function algorithmFor({ query }: Exchange, digest: Digest | undefined): DigestAlgorithm {
  if (digest !== undefined) return algorithmOf(digest);
  return query.get('digest-algorithm') === 'sha512' ? 'sha512' : 'sha256';
}
