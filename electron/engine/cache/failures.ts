import type { Digest } from '../../oci/digest.ts';
import { copyError, type CopyError } from '../kernel/errors.ts';

/** For content of the cache that is not what its name says; whoever wants it must fetch it again. */
export function rotten(digest: Digest, actual: string): CopyError {
  return copyError('integrity', {
    side: 'cache',
    op: 'blob.read',
    subject: digest,
    message: `cache held other bytes for ${digest}: read ${actual}`,
    advice: { do: 'again' },
  });
}

/** For content that was here a moment ago. */
export function removed(digest: Digest, cause: unknown): CopyError {
  return copyError('integrity', {
    side: 'cache',
    op: 'blob.read',
    subject: digest,
    message: `cache lost ${digest}: its file was removed by another program`,
    advice: { do: 'again' },
    cause,
  });
}

/** For readers of a blob whose writer begins again. */
export function begunAgain(digest: Digest): CopyError {
  return copyError('unavailable', {
    side: 'cache',
    op: 'blob.read',
    subject: digest,
    message: `${digest} is read again from the beginning`,
    advice: { do: 'again' },
  });
}

/** For a source that sent something else. */
export function wrongBytes(digest: Digest, what: string, actual: Digest): CopyError {
  return copyError('integrity', {
    side: 'source',
    op: 'blob.get',
    subject: digest,
    message: `source sent ${what} for ${digest}: received ${actual}`,
    hint: 'source-corrupt',
  });
}

/** For a blob that there is no room for. */
export function noRoom(subject: string, sizeBytes: number, roomBytes: number): CopyError {
  return copyError('disk', {
    side: 'cache',
    op: 'blob.ingest',
    subject,
    message: `cache has room for ${roomBytes} bytes and not for the ${sizeBytes} bytes of ${subject}`,
  });
}

/** For an upload whose bytes have another digest than its client says. */
export function otherDigest(digest: Digest, actual: Digest, sizeBytes: number): CopyError {
  return copyError('integrity', {
    side: 'local',
    op: 'blob.upload',
    subject: digest,
    message: `the ${sizeBytes} bytes uploaded have the digest ${actual}, not ${digest}`,
  });
}

/** For an upload that has ended already. */
export function uploadOver(subject: string): CopyError {
  return copyError('not-found', {
    side: 'local',
    op: 'blob.upload',
    subject,
    message: `the upload is over: ${subject}`,
  });
}

/** For a second writer of one blob, which is our own mistake. */
export function takenIn(digest: Digest): CopyError {
  const message = `cache is taking in ${digest} already`;
  return copyError('conflict', { side: 'cache', op: 'blob.ingest', subject: digest, message });
}

/** For something asked of a blob on its way in that its state does not allow. */
export function outOfTurn(digest: Digest, op: string, message: string): CopyError {
  return copyError('internal', { side: 'cache', op, subject: digest, message: `${message} ${digest}` });
}
