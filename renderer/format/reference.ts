/** A reference in three pieces, which joined give it again: the host, the path with its slash, the tag or digest with its sign. */
export function piecesOfReference(reference: string): {
  readonly host: string;
  readonly path: string;
  readonly tag: string;
} {
  const slash = Math.max(0, reference.indexOf('/'));
  const at = reference.indexOf('@', slash);
  const colon = at >= 0 ? at : reference.lastIndexOf(':');
  const end = colon > slash ? colon : reference.length;
  return { host: reference.slice(0, slash), path: reference.slice(slash, end), tag: reference.slice(end) };
}
