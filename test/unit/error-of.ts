import { expect } from 'vitest';
import { CopyError } from '../../electron/engine/kernel/errors.ts';

/** The CopyError that `outcome` rejects with; the test fails when it does anything else. */
export async function errorOf(outcome: Promise<unknown>): Promise<CopyError> {
  const thrown = await outcome.then(
    (value) => expect.fail(`resolved with ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (thrown instanceof CopyError) return thrown;
  throw thrown;
}
