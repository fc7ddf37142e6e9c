import type { Side } from '../../contract/errors.ts';
import { copyError, type CopyError } from '../kernel/errors.ts';
import type { Foresight } from '../ports/vendor.ts';

/** What is about to be written. */
export interface PlannedWrite {
  readonly side: Side;
  readonly host: string;
  readonly repository: string;
  readonly tag?: string;
  /** Bytes that the destination does not have yet; undefined when not known. */
  readonly sizeBytes?: number;
  /** False when the tag stands already for what is to be written, so that it need not move. */
  readonly changesTag: boolean;
}

/** What will refuse a write, as errors with their remedies, the first cause first; empty when nothing is known against it. */
export function foreseenErrors(foresight: Foresight, write: PlannedWrite): readonly CopyError[] {
  const { side, host, repository, tag, sizeBytes, changesTag } = write;
  const { project, hasProject, mayPush, isTagImmutable, quotaLeftBytes } = foresight;
  const subject = tag === undefined ? repository : `${repository}:${tag}`;
  const facts = { side, op: 'foresee', subject };
  if (hasProject === false) {
    const message = `${side} ${host} has no project ${project} that this account sees`;
    return [copyError('not-found', { ...facts, message, hint: 'create-project' })];
  }
  const errors: CopyError[] = [];
  if (mayPush === false) {
    const message = `${side} ${host} gives this account no right to push to ${repository}`;
    errors.push(copyError('forbidden', { ...facts, message }));
  }
  if (isTagImmutable === true && changesTag) {
    const message = `${side} ${host} does not let ${subject} be changed`;
    errors.push(copyError('conflict', { ...facts, message, hint: 'immutable-tag' }));
  }
  if (quotaLeftBytes !== undefined && sizeBytes !== undefined && sizeBytes > quotaLeftBytes) {
    const message = `${side} ${host} has ${quotaLeftBytes} bytes of quota left in ${project}, and ${sizeBytes} are to come`;
    errors.push(copyError('full', { ...facts, message, hint: 'quota' }));
  }
  return errors;
}
