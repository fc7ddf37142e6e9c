import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { type DockAddress, type DockSnippet, dockSnippets } from '../contract/dock-snippets.ts';
import {
  type Dock,
  type DockRequest,
  FileLibrary,
  htpasswdVerifier,
  isLoopback,
  type Library,
  openImageFile,
  PublishedLibrary,
  startDock,
  systemClock,
  type Workspace,
} from '../engine/engine.ts';
import { makeScratch } from './carrying/scratch.ts';
import { refuse } from './places.ts';
import { readTextFile } from './text-file.ts';

/** What is to be served, to whom and where. */
export interface DockingWish {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** A file of images to be served instead of the library. */
  readonly file?: string;
  readonly isWritable: boolean;
  readonly htpasswdFile?: string;
  /** PEM files; both or neither. */
  readonly certFile?: string;
  readonly keyFile?: string;
  /** Blocks and addresses that may connect; empty for all. */
  readonly allow: readonly string[];
  readonly hasCatalog: boolean;
  readonly stopAfterMs?: number;
  /** Only these repositories are read; empty for all. */
  readonly repositories: readonly string[];
  /** Bytes a second for all clients together. */
  readonly bytesPerSecond?: number;
}

/** What an operator should hear before others connect. */
export type DockingNotice = 'password-in-clear' | 'open-to-network';

/** A dock that serves, as plain data, and what ends it. */
export interface Docking {
  readonly host: string;
  readonly url: string;
  /** Milliseconds since 1970. */
  readonly stopsAtMs: number | undefined;
  readonly notices: readonly DockingNotice[];
  readonly snippets: readonly DockSnippet[];
  /** Resolves when it serves no more. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

/** A library, and what has to be closed after it. */
interface Opened {
  readonly library: Library;
  readonly close: () => Promise<void>;
}

const collectEveryMs = 3_600_000;

/**
 * Serves this machine's library, or a file of images, as a registry. Rejects `invalid` for a wish that cannot be,
 * `unavailable` for an address that cannot be had, `conflict` when another process owns the library that is to be changed.
 */
export async function openDocking(
  wish: DockingWish,
  workspace: Workspace,
  told: (request: DockRequest) => void,
  signal: AbortSignal,
): Promise<Docking> {
  assertPossible(wish);
  const options = {
    ...(await readTls(wish)),
    ...(await readUsers(wish)),
    ...(wish.allow.length === 0 ? {} : { allow: wish.allow }),
    ...(wish.stopAfterMs === undefined ? {} : { stopAfterMs: wish.stopAfterMs }),
    ...(wish.bytesPerSecond === undefined ? {} : { limits: { bytesPerSecond: wish.bytesPerSecond } }),
  };
  const opened = await openServed(wish, workspace, signal);
  let dock: Dock;
  try {
    dock = await startDock({
      ...options,
      library: publishedOf(opened.library, wish),
      listen: { host: wish.host, port: wish.port },
      writable: wish.isWritable,
      catalog: wish.hasCatalog,
      onRequest: told,
    });
  } catch (thrown) {
    await opened.close();
    throw thrown;
  }
  const ended = dock.ended.then(() => opened.close());
  return {
    host: dock.host,
    url: dock.url,
    stopsAtMs: dock.stopsAtMs,
    notices: noticesOf(wish),
    snippets: dockSnippets(addressOf(dock, wish)),
    ended,
    close: async () => {
      await dock.close();
      await ended;
    },
  };
}

function assertPossible(wish: DockingWish): void {
  if (wish.isWritable && wish.file !== undefined)
    throw refuse('a file of images can only be read; leave --writable out');
  if (wish.isWritable && wish.repositories.length > 0)
    throw refuse('a choice of repositories can only be read; leave --writable out');
  if ((wish.certFile === undefined) !== (wish.keyFile === undefined))
    throw refuse('a certificate needs its key, and a key its certificate: give --tls-cert and --tls-key');
}

async function readTls({ certFile, keyFile }: DockingWish): Promise<{ tls?: { cert: string; key: string } }> {
  if (certFile === undefined || keyFile === undefined) return {};
  const cert = await readTextFile(certFile, 'the certificate file');
  return { tls: { cert, key: await readTextFile(keyFile, 'the key file') } };
}

async function readUsers({ htpasswdFile: file }: DockingWish): Promise<{
  access?: { basic: ReturnType<typeof htpasswdVerifier> };
}> {
  if (file === undefined) return {};
  return { access: { basic: htpasswdVerifier(await readTextFile(file, 'the htpasswd file'), basename(file)) } };
}

function publishedOf(library: Library, { repositories }: DockingWish): Library {
  if (repositories.length === 0) return library;
  const published = new Set(repositories);
  return new PublishedLibrary(library, (name) => published.has(name));
}

function openServed(wish: DockingWish, workspace: Workspace, signal: AbortSignal): Promise<Opened> {
  return wish.file === undefined ? openLibrary(wish, workspace, signal) : openFile(wish.file, workspace, signal);
}

async function openLibrary({ isWritable }: DockingWish, workspace: Workspace, signal: AbortSignal): Promise<Opened> {
  if (isWritable) await workspace.ownCache(signal);
  const { library, collect } = await workspace.library(signal);
  if (!isWritable) return { library, close: async () => {} };
  await collect(signal);
  const stop = new AbortController();
  const collecting = (async () => {
    for (;;) {
      await systemClock.sleep(collectEveryMs, stop.signal);
      await collect(stop.signal);
    }
  })().catch(() => {});
  return {
    library,
    close: async () => {
      stop.abort();
      await collecting;
    },
  };
}

async function openFile(path: string, workspace: Workspace, signal: AbortSignal): Promise<Opened> {
  const scratch = await makeScratch(workspace);
  const clean = (): Promise<void> => rm(scratch, { recursive: true, force: true });
  try {
    const file = await openImageFile([path], { scratch }, signal);
    try {
      const library = await FileLibrary.open(file, signal);
      const close = async (): Promise<void> => {
        await file.close();
        await clean();
      };
      return { library, close };
    } catch (thrown) {
      await file.close();
      throw thrown;
    }
  } catch (thrown) {
    await clean();
    throw thrown;
  }
}

function noticesOf(wish: DockingWish): readonly DockingNotice[] {
  if (isLoopback(wish.host)) return [];
  const hasTls = wish.certFile !== undefined;
  if (wish.htpasswdFile !== undefined) return hasTls ? [] : ['password-in-clear'];
  return wish.allow.length === 0 ? ['open-to-network'] : [];
}

function addressOf({ host }: Dock, wish: DockingWish): DockAddress {
  const isTls = wish.certFile !== undefined;
  return { host, isTls, hasOwnCa: isTls, hasUsers: wish.htpasswdFile !== undefined, mirrors: [] };
}
