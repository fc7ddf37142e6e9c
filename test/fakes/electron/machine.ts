import { EventEmitter } from 'node:events';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { control } from './control.ts';
import { calls, recorded } from './events.ts';

/** What a person would see and press; answers are taken from `control`. */
export const dialog = {
  showOpenDialog: (...given: readonly unknown[]): Promise<{ canceled: boolean; filePaths: string[] }> => {
    calls.push(['showOpenDialog', given.at(-1)]);
    const filePaths = control.choices.shift() ?? [];
    return Promise.resolve({ canceled: filePaths.length === 0, filePaths });
  },
  showSaveDialog: (...given: readonly unknown[]): Promise<{ canceled: boolean; filePath: string }> => {
    calls.push(['showSaveDialog', given.at(-1)]);
    const [filePath = ''] = control.choices.shift() ?? [];
    return Promise.resolve({ canceled: filePath === '', filePath });
  },
  showMessageBox: (...given: readonly unknown[]): Promise<{ response: number; checkboxChecked: boolean }> => {
    calls.push(['showMessageBox', given.at(-1)]);
    return Promise.resolve({ response: control.answers.shift() ?? 0, checkboxChecked: false });
  },
  showErrorBox: recorded('showErrorBox'),
};

/** The ways out. */
export const shell = {
  openExternal: (url: string): Promise<void> => {
    calls.push(['openExternal', url]);
    return Promise.resolve();
  },
  showItemInFolder: recorded('showItemInFolder'),
};

const key = randomBytes(32);

/** A key store that encrypts for as long as the process lives. */
export const safeStorage = {
  isAsyncEncryptionAvailable: (): Promise<boolean> => Promise.resolve(control.keys.isAvailable),
  getSelectedStorageBackend: (): string => control.keys.backend,
  encryptStringAsync: (text: string): Promise<Buffer> => {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Promise.resolve(Buffer.concat([nonce, cipher.getAuthTag(), body]));
  },
  decryptStringAsync: async (boxed: Buffer): Promise<{ shouldReEncrypt: boolean; result: string }> => {
    const decipher = createDecipheriv('aes-256-gcm', key, boxed.subarray(0, 12));
    decipher.setAuthTag(boxed.subarray(12, 28));
    const result = Buffer.concat([decipher.update(boxed.subarray(28)), decipher.final()]).toString('utf8');
    return Promise.resolve({ shouldReEncrypt: false, result });
  },
};

const blockers = new Set<number>();

/** What keeps the machine awake. */
export const powerSaveBlocker = {
  start: (kind: string): number => {
    calls.push(['powerSaveBlocker.start', kind]);
    blockers.add(blockers.size + 1);
    return blockers.size;
  },
  stop: (id: number): boolean => {
    calls.push(['powerSaveBlocker.stop', id]);
    return blockers.delete(id);
  },
};

/** The machine's sleep and end. */
export const powerMonitor: EventEmitter = new EventEmitter();

/** Light or dark. */
export const nativeTheme: { themeSource: string; shouldUseDarkColors: boolean } = {
  themeSource: 'system',
  shouldUseDarkColors: false,
};

/** Pictures by their address. */
export const nativeImage = { createFromDataURL: (address: string): { address: string } => ({ address }) };

/** A word outside of the window. */
export class Notification extends EventEmitter {
  static readonly shown: Notification[] = [];
  readonly options: Readonly<Record<string, unknown>>;

  constructor(options: Readonly<Record<string, unknown>>) {
    super();
    this.options = options;
  }

  static isSupported(): boolean {
    return true;
  }

  show(): void {
    Notification.shown.push(this);
    calls.push(['Notification', this.options]);
  }
}

/** An entry of a menu. */
export interface FakeMenuItem {
  readonly label?: string;
  readonly role?: string;
  readonly click?: () => void;
  readonly submenu?: readonly FakeMenuItem[];
}

/** A menu as it was described. */
export class Menu {
  static applicationMenu: Menu | undefined;
  readonly items: readonly FakeMenuItem[];

  private constructor(items: readonly FakeMenuItem[]) {
    this.items = items;
  }

  static buildFromTemplate(items: readonly FakeMenuItem[]): Menu {
    return new Menu(items);
  }

  static setApplicationMenu(menu: Menu): void {
    Menu.applicationMenu = menu;
  }
}

/** A sign in the tray. */
export class Tray extends EventEmitter {
  static shown: Tray | undefined;
  menu: Menu | undefined;

  constructor() {
    super();
    if (!control.hasTray) throw new Error('there is no tray');
    Tray.shown = this;
  }

  setToolTip(): void {}

  setContextMenu(menu: Menu): void {
    this.menu = menu;
  }

  destroy(): void {
    Tray.shown = undefined;
  }
}
