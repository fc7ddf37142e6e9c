import type { DockOrder, Served } from '../../../electron/contract/docks.ts';

/** When a dock stops by itself. */
export type StopAfter = 'never' | 'h1' | 'h2' | 'h8' | 'day';

/** A file that a person chose, by the name it is known by. */
export interface ChosenFile {
  readonly handle: string;
  readonly name: string;
}

/** A dock while a person fills it in. */
export interface DockForm {
  readonly serve: Served;
  readonly address: string;
  /** As typed. */
  readonly port: string;
  readonly isWritable: boolean;
  readonly hasCatalog: boolean;
  /** Only these repositories; undefined for all. */
  readonly repositories: readonly string[] | undefined;
  /** As typed, one a line. */
  readonly allow: string;
  readonly users: ChosenFile | undefined;
  readonly certificate: ChosenFile | undefined;
  readonly key: ChosenFile | undefined;
  readonly stopAfter: StopAfter;
  /** MiB a second as typed; empty for no limit. */
  readonly rate: string;
}

const minutes: Readonly<Record<Exclude<StopAfter, 'never'>, number>> = { h1: 60, h2: 120, h8: 480, day: 1440 };

/** A dock nobody has changed yet: this machine only, with an end. */
export const usualDock: DockForm = {
  serve: { kind: 'library' },
  address: '127.0.0.1',
  port: '5000',
  isWritable: false,
  hasCatalog: false,
  repositories: undefined,
  allow: '',
  users: undefined,
  certificate: undefined,
  key: undefined,
  stopAfter: 'h8',
  rate: '',
};

/** True for an address that only this machine reaches. */
export function isLoopbackAddress(address: string): boolean {
  return address.startsWith('127.') || address === '::1' || address === 'localhost';
}

/** What of a form cannot be. */
export function wrongIn({ port, certificate, key, rate }: DockForm): 'port' | 'key' | 'rate' | undefined {
  if (!/^\d{1,5}$/.test(port.trim()) || Number(port) > 65_535) return 'port';
  if ((certificate === undefined) !== (key === undefined)) return 'key';
  if (rate.trim() !== '' && !(Number(rate) > 0 && Number(rate) < 1e6)) return 'rate';
  return undefined;
}

/** The order that a form makes; what cannot go together is left out. */
export function dockOrderOf(form: DockForm): DockOrder {
  const { serve, address, port, hasCatalog, repositories, allow, users, certificate, key, stopAfter, rate } = form;
  const isWritable = mayBeWritable(form) && form.isWritable;
  return {
    serve,
    address,
    port: Number(port),
    isWritable,
    hasCatalog,
    repositories: isWritable ? [] : (repositories ?? []),
    allow: allow.split(/[\s,，]+/).filter((block) => block !== ''),
    ...(users === undefined ? {} : { users: users.handle }),
    ...(certificate === undefined ? {} : { certificate: certificate.handle }),
    ...(key === undefined ? {} : { key: key.handle }),
    ...(stopAfter === 'never' ? {} : { stopAfterMinutes: minutes[stopAfter] }),
    ...(rate.trim() === '' ? {} : { bytesPerSecond: Math.max(1024, Math.floor(Number(rate) * 1024 ** 2)) }),
  };
}

/** True for what can take pushes: the library, on an address that only this machine reaches. */
export function mayBeWritable({ serve, address }: DockForm): boolean {
  return serve.kind === 'library' && isLoopbackAddress(address);
}
