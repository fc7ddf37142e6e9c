import type { CopyError } from '../kernel/errors.ts';
import type { BlobContent, BlobReader, UploadSession } from '../ports/places.ts';
import { learnFromChunks, learnFromWhole, needsChunks, wholeBodyArrived } from './chunk-size.ts';
import { sendChunks } from './chunks.ts';
import { registryError, type RepositoryContext, send } from './context.ts';
import { dropSession, isThere, openSession, withDigest } from './sessions.ts';

/** Uploads a blob in the way that this host has shown to accept: one PUT, or chunks. Leaves no session behind. */
export async function sendBlob(
  context: RepositoryContext,
  content: BlobContent,
  given: UploadSession | undefined,
  sent: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const blob = content.descriptor;
  const session = given ?? (await openSession(context, blob, signal));
  let location = session.location;
  try {
    if (needsChunks(context, blob.size)) {
      await withReader(content, (reader) =>
        sendChunks(context, blob, reader, location, sent, signal, (next) => {
          location = next;
        }),
      );
    } else {
      await sendWhole(context, content, location, sent, signal);
    }
  } catch (thrown) {
    await dropSession(context, { location }, blob);
    throw learnFromChunks(context, thrown);
  }
}

async function sendWhole(
  context: RepositoryContext,
  content: BlobContent,
  location: URL,
  sent: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const blob = content.descriptor;
  const subject = `${context.path}@${blob.digest}`;
  const put = {
    method: 'PUT',
    target: withDigest(location, blob),
    op: 'upload.put',
    subject,
    headers: { 'content-type': 'application/octet-stream' },
    headersMs: context.limits.closingMs,
    isIdempotent: false,
  } as const;
  try {
    const { bytes } = content;
    const response =
      bytes === undefined
        ? await withReader(content, (reader) =>
            send(
              context,
              { ...put, body: { kind: 'stream', sizeBytes: blob.size, chunks: counted(reader, sent) } },
              signal,
            ),
          )
        : await send(context, { ...put, body: { kind: 'bytes', bytes } }, signal);
    if (bytes !== undefined) sent(bytes.byteLength);
    if (response.status === 202) throw unfinished(context, subject);
    if (!(await isThere(context, response, blob, signal))) throw vanished(context, subject);
    wholeBodyArrived(context);
  } catch (thrown) {
    throw learnFromWhole(context, blob.size, thrown);
  }
}

async function withReader<Value>(content: BlobContent, work: (reader: BlobReader) => Promise<Value>): Promise<Value> {
  const reader = content.open();
  try {
    return await work(reader);
  } finally {
    reader.close();
  }
}

async function* counted(
  reader: BlobReader,
  sent: (bytes: number) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of reader) {
    yield chunk;
    sent(chunk.byteLength);
  }
}

function unfinished(context: RepositoryContext, subject: string): CopyError {
  return registryError(context, 'protocol', `did not finish the upload of ${subject}`, {
    op: 'upload.put',
    subject,
    advice: { do: 'again' },
  });
}

function vanished(context: RepositoryContext, subject: string): CopyError {
  return registryError(context, 'integrity', `accepted ${subject} and does not hold it`, {
    op: 'upload.put',
    subject,
    advice: { do: 'again' },
    hint: 'destination-corrupt',
  });
}
