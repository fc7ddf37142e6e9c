import { z } from 'zod';
import { text } from './bounded.ts';
import { type Data, operation } from './operation.ts';

const vaultStateShape = z.strictObject({
  /** Where credentials are kept: in memory only, under a passphrase, or by the desktop's own means. */
  kind: z.enum(['session', 'passphrase', 'desktop']),
  isLocked: z.boolean(),
  canStore: z.boolean(),
  /** Why nothing can be stored. */
  why: text(2000).exactOptional(),
});

const passphrase = text(1000).min(1);

/** Commands about the vault: secrets go in and never come out. */
export const vaultCommands = {
  'vault.state': operation(z.strictObject({}), vaultStateShape),
  'vault.unlock': operation(z.strictObject({ passphrase }), vaultStateShape),
  'vault.create': operation(z.strictObject({ passphrase }), vaultStateShape),
  'vault.lock': operation(z.strictObject({}), vaultStateShape),
} as const;

/** How the vault stands. */
export type VaultState = Data<typeof vaultStateShape>;
