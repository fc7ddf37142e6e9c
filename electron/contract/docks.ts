import { z } from 'zod';
import { count, handle, host, id, instant, line, list, repositoryPath, wallMs, whole } from './bounded.ts';
import { type Data, operation } from './operation.ts';

/** What a dock serves. */
const servedShape = z.union([
  z.strictObject({ kind: z.literal('library') }),
  z.strictObject({ kind: z.literal('bundle'), id }),
]);

const dockOrderShape = z.strictObject({
  serve: servedShape,
  /** An address of this machine; `docks.addresses` lists them. */
  address: line(100),
  /** 0 takes a free one. */
  port: whole(0, 65_535),
  /** Takes pushes; on loopback only. */
  isWritable: z.boolean(),
  /** Answers lists of repositories. */
  hasCatalog: z.boolean(),
  /** Only these repositories; empty for all. */
  repositories: list(repositoryPath, 1000),
  /** Blocks and addresses that may connect; empty for all. */
  allow: list(line(100), 100),
  /** Files: users as htpasswd -B writes them; a certificate chain and its key in PEM, both or neither. */
  users: handle.exactOptional(),
  certificate: handle.exactOptional(),
  key: handle.exactOptional(),
  stopAfterMinutes: whole(1, 24 * 24 * 60).exactOptional(),
  bytesPerSecond: whole(1024, Number.MAX_SAFE_INTEGER).exactOptional(),
});

const pullShape = z.strictObject({
  client: line(100),
  user: line(255).exactOptional(),
  /** Missing for what is of no repository, as a refused request for the list of them. */
  repository: line(300).exactOptional(),
  /** The last tags and digests asked for, newest first. */
  references: list(line(200), 5),
  pulls: count,
  pushes: count,
  refused: count,
  bytes: count,
  at: instant,
});

const dockShape = z.strictObject({
  dock: id,
  state: z.enum(['serving', 'ended']),
  serve: servedShape,
  /** The file that is served; missing for the library. */
  name: line(255).exactOptional(),
  host,
  url: line(300),
  isWritable: z.boolean(),
  hasCatalog: z.boolean(),
  isTls: z.boolean(),
  hasUsers: z.boolean(),
  allow: list(line(100), 100),
  repositories: list(repositoryPath, 1000),
  /** Registries whose images it stands in for. */
  mirrors: list(host, 50),
  notices: list(z.enum(['password-in-clear', 'open-to-network']), 5),
  startedAt: instant,
  stopsAtMs: wallMs.exactOptional(),
  requests: count,
  bytes: count,
  pulls: list(pullShape, 200),
});

/** Commands about docks: registries over what lies on this machine. The feed `docks` tells who pulled what. */
export const dockCommands = {
  'docks.start': operation(dockOrderShape, z.strictObject({ dock: id })),
  'docks.stop': operation(z.strictObject({ dock: id }), z.strictObject({})),
  /** Where this machine can be reached; loopback first. */
  'docks.addresses': operation(
    z.strictObject({}),
    list(z.strictObject({ address: line(100), name: line(100), isLoopback: z.boolean() }), 100),
  ),
  /** What would be served. */
  'docks.content': operation(
    z.strictObject({ serve: servedShape }),
    z.strictObject({
      repositories: list(z.strictObject({ path: repositoryPath, tags: count }), 1000),
      isCut: z.boolean(),
    }),
  ),
} as const;

/** How the feed `docks` stands, newest first: those that serve, and those that ended not long ago. */
export const docksShape = z.strictObject({ docks: list(dockShape, 20) });

/** A dock that serves, or did not long ago. */
export type DockRow = Data<typeof dockShape>;

/** What a client got of a repository. */
export type DockPull = Data<typeof pullShape>;

/** What to serve, to whom and where. */
export type DockOrder = Data<typeof dockOrderShape>;

/** What a dock serves. */
export type Served = Data<typeof servedShape>;
