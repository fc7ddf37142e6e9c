import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';
import type { NodeLogger } from 'electron-log';
import { currentLog, olderLogName, olderLogs } from '../app/log-files.ts';
import type { Logger, LogLevel } from '../app/log-records.ts';
import { recordLine } from '../app/log-records.ts';

/** How a log is kept. */
export interface LogOptions {
  /** The least that is written; info unless given. */
  readonly level?: LogLevel;
  /** Takes every live secret out of a text; what secrets look like is taken out in any case. */
  readonly clean?: (text: string) => string;
  /** A file that has grown beyond so many bytes is put aside; 5 MiB unless given. */
  readonly fileBytes?: number;
}

/** The log of a data folder. Nothing that it cannot do is an error: what is lost is counted, and said once it can write again. */
export interface Log extends Logger {
  /** How many records were lost in all. */
  readonly lost: number;
  /** What is told afterwards is dropped. */
  close(): void;
}

type FileTransport = NodeLogger['transports']['file'];
type Write = (level: LogLevel, line: string) => boolean;

const order: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];
const ownerOnly = 0o600;
const olderKept = 4;

/** The level that the environment asks for: `IMAGE_FERRY_LOG=debug`, else info. */
export function logLevel(environment: Readonly<Record<string, string | undefined>>): LogLevel {
  return environment['IMAGE_FERRY_LOG'] === 'debug' ? 'debug' : 'info';
}

/** The log in `folder`, shared with whatever other process writes there. Never rejects. */
export async function openLog(folder: string, options: LogOptions = {}): Promise<Log> {
  const { level: least = 'info', clean, fileBytes = 5 * 1024 ** 2 } = options;
  const write = await fileWriter(folder, fileBytes).catch((): Write => () => false);
  let lost = 0;
  let unsaid = 0;
  let isClosed = false;
  const put = (level: LogLevel, message: string, facts?: Readonly<Record<string, unknown>>): boolean => {
    try {
      return write(level, recordLine(new Date(), level, message, facts, clean));
    } catch {
      return false;
    }
  };
  return {
    log: (level, message, facts) => {
      if (isClosed || order.indexOf(level) < order.indexOf(least)) return;
      if (unsaid > 0 && put('warn', 'records were lost', { lost: unsaid })) unsaid = 0;
      if (put(level, message, facts)) return;
      lost++;
      unsaid++;
    },
    get lost() {
      return lost;
    },
    close: () => {
      isClosed = true;
    },
  };
}

/** Writes lines to the files of a folder; false when a line could not be written. */
async function fileWriter(folder: string, fileBytes: number): Promise<Write> {
  // loaded only where something is logged: the command line is to start fast
  const { default: electronLog } = await import('electron-log/node');
  // it would tell its own troubles on the terminal
  electronLog.transports.console.writeFn = () => {};
  const current = currentLog(folder);
  const logger = electronLog.create({ logId: current });
  const { file: transport } = logger.transports;
  for (const name of Object.keys(logger.transports)) if (name !== 'file') logger.transports[name] = null;
  transport.setAppName('image-ferry');
  searchNowhere(logger);
  transport.level = 'silly';
  // size is only watched in this mode
  transport.sync = true;
  transport.maxSize = fileBytes;
  transport.writeOptions = { flag: 'a', mode: ownerOnly, encoding: 'utf8' };
  transport.resolvePathFn = () => current;
  transport.transforms = [({ data }) => data[0]];
  transport.archiveLogFn = () => rotate(folder, fileBytes);
  return writerTo(transport, folder, (level, line) => logger[level](line));
}

/** Keeps electron-log from looking for a package.json around the folder that the program was started in (S-PKG-6). */
function searchNowhere(logger: object): void {
  const dependencies: unknown = Reflect.get(logger, 'dependencies');
  if (typeof dependencies !== 'object' || dependencies === null || !('externalApi' in dependencies)) return;
  const { externalApi } = dependencies;
  if (typeof externalApi === 'object' && externalApi !== null) Reflect.set(externalApi, 'appPackageJson', {});
}

function writerTo(transport: FileTransport, folder: string, tell: (level: LogLevel, line: string) => void): Write {
  const current = currentLog(folder);
  let isReady = false;
  let isWatched = false;
  let isBroken = false;
  return (level, line) => {
    // done by ourselves: what electron-log once could not open it never tries again
    const isTorn = !isReady && prepare(folder, current);
    if (!isWatched) {
      transport.getFile().on('error', () => {
        isBroken = true;
      });
    }
    isWatched = true;
    isBroken = false;
    tell(level, isTorn ? `\n${line}` : line);
    isReady = !isBroken;
    return !isBroken;
  };
}

/** Makes folder and file; true when the last line of the file has no end. Throws when they cannot be made. */
function prepare(folder: string, file: string): boolean {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const descriptor = openSync(file, 'a+', ownerOnly);
  try {
    const { size } = fstatSync(descriptor);
    const last = Buffer.alloc(1);
    return size > 0 && readSync(descriptor, last, 0, 1, size - 1) === 1 && last.toString() !== '\n';
  } finally {
    closeSync(descriptor);
  }
}

/** Puts the full file aside and deletes the oldest. One that cannot be put aside is emptied before it grows without end. */
function rotate(folder: string, fileBytes: number): void {
  const current = currentLog(folder);
  try {
    const { size } = statSync(current);
    // another process has done so already
    if (size <= fileBytes) return;
    const older = olderLogs(readdirSync(folder));
    const number = (older.at(-1)?.number ?? 0) + 1;
    try {
      renameSync(current, join(folder, olderLogName(number)));
    } catch {
      // held by a program that looks at it
      if (size > 2 * fileBytes) truncateSync(current);
      return;
    }
    for (const { name } of older.slice(0, Math.max(0, older.length + 1 - olderKept)))
      rmSync(join(folder, name), { force: true });
  } catch {
    // the next line tries again
  }
}
