import type { BackEndShell } from '../../app/back-end/back-end.ts';
import type { DesktopKeys } from './key-wrapper.ts';

type Kept = Awaited<ReturnType<BackEndShell['vault']>>;
type Workspace = Parameters<BackEndShell['vault']>[0];

/** The vault that this desktop's key store opens; where there is none that protects, nothing is stored, and why is said. */
export async function desktopVault(_: Workspace, keys: DesktopKeys): Promise<Kept> {
  const why = await keys.problem();
  return why === undefined ? {} : { why };
}
