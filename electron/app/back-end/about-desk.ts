import { open } from 'node:fs/promises';
import { cpus, release, totalmem, type as systemName } from 'node:os';
import { redactText, type Workspace } from '../../engine/engine.ts';
import { currentLog } from '../log-files.ts';
import { runSelfTest, type SelfTestParts } from '../self-test/self-test.ts';
import { jobHead } from '../window/job-head.ts';
import type { NoticeBoard } from '../window/notice-board.ts';
import type { AboutDesk } from '../window/parts.ts';

/** What the program says of itself. */
export interface AboutParts {
  readonly version: string;
  readonly isDesktop: boolean;
  readonly workspace: Workspace;
  readonly notices: Pick<NoticeBoard, 'all'>;
  /** What a self-test has of the shell. */
  readonly selfTest: Omit<SelfTestParts, 'version' | 'folder'>;
}

const mostJobs = 50;
const mostLogBytes = 256 * 1024;

/** Versions, folders, and what to send to somebody who helps. */
export function aboutDesk({ version, isDesktop, workspace, notices, selfTest }: AboutParts): AboutDesk {
  const { folder } = workspace;
  const versions = {
    'Image Ferry': version,
    Node: process.versions.node,
    ...(process.versions['electron'] === undefined ? {} : { Electron: process.versions['electron'] }),
    system: `${systemName()} ${release()} ${process.arch}`,
  };
  const notes = folder.isOpenToOthers === true ? ['other users of this machine may read the data folder'] : [];
  const folders = { data: folder.path, logs: workspace.logFolder };
  return {
    selfTest: (signal) => runSelfTest({ ...selfTest, version, folder: async () => folder }, signal),
    about: () => Promise.resolve({ version, versions, isDesktop, notes, folders }),
    diagnostics: async (signal) => {
      const registries = await workspace.store.registries.list();
      const facts = {
        at: new Date().toISOString(),
        versions,
        machine: { processors: cpus().length, memoryBytes: totalmem() },
        folder: { chosenBy: folder.chosenBy, isOpenToOthers: folder.isOpenToOthers },
        cache: await workspace.cacheStatus(signal),
        registries: registries.map(({ host, plainHttp, insecure, ca }) => ({
          host,
          plainHttp,
          insecure,
          hasOwnCa: ca !== undefined,
        })),
        jobs: (await workspace.store.history.list({ most: mostJobs }, signal)).map(jobHead),
        notices: notices.all.map(({ at, level, text }) => ({ at, level, text })),
      };
      const log = await logTail(workspace.logFolder);
      const text = redactText(`${JSON.stringify(facts, null, 2)}\n\n${log}\n`);
      return { name: 'image-ferry-diagnostics.txt', text, files: ['facts', 'image-ferry.log'] };
    },
  };
}

/** The youngest lines of the log, which is redacted as it is written; empty when there is none. */
async function logTail(folder: string): Promise<string> {
  const file = await open(currentLog(folder)).catch(() => undefined);
  if (file === undefined) return '';
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - mostLogBytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(size, mostLogBytes)), 0, undefined, from);
    const text = buffer.toString('utf8', 0, bytesRead);
    return from === 0 ? text : text.slice(text.indexOf('\n') + 1);
  } finally {
    await file.close();
  }
}
