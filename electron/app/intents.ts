import { hostname, userInfo } from 'node:os';
import { resolve } from 'node:path';
import type { ConnectionWish, CopyWish, CopyWishOptions, SyncWish } from '../contract/requests.ts';
import type { JobIntent } from '../engine/engine.ts';

/** What of a job is kept to run it again: how, and how to reach the registries; its images are kept with it. */
export interface KeptWish {
  readonly options: CopyWishOptions;
  /** image-syncer's choice of platforms. */
  readonly sync?: Pick<SyncWish, 'os' | 'arch'>;
  readonly rounds: number;
  readonly connection: Pick<ConnectionWish, 'plainHttp' | 'insecure' | 'caFile' | 'proxy'> & {
    /** `authFile`, under a name that is not taken for that of a secret. */
    readonly accountsFile?: string;
  };
}

/** A job as the history keeps it. */
export interface IntentParts {
  readonly command: string;
  /** One line for people. */
  readonly title: string;
  /** What was asked for: the same again goes on with what was broken off. */
  readonly asked:
    | CopyWish
    | SyncWish
    | { readonly again: number; readonly failedOnly: boolean }
    | { readonly origin: unknown };
  readonly options: CopyWishOptions;
  readonly sync?: KeptWish['sync'];
  readonly rounds: number;
  readonly connection: ConnectionWish;
  /** An unfinished job that goes on under its number. */
  readonly adopts?: number;
}

/** What the journal keeps of a job; holds no secret. */
export function intentOf({ command, title, asked, connection, ...rest }: IntentParts): JobIntent {
  const { options, rounds, sync, adopts } = rest;
  const kept: KeptWish = {
    options,
    rounds,
    connection: keptConnection(connection),
    ...(sync === undefined ? {} : { sync }),
  };
  return {
    command,
    title,
    fingerprint: JSON.stringify([command, withWholePaths(asked), rounds]),
    wish: kept,
    account: accountName(),
    host: hostname(),
    ...(adopts === undefined ? {} : { adopts }),
  };
}

/** How to reach registries: as typed now, and where nothing was typed as it was then. */
export function connectionAgain(now: ConnectionWish, then: KeptWish['connection']): ConnectionWish {
  const { accountsFile, ...others } = then;
  return {
    ...others,
    ...(accountsFile === undefined ? {} : { authFile: accountsFile }),
    ...now,
    plainHttp: [...then.plainHttp, ...now.plainHttp],
    insecure: [...then.insecure, ...now.insecure],
  };
}

function keptConnection({ plainHttp, insecure, caFile, proxy, authFile }: ConnectionWish): KeptWish['connection'] {
  return {
    plainHttp,
    insecure,
    ...(caFile === undefined ? {} : { caFile: resolve(caFile) }),
    // a proxy's address may hold a password
    ...(proxy === undefined || proxy.includes('@') ? {} : { proxy }),
    ...(authFile === undefined ? {} : { accountsFile: resolve(authFile) }),
  };
}

/** Files are known by where they are, whatever folder the command is run in. */
function withWholePaths(asked: IntentParts['asked']): object {
  const files = Object.entries(asked).map(([name, value]) =>
    name.endsWith('File') && typeof value === 'string' ? [name, resolve(value)] : [name, value],
  );
  return Object.fromEntries(files);
}

/** The operating system's name of who runs this. */
export function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}
