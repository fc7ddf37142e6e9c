import { App } from '../../app/app.ts';
import { cancelledError, failureOfThrown } from '../../app/errors.ts';
import type { ConnectionListener } from '../../app/connection.ts';
import { openWorkspace, type Workspace } from '../../app/home.ts';
import type { Failure } from '../../contract/errors.ts';
import type { ConnectionWish } from '../../contract/requests.ts';
import { CommandLog } from './command-log.ts';
import { Console } from './console.ts';
import { sayFindings } from './findings.ts';
import { type ConnectionFlags, connectionWish, workspaceWish } from './options.ts';
import { type Ending, newJobName, type Place, type SummaryFacts, summaryFacts } from './summary.ts';

/** CLI.md, "Exit status". */
export const exitStatus = { ok: 0, failed: 1, notTried: 2, interrupted: 130 } as const;

/** How a command uses the app. */
export interface AppUse {
  /** Credentials that came with the wish. */
  readonly auths?: ConnectionWish['auths'];
  /** Where it is not as the flags say. */
  readonly connection?: ConnectionWish;
  /** Wants the data folder. */
  readonly copies?: boolean;
  /** The images are here already: a second copy in the cache would be of no use. */
  readonly isDirect?: boolean;
}

/** What a command works with. */
export interface CommandContext {
  readonly console: Console;
  /** Opens the app, with the data folder for what copies; what cannot be read ends the command with status 2. */
  readonly app: (use?: AppUse) => Promise<App>;
  /** Opens the data folder for what only looks there. */
  readonly workspace: () => Promise<Workspace>;
  /** The job has this name in the history. */
  readonly begun: (job: string, attempt: number) => void;
  readonly connection: ConnectionWish;
  /** Who hears what an engine has to say, for commands that open one of their own. */
  readonly listener: ConnectionListener;
  /** The facts of the command's end, with all that left this process until now. */
  readonly facts: (ending: Ending) => SummaryFacts;
  readonly signal: AbortSignal;
}

/** One command; gives the facts of its end, or throws. */
export type Command = (context: CommandContext) => Promise<SummaryFacts>;

// A closed console window and Ctrl-Break are signals on Windows alone; elsewhere SIGHUP is left to nohup.
const stopSignals: readonly NodeJS.Signals[] =
  process.platform === 'win32' ? ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] : ['SIGINT', 'SIGTERM'];

/** Runs a command under Ctrl-C and SIGTERM and gives its exit status. Whatever it throws before anything was tried is status 2. */
export async function runCommand(flags: ConnectionFlags, place: Place, command: Command): Promise<number> {
  const console = new Console(flags);
  let job = newJobName(new Date());
  const startedMs = performance.now();
  let app: App | undefined;
  const facts = (ending: Ending): SummaryFacts =>
    summaryFacts(ending, app?.traffic, (performance.now() - startedMs) / 1000, job);

  const log = new CommandLog();
  const listener = listenerOf(console, log);
  const controller = new AbortController();
  let isStopping = false;
  const interrupt = (): void => {
    if (isStopping) process.exit(exitStatus.interrupted);
    isStopping = true;
    console.say(console.words.stopping);
    controller.abort(cancelledError('the job'));
  };
  for (const name of stopSignals) process.on(name, interrupt);

  const connection = connectionWish(flags);
  const open = async ({
    auths,
    connection: wish = connection,
    copies = false,
    isDirect = false,
  }: AppUse = {}): Promise<App> => {
    // as with image-syncer, the credentials of a combined file go before --auth
    const { authFile, ...others } = wish;
    const credentials = auths === undefined ? (authFile === undefined ? {} : { authFile }) : { auths };
    const folder = copies ? workspaceWish(isDirect ? { ...flags, cache: false } : flags) : undefined;
    await closing();
    app = await App.open({ ...others, ...credentials }, listener, controller.signal, folder);
    if (app.logFolder !== undefined) await log.open(app.logFolder);
    return app;
  };
  let folder: Workspace | undefined;
  const workspace = async (): Promise<Workspace> => {
    folder ??= await openWorkspace(workspaceWish(flags));
    return folder;
  };
  const closing = async (): Promise<void> => {
    await app?.close();
    await folder?.close();
    app = undefined;
    folder = undefined;
  };
  const begun = (name: string, attempt: number): void => {
    job = name;
    log.job = Number(name);
    console.event('job', { job, attempt });
  };
  try {
    const end = await command({
      console,
      app: open,
      workspace,
      begun,
      connection,
      listener,
      facts,
      signal: controller.signal,
    });
    console.summary(end);
    if (isStopping) return exitStatus.interrupted;
    return end.ok ? exitStatus.ok : exitStatus.failed;
  } catch (thrown) {
    const failure = isStopping ? undefined : failureOfThrown(thrown);
    if (failure !== undefined) console.failure(failure);
    log.log(failure === undefined ? 'info' : 'error', 'command broke off', { failure });
    console.summary(facts({ ok: false, failures: failure === undefined ? [] : [{ ...place, ...failure }] }));
    return failure === undefined ? exitStatus.interrupted : statusOf(failure, app !== undefined);
  } finally {
    await closing();
    log.close();
    for (const name of stopSignals) process.off(name, interrupt);
  }
}

function statusOf({ kind, side }: Failure, wasTried: boolean): number {
  if (kind === 'internal') return exitStatus.failed;
  const isUse = side === 'local' && kind === 'invalid';
  return wasTried && !isUse ? exitStatus.failed : exitStatus.notTried;
}

function listenerOf(console: Console, log: CommandLog): ConnectionListener {
  return {
    logger: log,
    secrets: log.secrets,
    warn: (text) => {
      log.log('warn', 'warning', { text });
      console.warn(text);
    },
    found: (finding) => {
      log.log('warn', 'finding', { code: finding.code, ...finding.values });
      sayFindings(console, [finding]);
    },
    paused: (host, delayMs, downForMs) => {
      const until = new Date(Date.now() + delayMs);
      log.log('info', downForMs === undefined ? 'host asked for a pause' : 'host cannot be reached', {
        host,
        until: until.toISOString(),
      });
      const isGone = downForMs !== undefined;
      console.event('paused', { host, until: until.toISOString(), isGone });
      const tell = isGone ? console.words.unreachable : console.words.paused;
      console.say(tell(host, until.toTimeString().slice(0, 8)));
    },
  };
}
