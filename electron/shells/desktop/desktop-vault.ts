import type { BackEndShell } from '../../app/back-end/back-end.ts';
import type { DesktopKeys } from './key-wrapper.ts';

/** The vault that this desktop's key store opens; where there is none that protects, nothing is stored, and why is said. */
export async function desktopVault(
  workspace: Parameters<BackEndShell['vault']>[0],
  keys: DesktopKeys,
): ReturnType<BackEndShell['vault']> {
  const why = await keys.problem();
  return why === undefined ? { vault: workspace.wrappedVault(keys) } : { why };
}
