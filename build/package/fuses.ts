import { flipFuses, FuseState, FuseV1Options, FuseVersion, getCurrentFuseWire } from '@electron/fuses';

/** Electron's switches as S-SHELL-12 wants them. What is not named stays as Electron has it. */
const wanted = {
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableCookieEncryption]: true,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
} as const;

/** Sets the fuses of a program and reads them again. Throws when one is not as it should be. */
export async function lockFuses(program: string): Promise<void> {
  await flipFuses(program, { version: FuseVersion.V1, ...wanted });
  const wire = new Map(Object.entries(await getCurrentFuseWire(program)));
  for (const [fuse, isOn] of Object.entries(wanted)) {
    const state = isOn ? FuseState.ENABLE : FuseState.DISABLE;
    if (wire.get(fuse) !== state) throw new Error(`fuse ${fuse} of ${program} cannot be set`);
  }
}
