import {
  copyError,
  dockerAccounts,
  LiveSecrets,
  type Logger,
  systemClock,
  type Vault,
  type Workspace,
} from '../../engine/engine.ts';
import type { WindowNotice } from '../../contract/feeds.ts';
import type { WorkspaceWish } from '../../contract/requests.ts';
import type { ConnectionListener } from '../connection.ts';
import { type Finding, findingText } from '../findings.ts';
import { openHome, type Home } from '../home.ts';
import { accountName } from '../intents.ts';
import { readJobLog } from '../read-log.ts';
import { reportText } from '../reports/report.ts';
import type { Clock } from '../window/clock.ts';
import { NoticeBoard } from '../window/notice-board.ts';
import type { Confirm, DockerConfigReader, FileDesk, JobReport, WindowParts } from '../window/parts.ts';
import { QuestionBoard } from '../window/question-board.ts';
import { pastResult } from '../window/past-image.ts';
import { RunningJobs } from '../window/running-jobs.ts';
import { optionalSettings } from '../window/setting-list.ts';
import { VendorLists } from '../window/vendor-lists.ts';
import { WindowHost } from '../window/window.ts';
import { aboutDesk } from './about-desk.ts';
import { cacheDesk } from './cache-desk.ts';
import { CarryDesk } from './carry-desk.ts';
import { DockDesk } from './dock-desk.ts';
import { Lines } from './lines.ts';
import { TypedPassphrase, Vaults } from './vault-desk.ts';
import { Yard } from './yard.ts';

/** What a shell brings to the back end of its window. */
export interface BackEndShell {
  readonly version: string;
  readonly isDesktop: boolean;
  readonly workspace: WorkspaceWish;
  readonly files: FileDesk;
  /** How this shell asks a person; where it has no dialog of its own the page asks. */
  readonly confirm?: Confirm;
  /**
   * The vault that rests on disk; undefined for none. `typed` gives a passphrase that was just typed in the window.
   * `why` says why nothing can be stored, where that is so.
   */
  readonly vault: (
    workspace: Workspace,
    typed: TypedPassphrase['source'],
  ) => Promise<{ readonly vault?: Vault; readonly why?: string }>;
  /** Where what happens is written down, once the data folder is known. */
  readonly log: (folder: string, clean: (text: string) => string) => Promise<Logger & { close(): void }>;
  /** The proxy that this machine takes, where none is set. */
  readonly systemProxy?: () => Promise<string | undefined>;
  /** The packaged desktop's own file; undefined elsewhere. */
  readonly fusedProgram?: string | undefined;
  /** What keeps the key of the vault, by its name; a passphrase unless given. */
  readonly keyStore?: string;
}

/** Everything behind a window. */
export interface BackEnd {
  readonly window: WindowHost;
  readonly parts: WindowParts;
  readonly clock: Clock;
  readonly notices: NoticeBoard;
  readonly logger: Logger;
  readonly logFolder: string;
  /** The machine was asleep or changed its network. */
  resumed(): void;
  /** Interrupts what runs, so that it is offered again, and brings what was told to the disk. */
  close(): Promise<void>;
}

const uncalledOff = new AbortController().signal;

/** Opens the engine, its store and its vaults for a window; rejects with a CopyError when the data folder cannot be used. */
export async function openBackEnd(shell: BackEndShell): Promise<BackEnd> {
  const clock = systemClock;
  const notices = new NoticeBoard(clock);
  const home = await openHome(
    shell.workspace,
    (finding) => {
      const code = finding.code === 'history-lost' ? 'history-moved-aside' : 'other';
      notices.post(finding.code, { code, level: 'warning', ...findingNotice(finding) });
    },
    uncalledOff,
  );
  const { workspace } = home;
  if (workspace === undefined) {
    const message = 'the window needs a data folder that can be written';
    throw copyError('disk', { side: 'local', op: 'window.open', subject: 'data folder', message });
  }
  try {
    return await openOver(shell, home, workspace, clock, notices);
  } catch (thrown) {
    await workspace.close();
    throw thrown;
  }
}

async function openOver(
  shell: BackEndShell,
  home: Home,
  workspace: Workspace,
  clock: Clock,
  notices: NoticeBoard,
): Promise<BackEnd> {
  const { store, logFolder } = workspace;
  const secrets = new LiveSecrets();
  const logger = await shell.log(logFolder, (text) => secrets.redact(text));
  const typed = new TypedPassphrase();
  const { vault, why } = await shell.vault(workspace, typed.source);
  const vaults = new Vaults(vault, typed, why);
  const { isLocked } = await vaults.state(uncalledOff);
  if (isLocked) {
    const text = 'the vault is locked: stored credentials cannot be used';
    const action = { kind: 'unlock-vault' } as const;
    notices.post('vault', { code: 'vault-locked', level: 'warning', text, values: {}, action });
  }
  const questions = new QuestionBoard();
  const told: { jobs?: RunningJobs } = {};
  const lines = await Lines.open({
    home,
    settings: store.settings,
    registries: store.registries,
    credentials: vaults.credentials,
    proxy: async (signal) => {
      const set = await store.settings.get(optionalSettings.proxy);
      return set === undefined ? shell.systemProxy?.() : vaults.withProxyCredential(set, signal);
    },
    listener: listenerOf(notices, logger, secrets, (host, delayMs, isGone) => told.jobs?.paused(host, delayMs, isGone)),
  });
  const carry = new CarryDesk(workspace, lines, shell.files, clock);
  const docks = new DockDesk(workspace, carry.bundles, clock, (handle, signal) => shell.files.place(handle, signal));
  const yard = new Yard(workspace, lines, carry);
  const jobs = new RunningJobs(yard, notices, clock, accountName());
  told.jobs = jobs;
  const parts: WindowParts = {
    clock,
    door: lines,
    vendors: new VendorLists((host, signal) => lines.app.vendor(host, signal), clock),
    jobs,
    history: store.history,
    jobLog: {
      lines: async (job, after, most, signal) => (await readJobLog(logFolder, job, { after, most }, signal)).lines,
    },
    report,
    registries: store.registries,
    realms: store.realms,
    settings: store.settings,
    vault: vaults,
    dockerConfig,
    cache: cacheDesk(workspace),
    files: shell.files,
    carry,
    docks,
    questions,
    confirm: shell.confirm ?? ((deed, subject, signal) => questions.ask(deed, subject, signal)),
    about: aboutDesk({
      version: shell.version,
      isDesktop: shell.isDesktop,
      workspace,
      notices,
      selfTest: {
        vault: shell.vault,
        keeper: shell.keyStore ?? 'passphrase',
        fusedProgram: shell.fusedProgram,
        setProxy: async () => (await store.settings.get(optionalSettings.proxy)) ?? shell.systemProxy?.(),
      },
    }),
    notices,
  };
  const window = new WindowHost(parts);
  return {
    window,
    parts,
    clock,
    notices,
    logger,
    logFolder,
    resumed: () => lines.reconnect(),
    close: async () => {
      window.close();
      jobs.close();
      await docks.close();
      await yard.settled();
      await carry.end();
      await lines.close();
      vaults.lock();
      logger.close();
      await workspace.close();
    },
  };
}

/** What a finding says, in both languages. */
function findingNotice(found: Finding): Pick<WindowNotice, 'text' | 'zh' | 'values'> {
  const zh = findingText(found, 'zh-CN').text;
  return { text: found.text.slice(0, 2000), zh: zh.slice(0, 2000), values: found.values };
}

function listenerOf(
  notices: NoticeBoard,
  logger: Logger,
  secrets: LiveSecrets,
  paused: (host: string, delayMs: number, isGone: boolean) => void,
): ConnectionListener {
  return {
    logger,
    secrets,
    warn: (text) => notices.post(text, { code: 'other', level: 'warning', text: text.slice(0, 2000), values: {} }),
    found: (found) => {
      const { code, text, values } = found;
      // whoever had it resumed sees it in the queue
      if (code === 'job-adopted') logger.log('info', text, values);
      else notices.post(code, { code: 'other', level: 'warning', ...findingNotice(found) });
    },
    paused: (host, delayMs, downForMs) => {
      paused(host, delayMs, downForMs !== undefined);
      logger.log('info', 'host waited for', { host, delayMs, ...(downForMs === undefined ? {} : { downForMs }) });
    },
    resumed: (host, downForMs) => {
      paused(host, 0, false);
      logger.log('info', 'host answers again', { host, downForMs });
    },
  };
}

const dockerConfig: DockerConfigReader = (text) =>
  dockerAccounts(text).map(({ helper, ...account }) =>
    helper === undefined ? account : { ...account, why: `docker-credential-${helper}` },
  );

const report: JobReport = (job, images, format) => {
  const results = images.map(pastResult);
  return reportText(
    { job: String(job.number), images: job.images, bytes: job.bytes, seconds: job.seconds },
    results,
    format,
  );
};
