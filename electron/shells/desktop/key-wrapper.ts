import { safeStorage } from 'electron';
import type { Texts } from './texts.ts';

/** What passes for a key store on Linux and is none: the key lies open beside the data. */
const pretending: ReadonlySet<string> = new Set(['basic_text', 'unknown']);

/** Where there is one alone. */
const names: Partial<Readonly<Record<NodeJS.Platform, string>>> = { win32: 'DPAPI', darwin: 'Keychain' };

/** Wraps a vault's key: the `KeyWrapper` port, and why it cannot where it cannot. */
export interface DesktopKeys {
  /** What the key store is called; to be asked once the app is ready. */
  readonly name: () => string;
  /** A sentence that says why nothing can be stored here; undefined where it can. */
  readonly problem: () => Promise<string | undefined>;
  readonly isAvailable: () => Promise<boolean>;
  readonly wrap: (key: Uint8Array) => Promise<Uint8Array>;
  readonly unwrap: (wrapped: Uint8Array) => Promise<Uint8Array>;
}

/** The desktop's own key store, where it protects (S-CRED-5). */
export function desktopKeys(platform: NodeJS.Platform, texts: () => Promise<Texts>): DesktopKeys {
  const problem = async (): Promise<string | undefined> => {
    if (!(await safeStorage.isAsyncEncryptionAvailable())) return (await texts()).noKeyStore;
    const isOpen = platform === 'linux' && pretending.has(safeStorage.getSelectedStorageBackend());
    return isOpen ? (await texts()).openKeyStore : undefined;
  };
  return {
    name: () => names[platform] ?? safeStorage.getSelectedStorageBackend(),
    problem,
    isAvailable: async () => (await problem()) === undefined,
    wrap: (key) => safeStorage.encryptStringAsync(Buffer.from(key).toString('base64')),
    unwrap: async (wrapped) => {
      const { result } = await safeStorage.decryptStringAsync(Buffer.from(wrapped));
      return new Uint8Array(Buffer.from(result, 'base64'));
    },
  };
}
