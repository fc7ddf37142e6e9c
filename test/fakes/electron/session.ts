import { EventEmitter } from 'node:events';
import { control } from './control.ts';
import { calls } from './events.ts';

type Asked<Given extends readonly unknown[], Answer> = ((...given: Given) => Answer) | null;
type Answer<Value> = (value: Value) => void;

/** The one session: what main set on it, for a test or a browser to ask. */
export class FakeSession extends EventEmitter {
  permissionRequest: Asked<[unknown, string, Answer<boolean>, { readonly requestingUrl: string }], void> = null;
  permissionCheck: Asked<[unknown, string, string, object], boolean> = null;
  devicePermission: Asked<[object], boolean> = null;
  displayMedia: Asked<[object, Answer<unknown>], void> = null;
  bluetoothPairing: Asked<[object, Answer<{ readonly confirmed: boolean }>], void> = null;
  beforeRequest: Asked<[{ readonly url: string }, Answer<{ readonly cancel?: boolean }>], void> = null;
  readonly webRequest = {
    onBeforeRequest: (listener: FakeSession['beforeRequest']): void => {
      this.beforeRequest = listener;
    },
  };

  setPermissionRequestHandler(handler: FakeSession['permissionRequest']): void {
    this.permissionRequest = handler;
  }

  setPermissionCheckHandler(handler: FakeSession['permissionCheck']): void {
    this.permissionCheck = handler;
  }

  setDevicePermissionHandler(handler: FakeSession['devicePermission']): void {
    this.devicePermission = handler;
  }

  setDisplayMediaRequestHandler(handler: FakeSession['displayMedia']): void {
    this.displayMedia = handler;
  }

  setBluetoothPairingHandler(handler: FakeSession['bluetoothPairing']): void {
    this.bluetoothPairing = handler;
  }

  setSpellCheckerEnabled(isEnabled: boolean): void {
    calls.push(['setSpellCheckerEnabled', isEnabled]);
  }

  resolveProxy(url: string): Promise<string> {
    calls.push(['resolveProxy', url]);
    return Promise.resolve(control.proxy);
  }

  /** True when main lets a page of ours load this. */
  mayLoad(url: string): boolean {
    let isCancelled = false;
    this.beforeRequest?.({ url }, ({ cancel }) => {
      isCancelled = cancel === true;
    });
    return !isCancelled;
  }

  /** True when main grants a permission, asked both ways; what nobody decides is granted. */
  mayHave(permission: string, address: string): boolean {
    let isGranted = true;
    this.permissionRequest?.(null, permission, (answer) => (isGranted = answer), { requestingUrl: address });
    return isGranted && (this.permissionCheck?.(null, permission, address, {}) ?? true);
  }
}
